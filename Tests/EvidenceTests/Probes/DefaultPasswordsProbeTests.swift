import DiskImages
import Foundation
import TestSupport
import Testing

@testable import Evidence

@Suite struct DefaultPasswordsProbeTests {
  private func answers(_ shadow: String, _ list: String? = nil) throws -> DefaultPasswordsProbe.Record {
    let guest = MemoryFilesystem()
    guest.addFile("/etc/shadow", shadow)
    let probe = DefaultPasswordsProbe(try list.map { try DefaultPasswords(list: $0) })
    return try probe.answer(Evidence(index: try guest.readIndex()), guest).records.values.first ?? [:]
  }

  @Test func realHashesOfEverySchemeAreTried() throws {
    guard let folder = testDataFolder,
      let text = try? String(contentsOfFile: folder + "/shadow/shadow-Password123", encoding: .utf8)
    else { return }
    let unknown = try answers(text)
    #expect(unknown.count >= 12)
    // descrypt looks at eight characters, so that Password123 is the list's Password.
    #expect(
      Set(unknown.filter { $0.value != .other }.keys).isSubset(of: ["user-descrypt", "user-descrypt2"]))
    let known = try answers(text, "# the list of the user\n*:Password123\n")
    #expect(known.filter { $0.value != .known }.isEmpty)
  }

  @Test func accountsAndTheirOwnPasswords() throws {
    func hash(_ password: String) throws -> String {
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["openssl", "passwd", "-6", "-salt", "k3Jd8fLq", password]
      process.standardOutput = pipe
      try process.run()
      let output = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
    let raspberry = try hash("raspberry")
    let found = try answers(
      """
      pi:\(raspberry):1
      other:\(raspberry):1
      ubuntu:\(try hash("ubuntu")):1
      strong:\(try hash("Winter-24-ski")):1
      locked:!\(raspberry):1
      star:*:1
      none::1
      """)
    #expect(found == ["pi": .known, "other": .other, "ubuntu": .known, "strong": .other])
  }

  @Test(arguments: [
    "$6$rounds=999999999$abcdefgh$" + String(repeating: "a", count: 86),
    "$2b$31$" + String(repeating: "a", count: 53),
    "$y$jZT$abcdefgh$" + String(repeating: "a", count: 43),
    "$y$j9zzzzz1$abcdefgh$" + String(repeating: "a", count: 43),
    "$7$zU..../....abcdefgh$" + String(repeating: "a", count: 43), "_zzzzabcdabcdefghijk",
    "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$" + String(repeating: "a", count: 43),
  ])
  func dearAndUnknownHashesAreNotTried(_ hash: String) throws {
    let start = ThreadClock.now
    let answer = try answers("a:\(hash):1\n")["a"]
    guard case .untried = answer else {
      Issue.record("\(hash): \(String(describing: answer))")
      return
    }
    #expect(ThreadClock.now - start < .seconds(5))
  }

  @Test func manyAccountsAreBounded() throws {
    let text = (0..<1000).map { "a\($0):$1$\($0)$bad:1\n" }.joined()
    let found = try answers(text)
    #expect(found.values.filter { if case .untried = $0 { true } else { false } }.count >= 600)
  }

  @Test func listsOfTheUser() throws {
    #expect(
      throws: DefaultPasswords.ProblemOfList(line: 2, words: "ACCOUNT:PASSWORD or *:PASSWORD is expected")
    ) {
      try DefaultPasswords(list: "# a\nword\n")
    }
    #expect(throws: DefaultPasswords.ProblemOfList.self) {
      try DefaultPasswords(list: String(repeating: "a:b\n", count: 1001))
    }
    #expect(try DefaultPasswords(list: "a:b:c\r\n\n").passwords(for: "a").contains(Array("b:c".utf8)))
  }
}

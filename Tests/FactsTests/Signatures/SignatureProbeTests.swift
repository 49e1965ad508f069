import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

struct SignatureProbeTests {
  private static func hasProgram(_ name: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\(name)")
  }

  private let guest: MemoryFilesystem = {
    let guest = MemoryFilesystem()
    guest.addFile("/usr/bin/evil", .bytes(Array("xx MALICIOUS-MARK xx".utf8)), mode: 0o755)
    guest.addFile("/usr/bin/good", .bytes(Array("nothing here".utf8)), mode: 0o755)
    guest.addFile("/home/bob/a\nb", .bytes(Array("MALICIOUS-MARK".utf8)))
    guest.addFile("/usr/share/doc/mark", .bytes(Array("MALICIOUS-MARK".utf8)))
    guest.addFile("/opt/huge", .tooLarge(size: 1 << 40))
    return guest
  }()

  private func file(_ name: String, _ text: String) throws -> String {
    let path = NSTemporaryDirectory() + "\(UUID().uuidString)-\(name)"
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  private func matches(_ scanner: SignatureScanner) throws -> SignatureMatches {
    var plan = CollectionPlan()
    plan.add(SignatureProbe([scanner]))
    return try GuestFacts(Collector(plan: plan).collect(guest), asOf: 0).model()
  }

  @Test(.enabled(if: hasProgram("yara"), "yara is not installed"))
  func yaraRules() throws {
    let rules = try file("rules.yar", #"rule Mark { strings: $a = "MALICIOUS-MARK" condition: $a }"#)
    defer { try? FileManager.default.removeItem(atPath: rules) }
    let found = try matches(SignatureScanner(.yara, signatures: rules))
    #expect(found.matches.map(\.path) == ["/home/bob/a\\nb", "/usr/bin/evil"])
    #expect(found.matches.allSatisfy { $0.signatures == ["yara:Mark"] })
    #expect(found.unread.map(\.path) == ["/opt/huge"])
  }

  @Test(.enabled(if: hasProgram("clamscan"), "clamscan is not installed"))
  func clamavSignatures() throws {
    // An extended signature (.ndb): name, any type, any offset, the marks in hexadecimal.
    let mark = "MALICIOUS-MARK".utf8.map { String($0, radix: 16) }.joined()
    let signatures = try file("own.ndb", "Own.Mark:0:*:\(mark)\n")
    defer { try? FileManager.default.removeItem(atPath: signatures) }
    let found = try matches(SignatureScanner(.clamav, signatures: signatures))
    #expect(found.matches.map(\.path) == ["/home/bob/a\\nb", "/usr/bin/evil"])
    #expect(found.matches.allSatisfy { $0.signatures == ["clamav:Own.Mark.UNOFFICIAL"] })
  }

  @Test(.enabled(if: hasProgram("yara"), "yara is not installed"))
  func rulesThatMakeNoSenseAreRefusedBeforeTheScan() throws {
    let rules = try file("rules.yar", "rule {")
    defer { try? FileManager.default.removeItem(atPath: rules) }
    let failure = #expect(throws: SignatureScanner.Failure.self) {
      try SignatureScanner(.yara, signatures: rules)
    }
    #expect(failure?.description.contains("yara failed: ") == true)
    #expect(failure?.description.contains("\n") == false)
    #expect(throws: SignatureScanner.Failure.self) {
      try SignatureScanner(.yara, signatures: rules + "-none")
    }
  }

  @Test func whoDidNotAskIsNotAnswered() throws {
    let evidence = try Collector(plan: CollectionPlan()).collect(guest)
    #expect(throws: EvidenceGap.self) { try GuestFacts(evidence, asOf: 0).model(SignatureMatches.self) }
  }
}

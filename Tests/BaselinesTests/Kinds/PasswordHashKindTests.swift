import Baselines
import Foundation
import TestSupport
import Testing

@Suite struct PasswordHashKindTests {
  private func failing(_ parameters: [String: ParameterValue], _ shadow: String) throws -> [String] {
    let names = shadow.split(separator: "\n").compactMap { $0.split(separator: ":").first }
    let passwd = names.enumerated().map { "\($1):x:\($0):0:::\n" }.joined()
    let guest = GuestFixture([
      "/etc/passwd": passwd, "/etc/shadow": shadow, "/etc/group": "g:x:1:\n", "/etc/gshadow": "g:$1$a$b::\n",
    ])
    return try answers(PasswordHashKind.self, parameters, guest).filter { $0.verdict == .fail }.map(\.subject)
  }

  private static let shadow = """
    yes:$y$j9T$a$b:1
    sha:$6$a$b:1
    slow:$6$rounds=65536$(cut-by-brinell-hash):1
    md5:$1$(cut-by-brinell-hash):1
    locked:!$1$a$b:1
    des:chERDiI95PGCQ:1
    cutdes:(cut-by-brinell-des-hash):1
    none:*:1
    empty::1
    bad:what:1
    """

  @Test func schemes() throws {
    let strong: ParameterValue = .list(["yescrypt", "sha512crypt"])
    #expect(
      try failing(["allow_schemes": strong], Self.shadow) == ["md5", "locked", "des", "cutdes", "group g"])
    #expect(
      try failing(["allow_schemes": strong, "locked": .boolean(false)], Self.shadow)
        == ["md5", "des", "cutdes", "group g"])
  }

  @Test func costs() throws {
    let least: ParameterValue = .mapping(["sha512crypt": .integer(65536), "yescrypt": .integer(13)])
    #expect(try failing(["min_rounds": least], Self.shadow) == ["yes", "sha"])
  }

  @Test func refusesUnknownSchemesAndEmptyQuestions() {
    #expect(throws: ParameterError.self) {
      try PasswordHashKind(Parameters(["allow_schemes": .list(["sha512"])]))
    }
    #expect(throws: ParameterError.self) { try PasswordHashKind(Parameters([:])) }
  }

  @Test func realHashes() throws {
    guard let folder = testDataFolder,
      let text = try? String(contentsOfFile: "\(folder)/shadow/shadow-Password123", encoding: .utf8)
    else { return }
    let strong: ParameterValue = .list([
      "yescrypt", "gost-yescrypt", "scrypt", "bcrypt", "sha512crypt", "sha256crypt",
    ])
    #expect(
      try failing(["allow_schemes": strong], text) == [
        "user-sunmd5", "user-md5crypt", "user-NT-Hash", "user-bsdicrypt", "user-descrypt", "user-descrypt2",
        "group g",
      ])
  }
}

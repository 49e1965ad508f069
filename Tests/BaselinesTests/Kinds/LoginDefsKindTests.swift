import Baselines
import Facts
import TestSupport
import Testing

@Suite struct LoginDefsKindTests {
  static let cases: [(String, [String: ParameterValue], Bool)] = [
    ("PASS_MAX_DAYS 365", ["key": .text("PASS_MAX_DAYS"), "at_most": .integer(365)], true),
    ("PASS_MAX_DAYS 0x16e", ["key": .text("PASS_MAX_DAYS"), "at_most": .integer(365)], false),
    ("", ["key": .text("PASS_MAX_DAYS"), "at_most": .integer(365), "at_least": .integer(1)], false),
    ("PASS_MAX_DAYS soon", ["key": .text("PASS_MAX_DAYS"), "at_most": .integer(365)], false),
    ("PASS_MIN_DAYS 1", ["key": .text("PASS_MIN_DAYS"), "at_least": .integer(1)], true),
    ("UMASK 027", ["key": .text("UMASK"), "mask": .mode(0o027)], true),
    ("UMASK 077", ["key": .text("UMASK"), "mask": .mode(0o027)], true),
    ("UMASK 27", ["key": .text("UMASK"), "mask": .mode(0o027)], true),
    ("UMASK 022", ["key": .text("UMASK"), "mask": .mode(0o027)], false),
    ("UMASK 070", ["key": .text("UMASK"), "mask": .mode(0o027)], false),
    ("UMASK rwx", ["key": .text("UMASK"), "mask": .mode(0o027)], false),
    ("", ["key": .text("UMASK"), "mask": .mode(0o022)], true),
    (
      "ENCRYPT_METHOD YESCRYPT", ["key": .text("ENCRYPT_METHOD"), "in": .list(["SHA512", "YESCRYPT"])], true
    ),
    ("", ["key": .text("ENCRYPT_METHOD"), "in": .list(["SHA512", "YESCRYPT"])], false),
    ("", ["key": .text("NONSENSE"), "equals": .text("")], false),
  ]

  @Test(arguments: cases) func judges(_ text: String, _ parameters: [String: ParameterValue], _ passes: Bool)
    throws
  {
    let outcomes = try answers(LoginDefsKind.self, parameters, GuestFixture(["/etc/login.defs": text]))
    #expect(outcomes.map(\.verdict) == [passes ? .pass : .fail])
  }

  @Test func useraddDefaultsAreNoLimit() throws {
    let parameters: [String: ParameterValue] = [
      "key": .text("INACTIVE"), "file": .text("useradd"), "at_most": .integer(45), "at_least": .integer(0),
    ]
    let missing = try answers(LoginDefsKind.self, parameters, GuestFixture())
    #expect(missing.map(\.actual) == ["INACTIVE -1 (compiled default)"] && missing[0].verdict == .fail)
    let set = GuestFixture(["/etc/default/useradd": "INACTIVE=99\nINACTIVE=30\n"])
    let outcome = try #require(try answers(LoginDefsKind.self, parameters, set).first)
    #expect(outcome.verdict == .pass)
    #expect(outcome.evidence.map(\.line) == [2, 1] && outcome.evidence.last?.origin == "explicit, shadowed")
  }

  @Test func fixSetsTheKey() throws {
    let kind = try LoginDefsKind(Parameters(["key": .text("PASS_MAX_DAYS"), "at_most": .integer(365)]))
    #expect(kind.fix?.shell.contains("PASS_MAX_DAYS 365") == true)
    #expect(throws: ParameterError.self) { try LoginDefsKind(Parameters(["key": .text("UMASK")])) }
  }
}

import Baselines
import Facts
import TestSupport
import Testing

@Suite struct LimitsKindTests {
  private static let core: [String: ParameterValue] = ["item": .text("core"), "equals": .text("0")]
  private static let session = "session required pam_limits.so\n"

  private func failing(_ parameters: [String: ParameterValue], _ files: [String: String]) throws -> [String] {
    try answers(LimitsKind.self, parameters, GuestFixture(files)).filter { $0.verdict == .fail }.map(
      \.subject)
  }

  @Test func theLimitHasToBeSetAndToBeCalled() throws {
    let limits = ["/etc/security/limits.conf": "* hard core 0\n"]
    #expect(try failing(Self.core, limits).isEmpty)
    #expect(try failing(Self.core, [:]) == ["hard core of *"])
    #expect(try failing(Self.core, limits.merging(["/etc/pam.d/sshd": Self.session]) { $1 }).isEmpty)
    #expect(
      try failing(Self.core, limits.merging(["/etc/pam.d/login": "session required pam_unix.so"]) { $1 })
        == ["hard core of login sessions"])
  }

  @Test func exceptionsOutweighTheWildcard() throws {
    let text = "* hard core 0\n@dev hard core 1\n@dev hard core 0\nbob - core unlimited\nroot hard core 9\n"
    #expect(try failing(Self.core, ["/etc/security/limits.conf": text]) == ["hard core of bob"])
  }

  @Test func rootIsAskedForByName() throws {
    var parameters = Self.core
    parameters["domain"] = .text("root")
    #expect(try failing(parameters, ["/etc/security/limits.conf": "* hard core 0"]) == ["hard core of root"])
    #expect(try failing(parameters, ["/etc/security/limits.conf": "root - core 0"]).isEmpty)
  }

  @Test func unlimitedIsMoreThanAnyNumber() throws {
    let files = ["/etc/security/limits.conf": "* hard nofile unlimited"]
    #expect(try failing(["item": .text("nofile"), "at_least": .integer(1024)], files).isEmpty)
    #expect(try failing(["item": .text("nofile"), "at_most": .integer(1024)], files) == ["hard nofile of *"])
    #expect(try failing(["item": .text("nofile"), "equals": .text("unlimited")], files).isEmpty)
  }

  /// Debian 13 sets the soft limit to 0 and the hard one to infinity.
  @Test func aSoftLimitAloneIsNoLimit() throws {
    let files = ["/etc/security/limits.d/10-coredump-debian.conf": "* soft core 0\n* hard core infinity\n"]
    let outcome = try #require(try answers(LimitsKind.self, Self.core, GuestFixture(files)).first)
    #expect(outcome.verdict == .fail && outcome.actual == "unlimited")
    #expect(outcome.evidence.first?.origin == "drop-in")
  }

  @Test func anotherAccountThatIsNotThere() {
    var parameters = Self.core
    parameters["domain"] = .text("nobody-here")
    #expect(throws: (any Error).self) { try failing(parameters, [:]) }
  }
}

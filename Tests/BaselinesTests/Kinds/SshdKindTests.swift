import Evidence
import Facts
import TestSupport
import Testing

@testable import Baselines

@Suite struct SshdKindTests {
  private func verdicts(_ config: String, _ parameters: [String: ParameterValue]) throws -> [String] {
    let guest = GuestFixture([
      "/etc/ssh/sshd_config": config, "/etc/ssh/sshd_config.d/50-x.conf": "PasswordAuthentication no\n",
      "/var/lib/dpkg/status":
        "Package: openssh-server\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:9.2p1-2\n",
    ])
    return try answers(SshdKind.self, parameters, guest).map { "\($0.verdict) \($0.subject)" }
  }

  @Test(arguments: [
    ("PermitRootLogin no", ["pass PermitRootLogin"]),
    (
      "PermitRootLogin no\nMatch User root Address 10.0.0.0/8\nPermitRootLogin yes",
      ["fail PermitRootLogin in Match User root Address 10.0.0.0/8"]
    ),
    ("PermitRootLogin no\nMatch User bob\nPermitRootLogin yes", ["pass PermitRootLogin"]),
    ("PermitRootLogin no\nMatch User *,!root\nPermitRootLogin yes", ["pass PermitRootLogin"]),
    (
      "PermitRootLogin no\nMatch Group wheel\nPermitRootLogin yes",
      ["fail PermitRootLogin in Match Group wheel"]
    ),
    ("", ["fail PermitRootLogin"]), ("PermitRootLogin NO", ["pass PermitRootLogin"]),
  ])
  func rootLogin(_ config: String, _ expected: [String]) throws {
    #expect(try verdicts(config, ["option": .text("PermitRootLogin"), "equals": .text("no")]) == expected)
  }

  @Test func globalContextLeavesMatchBlocksOut() throws {
    let config = "X11Forwarding no\nMatch User bob\nX11Forwarding yes"
    let parameters: [String: ParameterValue] = ["option": .text("x11forwarding"), "equals": .text("no")]
    #expect(try verdicts(config, parameters) == ["fail X11Forwarding in Match User bob"])
    #expect(
      try verdicts(config, parameters.merging(["context": .text("global")]) { $1 }) == ["pass X11Forwarding"])
    #expect(try verdicts(config, parameters.merging(["user": .text("eve")]) { $1 }) == ["pass X11Forwarding"])
  }

  /// The trap: PasswordAuthentication no while KbdInteractiveAuthentication hands passwords to PAM.
  @Test(arguments: [
    ("PasswordAuthentication no\nKbdInteractiveAuthentication yes\nUsePAM yes", false),
    ("PasswordAuthentication no\nUsePAM yes", false),
    ("PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM yes", true),
    ("PasswordAuthentication no\nChallengeResponseAuthentication no\nUsePAM yes", true),
    ("PasswordAuthentication no\nKbdInteractiveAuthentication yes\nUsePAM no", true),
    ("PasswordAuthentication yes\nKbdInteractiveAuthentication no", false), ("", false),
    ("AuthenticationMethods publickey\nPasswordAuthentication yes", true),
    ("AuthenticationMethods publickey,password\nPasswordAuthentication yes", true),
    ("AuthenticationMethods publickey password\nPasswordAuthentication yes", false),
    (
      "AuthenticationMethods password\nPasswordAuthentication no\n"
        + "KbdInteractiveAuthentication yes\nUsePAM yes",
      true
    ),
    ("AuthenticationMethods keyboard-interactive:pam\nPasswordAuthentication no\nUsePAM yes", false),
    (
      "Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\nKbdInteractiveAuthentication no",
      true
    ),
    (
      "PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        + "Match User bob\nPasswordAuthentication yes",
      false
    ),
    (
      "PasswordAuthentication yes\nKbdInteractiveAuthentication no\nMatch all\nPasswordAuthentication no",
      true
    ),
  ])
  func passwordLogin(_ config: String, _ passes: Bool) throws {
    let found = try verdicts(config, ["option": .text("password-login"), "equals": .text("no")])
    #expect(found.allSatisfy { $0.hasPrefix("pass") } == passes, "\(found)")
  }

  @Test(arguments: [
    ("10:30:60", true), ("10:30:100", false), ("5:100:5", true), ("5", true), ("10:20:60", false),
    ("11:30:60", false),
    ("10:100:60", true),
  ])
  func maxStartups(_ value: String, _ passes: Bool) throws {
    let found = try verdicts(
      "MaxStartups \(value)", ["option": .text("MaxStartups"), "no_looser_than": .text("10:30:60")])
    #expect(found == ["\(passes ? "pass" : "fail") MaxStartups"])
  }

  @Test(arguments: [
    ("LoginGraceTime 1m", true), ("LoginGraceTime 0", false), ("", false), ("LoginGraceTime 2m", false),
  ])
  func numbersWithBothBounds(_ config: String, _ passes: Bool) throws {
    let found = try verdicts(
      config, ["option": .text("LoginGraceTime"), "at_least": .integer(1), "at_most": .integer(60)])
    #expect(found == ["\(passes ? "pass" : "fail") LoginGraceTime"])
  }

  @Test func listsAndWhetherTheyAreSet() throws {
    #expect(
      try verdicts("", ["option": .text("MACs"), "not_contains": .list(["umac-64@openssh.com"])]) == [
        "fail MACs"
      ])
    #expect(
      try verdicts(
        "MACs -umac-64*", ["option": .text("MACs"), "not_contains": .list(["umac-64@openssh.com"])])
        == ["pass MACs"])
    #expect(try verdicts("", ["option": .text("AllowUsers"), "set": .boolean(true)]) == ["fail AllowUsers"])
    #expect(
      try verdicts("AllowUsers a", ["option": .text("AllowUsers"), "set": .boolean(true)]) == [
        "pass AllowUsers"
      ])
  }

  @Test func theDefaultIsNamedAndShown() throws {
    let outcome = try #require(
      try answers(
        SshdKind.self, ["option": .text("PermitRootLogin"), "equals": .text("no")], GuestFixture()
      ).first)
    #expect(outcome.expected == "PermitRootLogin no")
    #expect(outcome.actual == "PermitRootLogin prohibit-password (compiled default)")
    #expect(outcome.evidence.first?.origin == "compiled default" && outcome.evidence.first?.path == nil)
  }

  @Test(arguments: [
    ["option": ParameterValue.text("PermitRoot"), "equals": .text("no")],
    ["option": .text("PermitRootLogin")],
    ["option": .text("UsePAM"), "equals": .text("no"), "set": .boolean(true)],
    ["option": .text("MaxStartups"), "no_looser_than": .text("10:30")],
  ])
  func parametersThatMakeNoSense(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try SshdKind(Parameters(parameters)) }
  }

  @Test func theFixIsADropInThatComesFirst() throws {
    let kind = try SshdKind(Parameters(["option": .text("PermitRootLogin"), "equals": .text("no")]))
    let fix = try #require(kind.fix)
    #expect(fix.shell.contains("echo 'PermitRootLogin no' >> /etc/ssh/sshd_config.d/00-"))
    #expect(fix.ansible.contains("line: 'PermitRootLogin no'"))
    let list = try SshdKind(Parameters(["option": .text("Ciphers"), "not_contains": .list(["a", "b"])]))
    #expect(list.fix?.shell.contains("'Ciphers -a,b'") == true)
    #expect(try SshdKind(Parameters(["option": .text("password-login"), "equals": .text("no")])).fix == nil)
  }
}

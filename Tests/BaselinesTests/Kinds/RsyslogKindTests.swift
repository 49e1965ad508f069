import Baselines
import DiskImages
import Evidence
import TestSupport
import Testing

@Suite struct RsyslogKindTests {
  private func guest(_ text: String) -> GuestFixture {
    GuestFixture([
      "/etc/rsyslog.conf": text, "/etc/passwd": "root:x:0:0::/:/bin/sh\nsyslog:x:104:110::/:/bin/false\n",
      "/etc/group": "root:x:0:\nadm:x:4:\n", "/etc/ssl/ca.pem": "x",
    ])
  }

  private func ask(_ question: String, _ text: String, _ more: [String: ParameterValue] = [:]) throws
    -> [Outcome]
  {
    try answers(
      RsyslogKind.self, more.merging(["question": .text(question)]) { $1 }, guest(text))
  }

  @Test(arguments: [
    ("*.* @@logs", true), ("*.info;mail.none @logs", true), ("mail.* @@logs", false), ("", false),
    ("if $x then @@logs", false), ("action(type=\"omrelp\" target=\"logs\")", true),
    ("ruleset(name=\"r\") {\naction(type=\"omfwd\" target=\"logs\")\n}", false),
    ("*.* stop\n*.* @@logs", false),
    ("*.none @@logs", false),
  ]) func forwarding(_ text: String, _ passes: Bool) throws {
    #expect(try ask("remote", text).map(\.verdict) == [passes ? .pass : .fail])
  }

  @Test func forwardingToACertainHost() throws {
    #expect(
      try ask("remote", "*.* @@other", ["hosts": .list(["logs"])]).first?.actual == "forwarded to other")
    #expect(
      try ask("remote", "*.* @@other\n*.* @@logs", ["hosts": .list(["logs"])]).map(\.verdict) == [.pass])
  }

  private let encrypted = """
    global(DefaultNetstreamDriver="gtls" DefaultNetstreamDriverCAFile="/etc/ssl/ca.pem")
    action(type="omfwd" target="logs" protocol="tcp" StreamDriverMode="1" StreamDriverAuthMode="x509/name")
    """

  @Test func encryption() throws {
    #expect(try ask("remote_tls", encrypted).map(\.verdict) == [.pass])
    #expect(try ask("remote_ca", encrypted).map(\.actual) == ["/etc/ssl/ca.pem"])
    #expect(try ask("remote_tls", encrypted.replacing("x509/name", with: "anon")).map(\.verdict) == [.fail])
    #expect(try ask("remote_tls", encrypted + "\n*.* @plain").map(\.verdict) == [.pass, .fail])
    #expect(try ask("remote_ca", encrypted.replacing("ca.pem", with: "no.pem")).map(\.verdict) == [.fail])
    #expect(try ask("remote_tls", "").map(\.verdict) == [.fail])
    #expect(try ask("remote_ca", "*.* @@logs").first?.actual == "none named")
  }

  @Test(arguments: [
    ("module(load=\"imtcp\")\ninput(type=\"imtcp\" port=\"514\")", ["imtcp 514"]),
    ("module(load=\"imtcp\")", []), ("input(type=\"imudp\" port=\"514\" address=\"127.0.0.1\")", []),
  ]) func listeners(_ text: String, _ subjects: [String]) throws {
    let failing = try ask("no_listener", text).filter { $0.verdict == .fail }
    #expect(failing.map(\.subject) == subjects)
  }

  @Test(arguments: [
    ("$FileCreateMode 0640\n*.* /var/log/a", []), ("*.* /var/log/a", ["/var/log/a"]),
    ("*.* /var/log/a\n$FileCreateMode 0640\n*.* /var/log/b", ["/var/log/a"]), ("*.* /dev/console", []),
    ("", []),
    ("*.* ?Dyn", ["files of template Dyn"]), ("$Umask 0027\n*.* /var/log/a", []),
  ]) func creationModes(_ text: String, _ subjects: [String]) throws {
    let failing = try ask("file_create_mode", text, ["mode_max": .mode(0o640)]).filter { $0.verdict == .fail }
    #expect(failing.map(\.subject) == subjects)
  }

  @Test func theDecisiveDirectiveIsShown() throws {
    let outcome = try #require(
      try ask(
        "file_create_mode", "$FileCreateMode 0600\n$FileCreateMode 0644\n*.* /a\n", ["mode_max": .mode(0o640)]
      ).first)
    #expect(outcome.evidence.map(\.line) == [3, 2, 1])
  }

  @Test func filesThatExistAndFilesThatWillBeMade() throws {
    let guest = guest(
      "$FileOwner root\n$FileGroup adm\n$FileCreateMode 0640\n*.* /var/log/old\n*.* /var/log/new\n")
    guest.filesystem.addFile("/var/log/old", "", mode: 0o644, gid: 4)
    func failing(_ parameters: [String: ParameterValue]) throws -> [String] {
      try answers(RsyslogKind.self, parameters.merging(["question": .text("files")]) { $1 }, guest)
        .filter { $0.verdict == .fail }.map(\.subject)
    }
    #expect(try failing(["mode_max": .mode(0o640)]) == ["/var/log/old"])
    #expect(try failing(["owner": .list(["root"]), "group": .list(["adm"])]) == [])
  }

  @Test func withoutDirectivesFilesBelongToTheUserThatRsyslogDropsTo() throws {
    let outcomes = try ask("files", "$PrivDropToUser syslog\n*.* /var/log/new\n", ["owner": .list(["root"])])
    #expect(outcomes.map(\.actual) == ["owner syslog"])
  }

  @Test func withoutAConfigurationNothingIsForwardedOrListened() throws {
    #expect(
      try answers(RsyslogKind.self, ["question": .text("no_listener")], GuestFixture()).map(\.verdict) == [
        .pass
      ])
    #expect(
      try answers(RsyslogKind.self, ["question": .text("remote")], GuestFixture()).map(\.verdict) == [.fail])
  }

  @Test(
    arguments: [
      [:], ["question": .text("file_create_mode")], ["question": .text("files")],
    ] as [[String: ParameterValue]])
  func senselessParameters(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try RsyslogKind(Parameters(parameters)) }
  }
}

import Baselines
import TestSupport
import Testing

@Suite struct RepoKindTests {
  private func verdicts(
    _ parameters: [String: ParameterValue], _ sources: String, _ release: String = Self.debian
  ) throws
    -> [Outcome.Verdict]
  {
    try answers(
      RepoKind.self, parameters, GuestFixture(["/etc/apt/sources.list": sources, "/etc/os-release": release])
    ).map(\.verdict)
  }

  private static let debian = "ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n"

  @Test func signedAndEncrypted() throws {
    let sources = "deb http://a/ x main\ndeb [trusted=yes] https://b/ x main\n"
    #expect(try verdicts(["signed": .boolean(true)], sources) == [.pass, .fail])
    #expect(try verdicts(["https": .boolean(true)], sources) == [.fail, .pass])
    #expect(try verdicts(["https": .boolean(true), "signed": .boolean(true)], sources) == [.fail, .fail])
    #expect(try verdicts(["signed": .boolean(true)], "") == [])
  }

  @Test func hosts() throws {
    let sources =
      "deb http://deb.debian.org/debian x main\ndeb http://evildebian.org/ x main\ndeb cdrom:[x]/ x main\n"
    #expect(try verdicts(["hosts": .list(["debian.org"])], sources) == [.pass, .fail, .pass])
  }

  @Test(arguments: [
    ("deb http://a/ bookworm-security main", true), ("deb http://a/ stable-security main", true),
    ("deb http://a/ bookworm/updates main", true), ("deb http://a/ bullseye-security main", false),
    ("deb http://a/ bookworm main", false), ("# deb http://a/ bookworm-security main", false),
    ("deb-src http://a/ bookworm-security main", false),
  ])
  func securitySuite(_ source: String, holds: Bool) throws {
    #expect(try verdicts(["security_suite": .boolean(true)], source + "\n") == [holds ? .pass : .fail])
  }

  @Test func otherDistributions() throws {
    func holds(_ release: String, _ repository: String) throws -> [Outcome.Verdict] {
      try answers(
        RepoKind.self, ["security_suite": .boolean(true)],
        GuestFixture(["/etc/os-release": release, "/etc/yum.repos.d/a.repo": repository])
      ).map(\.verdict)
    }
    #expect(try holds("ID=fedora\n", "[updates]\n") == [.pass])
    #expect(try holds("ID=fedora\n", "[fedora]\n[updates]\nenabled=0\n") == [.fail])
    #expect(try holds("ID=rhel\n", "[baseos]\n") == [.pass])
  }

  @Test(arguments: [[:], ["signed": .boolean(false)]] as [[String: ParameterValue]])
  func refuses(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try RepoKind(Parameters(parameters)) }
  }
}

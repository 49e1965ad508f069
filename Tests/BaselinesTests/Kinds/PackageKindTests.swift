import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct PackageKindTests {
  private func guest() -> GuestFixture {
    GuestFixture([
      "/var/lib/dpkg/status": """
      Package: openssh-client
      Status: install ok installed
      Version: 1:9.2p1-2+deb12u3
      Provides: rsh-client, ssh-client

      Package: inetutils-telnet
      Status: install ok installed
      Version: 2:2.4-2

      Package: old
      Status: deinstall ok config-files
      Version: 1

      Package: half
      Status: install ok half-configured
      Version: 1
      """
    ])
  }

  private func verdicts(_ parameters: [String: ParameterValue]) throws -> [String: Outcome.Verdict] {
    Dictionary(
      try answers(PackageKind.self, parameters, guest()).map { ($0.subject, $0.verdict) },
      uniquingKeysWith: { $1 })
  }

  @Test(
    arguments: [
      (["openssh-client"], true, ["openssh-client": .pass]), (["ssh-client"], true, ["ssh-client": .pass]),
      (["nothing", "openssh-client"], true, ["nothing": .pass]), (["nothing"], true, ["nothing": .fail]),
      (["old"], true, ["old": .fail]), (["half"], true, ["half": .fail]),
      (["old"], false, ["old": .pass]), (["half"], false, ["half": .fail]),
      (["nothing"], false, ["nothing": .pass]),
      // Only a real name is a reason to object: openssh-client provides rsh-client.
      (["rsh-client"], false, ["rsh-client": .pass]),
      (["telnet", "inetutils-telnet"], false, ["inetutils-telnet": .fail]),
    ] as [([String], Bool, [String: Outcome.Verdict])])
  func installedOrNot(_ names: [String], _ installed: Bool, _ expected: [String: Outcome.Verdict]) throws {
    #expect(try verdicts(["name": .list(names), "installed": .boolean(installed)]) == expected)
  }

  @Test(arguments: [
    ("version_at_least", "1:9.2p1-2+deb12u3", true), ("version_at_least", "1:9.2p1-2+deb12u4", false),
    ("version_at_least", "9.9", true), ("version_below", "1:9.3", true),
    ("version_below", "1:9.2p1-2+deb12u3", false),
  ])
  func versions(_ key: String, _ version: String, holds: Bool) throws {
    let verdict = try verdicts(["name": .list(["openssh-client"]), key: .text(version)])
    #expect(verdict == ["openssh-client": holds ? .pass : .fail])
  }

  @Test func complete() throws {
    #expect(try verdicts(["state": .text("complete")]) == ["old": .fail, "half": .fail])
    #expect(try verdicts(["state": .text("complete"), "name": .list(["old"])]) == ["old": .fail])
    #expect(try verdicts(["state": .text("complete"), "name": .list(["openssh-client"])]).isEmpty)
  }

  @Test func withoutADatabaseNothingIsKnown() throws {
    for installed in [true, false] {
      #expect(throws: EvidenceGap.self) {
        try answers(
          PackageKind.self, ["name": .list(["a"]), "installed": .boolean(installed)], GuestFixture())
      }
    }
  }

  @Test(arguments: [("1.2_rc1", Outcome.Verdict.pass), ("1.2", .pass), ("1.2-r1", .fail)])
  func versionsAreOrderedAsThePackageSystemDoes(_ least: String, _ verdict: Outcome.Verdict) throws {
    let guest = GuestFixture(["/lib/apk/db/installed": "P:a\nV:1.2-r0\n"])
    let found = try answers(
      PackageKind.self, ["name": .list(["a"]), "version_at_least": .text(least)], guest)
    #expect(found.map(\.verdict) == [verdict])
  }

  @Test func versionsOfTwoSystemsAreNotGuessed() throws {
    let guest = GuestFixture([
      "/lib/apk/db/installed": "P:a\nV:1-r0\n", "/var/lib/dpkg/status.d/b": "Package: b\nVersion: 1\n",
    ])
    #expect(throws: EvidenceGap.self) {
      try answers(PackageKind.self, ["name": .list(["a"]), "version_at_least": .text("1")], guest)
    }
    #expect(try answers(PackageKind.self, ["name": .list(["a"])], guest).map(\.verdict) == [.pass])
  }

  @Test(
    arguments: [
      [:], ["state": .text("complete"), "installed": .boolean(true)],
      ["name": .list(["a"]), "installed": .boolean(false), "version_below": .text("1")],
    ] as [[String: ParameterValue]])
  func refuses(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try PackageKind(Parameters(parameters)) }
  }

  @Test func fixQuotesNames() throws {
    let kind = try PackageKind(Parameters(["name": .list(["a; rm", "b"]), "installed": .boolean(false)]))
    #expect(kind.fix?.shell.contains("for package in 'a; rm' b; do") == true)
    #expect(kind.fix?.ansible.contains("- \"a; rm\"\n    - \"b\"\n  state: absent") == true)
  }
}

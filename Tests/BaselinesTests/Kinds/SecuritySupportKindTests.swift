import Baselines
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct SecuritySupportKindTests {
  private func guest(_ packages: [(name: String, source: String, status: String)]) -> GuestFixture {
    let records = packages.map { package in
      "Package: \(package.name)\nStatus: \(package.status)\nVersion: 9-1\nArchitecture: amd64\n"
        + "Source: \(package.source)\n\n"
    }
    let folder = "/usr/share/debian-security-support/"
    return GuestFixture([
      "/etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n", "/var/lib/dpkg/status": records.joined(),
      folder + "security-support-ended.deb12": """
      lxd 5.0.2-5+deb12u6 2026-11-24 too complex
      suricata 1 2026-11-25 later
      php-horde.* 0 2025-03-22 incompatible
      """,
      folder + "security-support-limited": "golang.* static linking\n",
    ])
  }

  private func findings(_ state: String, _ packages: [(String, String, String)], except: [String] = []) throws
    -> [String]
  {
    try answers(
      SecuritySupportKind.self, ["state": .text(state), "except": .list(except)],
      guest(packages.map { ($0.0, $0.1, $0.2) })
    ).map { "\($0.subject): \($0.actual)" }
  }

  private let installed = "install ok installed"

  @Test func endedSupportIsFoundBySource() throws {
    #expect(
      try findings(
        "ended",
        [
          ("lxd-tools", "lxd (5.1)", installed), ("lxd-client", "lxd", installed),
          ("suricata", "suricata", installed), ("php-horde-core", "php-horde-core", installed),
          ("curl", "curl", installed), ("lxd-gone", "php-horde-x", "deinstall ok config-files"),
        ]) == [
          "lxd: security support ended on 2026-11-24: too complex (installed: lxd-client, lxd-tools)",
          "php-horde-core: security support ended on 2025-03-22: incompatible (installed: php-horde-core)",
        ])
  }

  @Test func limitedSupport() throws {
    let packages = [("golang-go", "golang-defaults", installed), ("curl", "curl", installed)]
    #expect(
      try findings("limited", packages)
        == ["golang-defaults: security support is limited: static linking (installed: golang-go)"])
    #expect(try findings("limited", packages, except: ["golang-defaults"]) == [])
  }

  @Test func whetherThereAreLists() throws {
    let without = GuestFixture(["/etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n"])
    #expect(
      try answers(SecuritySupportKind.self, ["state": .text("listed")], without).map(\.verdict) == [.fail])
    #expect(
      try answers(SecuritySupportKind.self, ["state": .text("listed")], guest([])).map(\.verdict) == [.pass])
    #expect(throws: EvidenceGap.self) {
      try answers(SecuritySupportKind.self, ["state": .text("ended")], without)
    }
  }

  @Test func theUsersListsComeFirst() throws {
    let fixture = guest([("curl", "curl", installed), ("lxd", "lxd", installed)])
    let lists = SecuritySupportLists([
      TextFile(path: "/new/security-support-ended.deb12", bytes: Array("curl 1 2026-01-01 no\n".utf8))
    ])
    let facts = GuestFacts(try fixture.evidence(), asOf: fixture.asOf)
    facts.supply(lists)
    let kind = try SecuritySupportKind(Parameters(["state": .text("ended")]))
    #expect(try kind.evaluate(facts).map(\.subject) == ["curl"])
  }
}

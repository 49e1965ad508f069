import Evidence
import Facts
import TestSupport
import Testing

@testable import Advisories

@Suite struct DistributionAdvisoriesTests {
  private static let debian = "ID=debian\nVERSION_ID=\"12\"\nNAME=Debian\n"

  private func stanza(
    _ name: String, _ version: String, source: String? = nil, status: String = "install ok installed"
  ) -> String {
    "Package: \(name)\nStatus: \(status)\nArchitecture: amd64\nVersion: \(version)\n"
      + (source.map { "Source: \($0)\n" } ?? "") + "\n"
  }

  private func judge(
    _ records: [String], status: String, release: String = debian, files: [String: String] = [:]
  ) throws -> [VulnerablePackage] {
    let folder = try ImportFolder()
    try folder.write("all.json", "[\(records.joined(separator: ","))]")
    try folder.importing("all.json")
    let guest = GuestFixture(
      ["/etc/os-release": release, "/var/lib/dpkg/status": status].merging(files) { _, new in new })
    let facts = try guest.facts()
    facts.supply(try folder.store())
    return try facts.model(DistributionAdvisories.self).packages
  }

  private func words(_ packages: [VulnerablePackage]) -> [String] {
    packages.map { package in
      "\(package.name) \(package.packages.joined(separator: "+")): "
        + package.vulnerabilities.map { "\($0.name)<\($0.fixed ?? "-")" }.joined(separator: " ")
    }
  }

  @Test func sourcePackagesAreJudgedByTheirOwnVersion() throws {
    let found = try judge(
      [
        osv("DSA-1-1", "Debian:12", "openssl", fixed: "3.0.15-1", aliases: ["CVE-2026-1"]),
        osv("DSA-2-1", "Debian:12", "gcc-12", fixed: "12.2.0-15", aliases: ["CVE-2026-2"]),
        osv("DSA-3-1", "Debian:12", "libssl3", fixed: "99", aliases: ["CVE-2026-3"]),
        osv("DSA-4-1", "Debian:11", "openssl", fixed: "99", aliases: ["CVE-2026-4"]),
        osv("DSA-5-1", "Debian:13", "openssl", fixed: "99", aliases: ["CVE-2026-5"]),
        osv("DEBIAN-CVE-2026-6", "Debian:12", "openssl"),
      ],
      status: stanza("libssl3", "3.0.11-1", source: "openssl") + stanza("openssl", "3.0.11-1")
        + stanza("libgcc-s1", "1:99-1", source: "gcc-12 (12.2.0-14)"))
    #expect(
      words(found) == [
        "gcc-12 libgcc-s1: CVE-2026-2<12.2.0-15", "openssl libssl3+openssl: CVE-2026-1<3.0.15-1 CVE-2026-6<-",
      ])
  }

  @Test func onlyWhatIsInstalledCounts() throws {
    let found = try judge(
      [osv("CVE-2026-1", "Debian:12", "nginx", fixed: "2")],
      status: stanza("nginx", "1", status: "deinstall ok config-files")
        + stanza("nginx-common", "1", source: "nginx", status: "install ok unpacked")
        + stanza("bash", "1"))
    #expect(found.isEmpty)
  }

  @Test func recordsOfOneVulnerabilityBecomeOne() throws {
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    let found = try judge(
      [
        osv(
          "DSA-1-1", "Debian:12", "xz-utils", fixed: "5.4.1-1", published: "2026-03-29",
          aliases: ["CVE-2026-1", "CVE-2026-2"]),
        osv(
          "DEBIAN-CVE-2026-1", "Debian:12", "xz-utils", fixed: "5.4.1-0.2", published: "2024-01-01",
          cvss: vector),
        osv("CVE-2026-2", "npm", "other", fixed: "9", cvss: "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N"),
      ], status: stanza("xz-utils", "5.4.0-1"))
    #expect(words(found) == ["xz-utils xz-utils: CVE-2026-1<5.4.1-1 CVE-2026-2<5.4.1-1"])
    let first = try #require(found.first?.vulnerabilities.first)
    #expect(first.rating.severity == .critical)
    #expect(first.rating.reason == "CVSS 9.8")
    #expect(first.published == "2026-03-29")
    #expect(first.advisories == ["DEBIAN-CVE-2026-1", "DSA-1-1"])
    // A record of another ecosystem rates the CVE too.
    #expect(found[0].vulnerabilities[1].rating.severity == .low)
  }

  @Test func aKernelThatDoesNotBootIsApart() throws {
    let kernel = { (abi: String, version: String) in
      stanza(
        "linux-image-\(abi)-amd64", version,
        source: "linux-signed-amd64 (\(version.replacing("-", with: "+")))")
    }
    let found = try judge(
      [osv("CVE-2026-1", "Debian:12", "linux", fixed: "6.1.150-1"), osv("CVE-2026-2", "Debian:12", "linux")],
      status: kernel("6.1.0-10", "6.1.100-1") + kernel("6.1.0-40", "6.1.153-1")
        + stanza("linux-libc-dev", "6.1.1-1", source: "linux")
        + stanza("linux-image-amd64", "6.1.1-1", source: "linux-signed-amd64"),
      files: ["/boot/vmlinuz-6.1.0-10-amd64": "", "/boot/vmlinuz-6.1.0-40-amd64": ""])
    #expect(
      Set(found.map { "\($0.role) \($0.versions) \($0.vulnerabilities.map(\.name))" }) == [
        "bootingKernel [\"6.1.153-1\"] [\"CVE-2026-2\"]",
        "idleKernel [\"6.1.100-1\"] [\"CVE-2026-1\", \"CVE-2026-2\"]",
      ])
  }

  @Test(arguments: [
    (true, ["CVE-2026-1", "CVE-2026-2"]), (false, ["CVE-2026-1"]),
  ])
  func pocketsOfProCountWithTheSubscriptionAlone(_ hasPro: Bool, _ names: [String]) throws {
    let found = try judge(
      [
        osv("CVE-2026-1", "Ubuntu:20.04:LTS", "curl", fixed: "8"),
        osv("CVE-2026-2", "Ubuntu:Pro:20.04:LTS", "curl", fixed: "8"),
        osv("CVE-2026-3", "Ubuntu:22.04:LTS", "curl", fixed: "8"),
      ], status: stanza("curl", "7"), release: "ID=ubuntu\nVERSION_ID=20.04\n",
      files: hasPro ? ["/var/lib/ubuntu-advantage/private/machine-token.json": "{}"] : [:])
    #expect(found.flatMap(\.vulnerabilities).map(\.name).sorted() == names)
  }

  @Test func whatIsDeniedForTheReleaseIsNotThere() throws {
    let folder = try ImportFolder()
    try folder.write("a.json", osv("CVE-2026-1", "Debian:12", "curl"))
    try folder.importing("a.json")
    let reader: Bool = try folder.store().read { reader in
      var table = VulnerabilityTable(.dpkg)
      var advisory = Advisory(id: "CVE-2026-1")
      advisory.affected = []
      table.add(advisory, AffectedPackage(ecosystem: "Debian:12", name: "curl"), fixed: nil)
      table.deny(advisory, "Debian:13")
      let before = try table.vulnerabilities(reader).count
      table.deny(advisory, "Debian:12")
      return try before == 1 && table.vulnerabilities(reader).isEmpty
    }
    #expect(reader)
  }

  @Test func withoutAdvisoriesNothingIsClean() throws {
    let guest = GuestFixture(["/etc/os-release": Self.debian, "/var/lib/dpkg/status": stanza("a", "1")])
    #expect(throws: EvidenceGap.self) { try guest.facts().model(DistributionAdvisories.self) }
    #expect(throws: EvidenceGap.self) {
      try judge([osv("A", "Debian:13", "a")], status: stanza("a", "1"))
    }
    #expect(throws: EvidenceGap.self) {
      try judge([osv("A", "Debian:13", "a")], status: stanza("a", "1"), release: "ID=debian\nNAME=sid\n")
    }
    #expect(throws: EvidenceGap.self) {
      try judge(
        [osv("A", "Fedora EPEL:9", "a")], status: stanza("a", "1"), release: "ID=rocky\nVERSION_ID=9.4\n")
    }
    #expect(throws: EvidenceGap.self) {
      try judge([osv("A", "Debian:12", "a")], status: "", release: Self.debian)
    }
  }

  @Test(arguments: [
    ("debian", "12", "Debian:12", true), ("debian", "12", "Debian:11", false),
    ("debian", "12", "Debian:sid", false),
    ("alpine", "3.19.1", "Alpine:v3.19", true), ("alpine", "3.19.1", "Alpine:v3.1", false),
    ("rocky", "9.4", "Rocky Linux:9", true), ("rocky", "9.4", "Rocky Linux:8", false),
    ("rhel", "9.4", "Red Hat:enterprise_linux:9::baseos", true),
    ("rhel", "9.4", "Red Hat:enterprise_linux:9", true),
    ("rhel", "9.4", "Red Hat:enterprise_linux:90", false),
    ("rhel", "9.4", "Red Hat:openshift:4.9::el9", false),
    ("almalinux", "8.10", "AlmaLinux:8", true), ("fedora", "40", "Fedora:40", true),
    ("rocky", "9.4", "Fedora EPEL:9", true),
    ("sles", "15.5", "SUSE:Linux Enterprise Module for Basesystem 15 SP5", true),
    ("sles", "15.5", "SUSE:Linux Enterprise Server 15 SP5-LTSS", true),
    ("sles", "15.5", "SUSE:Linux Enterprise Server 15 SP4", false),
    ("sles", "15", "SUSE:Linux Enterprise Server 15", true),
    ("sles", "15.5", "SUSE:Linux Enterprise Micro 5.5", false),
    ("sle-micro", "5.5", "SUSE:Linux Enterprise Micro 5.5", true),
    ("opensuse-leap", "15.6", "openSUSE:Leap 15.6", true),
    ("opensuse-tumbleweed", "20261101", "openSUSE:Tumbleweed", true),
    ("wolfi", "20230201", "Wolfi", true), ("mageia", "9", "Mageia:9", true),
    ("amzn", "2023", "Amazon Linux:2023", true),
    ("azurelinux", "3.0", "Azure Linux:3", true), ("photon", "4.0", "Photon OS:4.0", true),
    ("ol", "9.4", "Oracle Linux:9", true),
    ("ubuntu", "23.10", "Ubuntu:23.10", true), ("ubuntu", "24.04", "Ubuntu:24.04:LTS", true),
    ("ubuntu", "24.04", "Ubuntu:Pro:24.04:LTS", false),
    ("ubuntu", "24.04", "Ubuntu:Pro:FIPS:24.04:LTS", false),
  ])
  func releases(_ id: String, _ version: String, _ ecosystem: String, _ expected: Bool) throws {
    let guest = GuestFixture(["/etc/os-release": "ID=\(id)\nVERSION_ID=\"\(version)\"\n"])
    #expect(try GuestEcosystems(try guest.facts()).contains(Ecosystem(ecosystem)) == expected)
  }

  @Test(
    arguments: [
      (nil, "1.2-3.el8", nil, true), ("nodejs:18", "18.2-1.module_el8", "nodejs:18:820:abc", true),
      ("nodejs:18", "18.2-1.module_el8", "nodejs:20:820:abc", false),
      ("nodejs:18", "18.2-1.module_el8", nil, false),
      (nil, "18.2-1.module_el8", nil, false), (nil, "18.2-1.module_el8", "nodejs:18:820:abc", true),
      (nil, "20.2-1.module_el8", "nodejs:18:820:abc", false), (nil, "18.2-1.el8", "nodejs:18:820:abc", false),
    ] as [(String?, String, String?, Bool)])
  func modules(_ module: String?, _ fixed: String, _ label: String?, _ expected: Bool) {
    var package = AffectedPackage(ecosystem: "AlmaLinux:8", name: "nodejs")
    package.module = module
    package.ranges = [.init(fixed: fixed)]
    #expect(ModuleRule.allows(package, label: label, version: "1:18.1-1.module_el8") == expected)
  }

  @Test func aVersionOfTenThousandCharactersIsCompared() {
    var package = AffectedPackage(ecosystem: "Debian:12", name: "x")
    package.ranges = [.init(introduced: "1", fixed: "2")]
    let long = "1." + String(repeating: "9", count: 10_000)
    for scheme in VersionScheme.allCases {
      #expect(package.position(of: long, scheme) == .inside(fixed: "2"), "\(scheme)")
    }
  }
}

import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@testable import Advisories

@Suite struct LanguageAdvisoriesTests {
  private func judge(_ records: [String], _ files: [String: String]) throws -> [String] {
    let folder = try ImportFolder()
    try folder.write("all.json", "[\(records.joined(separator: ","))]")
    try folder.importing("all.json")
    let facts = try GuestFixture(files).facts()
    facts.supply(try folder.store())
    return try facts.model(LanguageAdvisories.self).packages.map { package in
      "\(package.name) \(package.versions): " + package.vulnerabilities.map(\.name).joined(separator: " ")
    }
  }

  private let advisories = [
    osv("GHSA-1", "PyPI", "Foo.Bar", fixed: "2.0", aliases: ["CVE-2026-1"]),
    osv("GHSA-2", "npm", "minimist", fixed: "1.2.6"),
  ]

  @Test func namesAreComparedAsTheirEcosystemDoes() throws {
    let found = try judge(
      advisories,
      [
        "/opt/app/lib/foo_bar-1.0.dist-info/METADATA": "Name: foo_bar\nVersion: 1.0\n",
        "/opt/web/node_modules/minimist/package.json": #"{"name":"minimist","version":"1.2.5"}"#,
        "/opt/old/node_modules/minimist/package.json": #"{"name":"minimist","version":"0.1.0"}"#,
        "/opt/new/node_modules/minimist/package.json": #"{"name":"minimist","version":"1.2.6"}"#,
      ])
    #expect(found == ["PyPI foo-bar [\"1.0\"]: CVE-2026-1", "npm minimist [\"0.1.0\", \"1.2.5\"]: GHSA-2"])
  }

  @Test func whatTheDistributionBroughtIsNotJudgedTwice() throws {
    let path = "/usr/lib/python3/dist-packages/foo_bar-1.0.dist-info/METADATA"
    let files = [
      path: "Name: foo_bar\nVersion: 1.0\n",
      "/opt/foo_bar-1.0.dist-info/METADATA": "Name: foo_bar\nVersion: 1.1\n",
      "/var/lib/dpkg/info/python3-foo-bar.list": "/.\n\(path)\n",
    ]
    #expect(try judge(advisories, files) == ["PyPI foo-bar [\"1.1\"]: CVE-2026-1"])
  }

  // MARK: Libraries in archives and programs

  private func judgeEmbedded(_ records: [String], _ files: [String: [UInt8]]) throws -> [String] {
    let folder = try ImportFolder()
    try folder.write("all.json", "[\(records.joined(separator: ","))]")
    try folder.importing("all.json")
    let guest = GuestFixture(["/etc/os-release": "ID=x\n"])
    for (path, bytes) in files { guest.filesystem.addFile(path, .bytes(bytes), mode: 0o755) }
    let evidence = try Collector(plan: CollectionPlan([LanguageAdvisories.self])).collect(guest.filesystem)
    let facts = GuestFacts(evidence, asOf: 0)
    facts.supply(try folder.store())
    return try facts.model(LanguageAdvisories.self).packages.map { package in
      "\(package.name) \(package.versions): "
        + package.vulnerabilities.map { "\($0.name)<\($0.fixed ?? "-")" }.joined(separator: " ")
    }
  }

  @Test func jars() throws {
    let jar = StoredZip.bytes([
      .init(
        "META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties",
        "groupId=org.apache.logging.log4j\nartifactId=log4j-core\nversion=2.14.1\n")
    ])
    let war = StoredZip.bytes([.init("WEB-INF/lib/log4j-core.jar", jar)])
    let records = [
      osv(
        "GHSA-jfh8-c2jp-5v3q", "Maven", "org.apache.logging.log4j:log4j-core", fixed: "2.15.0",
        introduced: "2.13.0", aliases: ["CVE-2021-44228"]),
      osv("GHSA-2", "Maven", "org.apache.logging.log4j:log4j-core", fixed: "2.14.1"),
      osv("GHSA-3", "Maven", "org.other:log4j-core", fixed: "9"),
    ]
    #expect(
      try judgeEmbedded(records, ["/opt/app.war": war]) == [
        "Maven org.apache.logging.log4j:log4j-core [\"2.14.1\"]: CVE-2021-44228<2.15.0"
      ])
  }

  private func goSection(_ version: String, _ modules: String) -> [UInt8] {
    let sentinel = [UInt8](repeating: 0x77, count: 16)
    let list = sentinel + Array(modules.utf8) + sentinel
    return [0xff] + Array(" Go buildinf:".utf8) + [8, 2] + [UInt8](repeating: 0, count: 16)
      + [UInt8(version.utf8.count)] + Array(version.utf8) + [UInt8(list.count)] + list
  }

  private func program(_ section: String, _ content: [UInt8]) -> [UInt8] {
    var sample = ELFSample()
    sample.sections += [(section, 1, content)]
    sample.padding = 64 << 10
    return sample.bytes
  }

  @Test func programsOfGo() throws {
    let records = [
      osv("GO-2026-1", "Go", "golang.org/x/net", fixed: "0.23.0", aliases: ["CVE-2026-1"]),
      osv("GO-2026-2", "Go", "golang.org/x/net", fixed: "0.5.0"),
      osv("GO-2026-3", "Go", "stdlib", fixed: "1.22.2", aliases: ["CVE-2026-3"]),
      osv("GO-2026-4", "Go", "stdlib", fixed: "1.22.0-rc.2", introduced: "1.22.0-0"),
    ]
    let modules = "dep\tgolang.org/x/net\tv0.10.0\th1:x=\n"
    #expect(
      try judgeEmbedded(
        records, ["/usr/local/bin/go1": program(".go.buildinfo", goSection("go1.22.1", modules))]) == [
          "Go golang.org/x/net [\"v0.10.0\"]: CVE-2026-1<0.23.0", "Go stdlib [\"1.22.1\"]: CVE-2026-3<1.22.2",
        ])
    #expect(
      try judgeEmbedded(
        records, ["/usr/local/bin/go1": program(".go.buildinfo", goSection("go1.22rc1", ""))])
        == ["Go stdlib [\"1.22rc1\"]: CVE-2026-3<1.22.2 GO-2026-4<1.22.0-rc.2"])
  }

  @Test func programsOfRust() throws {
    let text = Array(#"{"packages":[{"name":"openssl","version":"0.10.40","source":"crates.io"}]}"#.utf8)
    let length = [UInt8(text.count), 0]
    let zlib = [0x78, 0x01, 1] + length + length.map { ~$0 } + text + [0, 0, 0, 0]
    #expect(
      try judgeEmbedded(
        [osv("RUSTSEC-2026-1", "crates.io", "openssl", fixed: "0.10.48", introduced: "0.9.7")],
        ["/usr/local/bin/rusty": program(".dep-v0", zlib)]) == [
          "crates.io openssl [\"0.10.40\"]: RUSTSEC-2026-1<0.10.48"
        ])
  }

  /// Ruby orders `1.0.0.beta2` before `1.0.0`, and numbers of any count.
  @Test func gems() throws {
    let found = try judge(
      [
        osv("GHSA-1", "RubyGems", "rack", fixed: "2.2.6.4"),
        osv("GHSA-2", "RubyGems", "rack", fixed: "2.2.6.3"),
        osv("GHSA-3", "RubyGems", "rack", fixed: "2.2.6.3.beta1"),
      ],
      [
        "/opt/gems/specifications/rack-2.2.6.3.gemspec":
          "Gem::Specification.new do |s|\n  s.name = \"rack\".freeze\n  s.version = \"2.2.6.3\"\nend\n"
      ])
    #expect(found == ["RubyGems rack [\"2.2.6.3\"]: GHSA-1"])
  }

  @Test func anEcosystemThatWasNotImportedIsNotClean() throws {
    #expect(throws: EvidenceGap.self) {
      try judge([osv("A", "npm", "x")], ["/opt/foo-1.dist-info/METADATA": "Name: foo\nVersion: 1\n"])
    }
    #expect(try judge([osv("A", "npm", "x")], [:]) == [])
  }
}

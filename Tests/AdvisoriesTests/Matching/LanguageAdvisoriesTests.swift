import Advisories
import Evidence
import Facts
import TestSupport
import Testing

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

  @Test func anEcosystemThatWasNotImportedIsNotClean() throws {
    #expect(throws: EvidenceGap.self) {
      try judge([osv("A", "npm", "x")], ["/opt/foo-1.dist-info/METADATA": "Name: foo\nVersion: 1\n"])
    }
    #expect(try judge([osv("A", "npm", "x")], [:]) == [])
  }
}

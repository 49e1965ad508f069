import Foundation
import TestSupport
import Testing

@Suite struct AdvisoriesCommandTests {
  static let record = #"""
    {"id":"DSA-9-1","modified":"2026-11-20T00:00:00Z","published":"2026-01-01T00:00:00Z","aliases":["CVE-2026-0009"],
    "database_specific":{"severity":"HIGH"},"affected":[{"package":{"ecosystem":"Debian:12","name":"telnetd"},
    "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"0.18"}]}]}]}
    """#

  static let baseline = """
    id: test
    version: 1.0.0
    title: Advisories
    checks:
      - id: pkg.advisories
        title: No known vulnerability
        severity: high
        advisory: {minimum_severity: high}

    """

  /// A report of text without the breaks of its lines.
  private func unwrapped(_ report: String) -> String {
    report.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private func workplace() throws -> Workplace {
    let workplace = try Workplace()
    try workplace.write("baselines/test.yaml", Self.baseline)
    try workplace.write("data/DSA-9-1.json", Self.record)
    return workplace
  }

  @Test func whatIsImportedIsListedAndJudged() throws {
    let workplace = try workplace()
    let imported = try workplace.run("advisories", "import", "data", "--database", "a.sqlite")
    #expect(imported.status == 0, "\(imported.error)")
    #expect(imported.output.contains("1 advisories (1 packages) of 2026-11-20"))
    let status = try workplace.run("advisories", "status", "--database", "a.sqlite", "--format", "json")
    #expect(status.output.contains("\"advisories\" : 1"))
    #expect(status.output.contains("\"date\" : \"2026-11-20\""))
    let scan = try workplace.scan("web", "--advisories", "a.sqlite", "--format", "json")
    #expect(scan.status == 1, "\(scan.error)")
    #expect(scan.output.contains("high CVE-2026-0009 (called HIGH), fixed in 0.18, of 2026-01-01"))
    #expect(scan.output.contains("\"date\": \"2026-11-20\""))
    #expect(scan.error == "" || !scan.error.contains("days old"))
  }

  private static let catalogue = #"""
    {"title":"CISA Catalog of Known Exploited Vulnerabilities","catalogVersion":"2026.11.23",
    "dateReleased":"2026-11-23T10:00:00.0000Z","count":1,"vulnerabilities":[{"cveID":"CVE-2026-0009",
    "vendorProject":"GNU","dateAdded":"2026-11-01","dueDate":"2026-11-22","knownRansomwareCampaignUse":"Known"}]}
    """#

  /// KEV and EPSS as they are published, beside advisories that call the vulnerability medium.
  @Test func whatIsExploitedIsCriticalAndFound() throws {
    let workplace = try workplace()
    try workplace.write("data/DSA-9-1.json", Self.record.replacing("HIGH", with: "MEDIUM"))
    try workplace.write("known_exploited_vulnerabilities.json", Self.catalogue)
    try workplace.write(
      "baselines/test.yaml",
      Self.baseline + """
          - id: pkg.exploited
            title: Nothing that is known to be exploited
            severity: critical
            advisory: {exploited: true}

        """)
    let scores =
      "#model_version:v2025.03.14,score_date:2026-11-24T00:00:00+0000\ncve,epss,percentile\n"
      + "CVE-2026-0009,0.97320,0.99999\nCVE-2026-0010,0.00040,0.1\n"
    let packed = try Python.run(
      "import gzip, sys\ngzip.open(sys.argv[2], 'wb').write(open(sys.argv[1], 'rb').read())", on: scores,
      [workplace.folder + "/epss.csv.gz"])
    #expect(packed.status == 0, "\(packed.output)")

    // Without the catalogue it is not known what is exploited.
    #expect(try workplace.run("advisories", "import", "data", "--database", "a.sqlite").status == 0)
    let before = try workplace.scan("web", "--advisories", "a.sqlite", "--format", "json")
    #expect(before.output.contains("CISA's catalogue is not in the database"))
    #expect(!before.output.contains("(called MEDIUM)"))

    let imported = try workplace.run(
      "advisories", "import", "known_exploited_vulnerabilities.json", "epss.csv.gz", "--database", "a.sqlite")
    #expect(imported.status == 0, "\(imported.error)")
    #expect(imported.output.contains("1 exploited vulnerabilities of 2026-11-23"), "\(imported.output)")
    #expect(imported.output.contains("2 probabilities of exploitation of 2026-11-24"), "\(imported.output)")
    let scan = try workplace.scan("web", "--advisories", "a.sqlite", "--format", "json")
    #expect(scan.status == 1, "\(scan.error)")
    let findings = scan.output
    #expect(
      findings.contains("the worst critical")
        || findings.contains("critical (CVE-2026-0009, known to be exploited)"))
    #expect(findings.contains("EPSS 97.3 %"), "\(findings)")
    for check in ["pkg.advisories", "pkg.exploited"] { #expect(findings.contains("\"check\": \"\(check)\"")) }
  }

  @Test func indexesOfRepositoriesAreImportedAndCompared() throws {
    let workplace = try workplace()
    let packages = "Package: telnetd\nVersion: 0.18-1\nArchitecture: amd64\nFilename: a\nSize: 1\n\n"
    let suite = "mirror/debian-security/dists/bookworm-security"
    try workplace.write("\(suite)/main/binary-amd64/Packages", packages)
    try workplace.write(
      "\(suite)/Release",
      "Suite: oldstable-security\nCodename: bookworm-security\nDate: Mon, 23 Nov 2026 11:00:00 UTC\n"
        + "Architectures: amd64\nSHA256:\n 00 \(packages.utf8.count) main/binary-amd64/Packages\n")
    try workplace.write(
      "baselines/test.yaml",
      """
      id: test
      version: 1.0.0
      title: Updates
      checks:
        - id: pkg.upgradable
          title: Everything is the newest
          severity: high
          updates: {suite: any}

      """)
    let imported = try workplace.run("advisories", "import", "mirror", "--database", "a.sqlite")
    #expect(imported.status == 0, "\(imported.error)")
    #expect(
      imported.output.contains("indexes")
        && imported.output.contains("1 packages in indexes of repositories of 2026-11-23"),
      "\(imported.output)")
    let status = try workplace.run("advisories", "status", "--database", "a.sqlite", "--format", "json")
    #expect(status.output.contains("\"indexed\" : 1"))
    for format in ["text", "json", "markdown"] {
      let scan = try workplace.scan("web", "--advisories", "a.sqlite", "--format", format)
      #expect(scan.status == 1, "\(scan.error)")
      #expect(scan.output.contains("telnetd"), "\(format)")
      #expect(
        unwrapped(scan.output).contains("0.18-1 in bookworm-security; index of 2026-11-23"), "\(scan.output)")
      #expect(scan.output.contains("2026-11-23"))
    }
    // Old indexes are told too.
    let later = try BuiltBinary.run(
      ["scan", "web", "--baseline", "test", "--as-of", "2026-12-24", "--advisories", "a.sqlite"],
      environment: ["BRINELL_BASELINES": workplace.folder + "/baselines"], directory: workplace.folder)
    #expect(
      later.error.contains("indexes") && later.error.contains("newer updates are not known"), "\(later.error)"
    )
    #expect(unwrapped(later.output).contains("index of 2026-11-23, 30 days old"), "\(later.output)")
  }

  @Test func aWrongSuiteIsAnErrorOfOneLine() throws {
    let run = try workplace().scan("web", "--suite", "bookworm")
    #expect(
      run.status == 64 && run.errorLines.count == 1 && run.error.contains("deb URI SUITE"), "\(run.error)")
  }

  @Test func oldDataIsToldOnStandardErrorAndInTheReport() throws {
    let workplace = try workplace()
    try workplace.write("data/DSA-9-1.json", Self.record.replacing("2026-11-20", with: "2026-10-01"))
    #expect(try workplace.run("advisories", "import", "data", "--database", "a.sqlite").status == 0)
    let scan = try workplace.scan("web", "--advisories", "a.sqlite")
    #expect(scan.error.contains("54 days old"), "\(scan.error)")
    #expect(scan.output.contains("54 days old: newer vulnerabilities are not known"), "\(scan.output)")
    let page = try workplace.scan("web", "--advisories", "a.sqlite", "--format", "markdown")
    #expect(page.output.contains("of 2026-10-01 &#40;54 days old: newer vulnerabilities are not known&#41;"))
    let json = try workplace.scan("web", "--advisories", "a.sqlite", "--format", "json")
    #expect(
      json.output.contains("\"date\": \"2026-10-01\"") && json.output.contains("\"as_of\": \"2026-11-24\""))
  }

  @Test func withoutADatabaseTheCheckIsUndecidedAndSaysWhatToDo() throws {
    let workplace = try workplace()
    let run = try BuiltBinary.run(
      ["scan", "web", "--baseline", "test"],
      environment: [
        "BRINELL_BASELINES": workplace.folder + "/baselines", "XDG_DATA_HOME": workplace.folder + "/none",
      ], directory: workplace.folder)
    #expect(run.output.contains("brinell advisories import"), "\(run.output)")
    #expect(run.status == 2)
  }

  @Test func mistakesAreErrorsOfOneLine() throws {
    let workplace = try workplace()
    for arguments in [
      ["advisories", "import", "none", "--database", "a.sqlite"],
      ["advisories", "status", "--database", "none"],
      ["advisories", "status", "--database", "baselines/test.yaml"],
      ["advisories", "import", "baselines", "--database", "a.sqlite"],
      ["scan", "web", "--baseline", "test", "--advisories", "none"],
    ] {
      let run = try BuiltBinary.run(
        arguments, environment: ["BRINELL_BASELINES": workplace.folder + "/baselines"],
        directory: workplace.folder)
      #expect(run.status == 2, "\(arguments)")
      #expect(run.errorLines.count == 1, "\(run.error)")
    }
    #expect(try workplace.run("advisories", "import").status == 64)
  }
}

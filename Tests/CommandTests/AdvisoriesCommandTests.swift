import Foundation
import TestSupport
import Testing

@Suite struct AdvisoriesCommandTests {
  private static let record = #"""
    {"id":"DSA-9-1","modified":"2026-11-20T00:00:00Z","published":"2026-01-01T00:00:00Z","aliases":["CVE-2026-9"],
    "database_specific":{"severity":"HIGH"},"affected":[{"package":{"ecosystem":"Debian:12","name":"telnetd"},
    "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"0.18"}]}]}]}
    """#

  private static let baseline = """
    id: test
    version: 1.0.0
    title: Advisories
    checks:
      - id: pkg.advisories
        title: No known vulnerability
        severity: high
        advisory: {minimum_severity: high}

    """

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
    #expect(scan.output.contains("high CVE-2026-9 (called HIGH), fixed in 0.18, of 2026-01-01"))
    #expect(scan.output.contains("\"date\": \"2026-11-20\""))
    #expect(scan.error == "" || !scan.error.contains("days old"))
  }

  @Test func oldDataIsToldOnStandardErrorAndInTheReport() throws {
    let workplace = try workplace()
    try workplace.write("data/DSA-9-1.json", Self.record.replacing("2026-11-20", with: "2026-10-01"))
    #expect(try workplace.run("advisories", "import", "data", "--database", "a.sqlite").status == 0)
    let scan = try workplace.scan("web", "--advisories", "a.sqlite")
    #expect(scan.error.contains("54 days old"), "\(scan.error)")
    #expect(scan.output.contains("54 days old: newer vulnerabilities are not known"), "\(scan.output)")
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

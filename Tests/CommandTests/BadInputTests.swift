import Foundation
import TestSupport
import Testing

/// Each one line on standard error and exit status 2, or 64 for wrong usage; nothing invented.
@Suite struct BadInputTests {
  private func expectOneLine(_ run: BuiltBinary.Run, _ beginning: String, status: Int32 = 2) {
    #expect(run.status == status)
    #expect(run.errorLines.count == 1)
    #expect(run.error.hasPrefix("brinell: " + beginning), "\(run.error)")
  }

  @Test func aFileThatIsNoImage() throws {
    let workplace = try Workplace()
    try workplace.write("notes.qcow2", "These are notes.\n")
    try workplace.write("empty.img", "")
    expectOneLine(try workplace.scan("absent.qcow2"), "absent.qcow2: no such file")
    expectOneLine(try workplace.scan("notes.qcow2"), "notes.qcow2: not a disk image")
    expectOneLine(try workplace.scan("empty.img"), "empty.img: the file is empty")
    let run = try workplace.scan("empty.img")
    #expect(run.output.contains("INCOMPLETE: empty.img: the file is empty (exit status 2)"))
  }

  @Test func aFolderThatIsNoGuest() throws {
    let workplace = try Workplace()
    expectOneLine(try workplace.scan("baselines"), "baselines: no operating system found")
  }

  @Test func aDamagedBundle() throws {
    let workplace = try Workplace()
    #expect(try workplace.scan("web", "--evidence", "web.brinell", "--fail-on", "none").status == 0)
    let bytes = try Data(contentsOf: URL(filePath: workplace.folder + "/web.brinell"))
    try workplace.write("half.brinell", bytes.prefix(bytes.count / 2))
    var flipped = bytes
    flipped[bytes.count * 2 / 3] ^= 0x55
    try workplace.write("flipped.brinell", flipped)
    for name in ["half.brinell", "flipped.brinell"] {
      let run = try workplace.scan(name, "--format", "json")
      expectOneLine(run, name + ": ")
      #expect(!run.output.contains("\"verdict\""))
    }
  }

  @Test(arguments: [
    "", "{}", "not JSON", "[1, 2]", "{\"schema\": \"brinell.report/2\"}",
    "{\"schema\": \"brinell.report/1\"}",
  ]) func aFileThatIsNoReport(_ content: String) throws {
    let workplace = try Workplace()
    try workplace.write("report.json", content)
    expectOneLine(try workplace.run("report", "report.json"), "report.json: ")
  }

  @Test func aReportCutInHalf() throws {
    let workplace = try Workplace()
    let json = try workplace.scan("web", "--format", "json").output
    try workplace.write("half.json", String(json.prefix(json.count / 2)))
    let run = try workplace.run("report", "half.json")
    expectOneLine(run, "half.json: not a report: its JSON is damaged or cut off")
    #expect(run.output == "")
    expectOneLine(try workplace.run("report", "absent.json"), "absent.json: no such file")
    expectOneLine(try workplace.run("report", "baselines"), "baselines: ")
  }

  @Test(arguments: [
    (["scan"], "Nothing to open"),
    (["scan", "web", "--basline", "server"], "--baseline"),
    (["scan", "web", "--baseline", "tset"], "did you mean 'test'?"),
    (["scan", "web", "--format", "pdf"], "Use one of"),
    (["scan", "web", "--report", "json"], "FORMAT=FILE"),
    (["scan", "web", "--fail-on", "grave"], "critical, high, medium, low, info or none"),
    (["scan", "web", "--min-coverage", "101"], "from 0 to 100"),
    (["scan", "web", "--as-of", "2026-02-30"], "YYYY-MM-DD"),
    (["scan", "web", "--set", "x"], "NAME=VALUE"),
    (["scan", "web", "--output", "absent/report.txt"], "there is no folder"),
    (["scan", "web", "web", "--evidence", "x.brinell"], "one target"),
    (["scan", "web", "--disk", "a.img"], "not both"),
    (["scna", "web"], "did you mean 'scan'?"),
    (["web"], "brinell scan web"),
    (["report"], "report"),
    (["report", "x.json", "--format", "pdf"], "Use one of"),
  ]) func wrongUsageIsExplained(_ arguments: [String], _ hint: String) throws {
    let workplace = try Workplace()
    let run = try BuiltBinary.run(
      arguments, environment: ["BRINELL_BASELINES": workplace.folder + "/baselines"],
      directory: workplace.folder)
    #expect(run.status == 64, "\(run.error)")
    #expect(run.error.contains(hint), "\(run.error)")
    #expect(run.output == "")
  }

  @Test func aBaselineThatIsWrong() throws {
    let workplace = try Workplace()
    try workplace.write("mine.yaml", "id: mine\nversion: 1\ntitle: Mine\nchekcs: []\n")
    let run = try workplace.run("scan", "web", "--baseline", "mine.yaml")
    #expect(run.status == 2)
    #expect(run.error.contains("mine.yaml:4:1: "))
    #expect(run.output == "")
  }
}

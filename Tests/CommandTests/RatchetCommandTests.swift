import Foundation
import TestSupport
import Testing

/// `brinell scan --since`, `--max-score-drop`, `--annotate` and `--show-config`.
@Suite struct RatchetCommandTests {
  private func workplace() throws -> Workplace {
    let workplace = try Workplace()
    #expect(try workplace.scan("web", "--format", "json", "--output", "old.json").status == 1)
    return workplace
  }

  /// The package that every system has is not there any more.
  private func worsen(_ workplace: Workplace) throws {
    let status = try workplace.read("web/var/lib/dpkg/status")
    try workplace.write(
      "web/var/lib/dpkg/status", status.replacing("Package: base-files", with: "Package: other"))
  }

  @Test func acceptsWhatWasThereAndFailsForWhatIsNew() throws {
    let workplace = try workplace()
    let same = try workplace.scan("web", "--since", "old.json")
    #expect(same.status == 0)
    #expect(same.output.hasPrefix("PASS: no new finding of severity high or above"))
    #expect(same.output.contains("since old.json of "))
    try worsen(workplace)
    let worse = try workplace.scan("web", "--since", "old.json", "--report", "json=new.json")
    #expect(worse.status == 1)
    #expect(worse.output.hasPrefix("FAIL: 1 new finding of severity high or above"))
    #expect(worse.output.contains("NEW pkg.base"))
    #expect(!worse.output.contains("NEW svc.no-telnet"))
    #expect(try JSONSchema.problem(of: try workplace.read("new.json"), schema: "report.schema.json") == nil)
    for format in ["text", "markdown", "sarif", "gitlab", "junit"] {
      let own = try workplace.scan(
        "web", "--since", "old.json", "--report", "json=r.json", "--format", format)
      #expect(try workplace.run("report", "r.json", "--format", format).output == own.output, "\(format)")
    }
  }

  @Test func theScoreIsCompared() throws {
    let workplace = try workplace()
    try worsen(workplace)
    let run = try workplace.scan("web", "--since", "old.json", "--fail-on", "none", "--max-score-drop", "1")
    #expect(run.status == 1)
    #expect(run.output.contains("it may fall by 1 at most"))
    #expect(try workplace.scan("web", "--max-score-drop", "1").status == 64)
  }

  @Test(arguments: [
    (
      "{\"schema\": \"brinell.report/9\"}",
      "it says 'brinell.report/9', this version reads 'brinell.report/1'"
    ),
    ("{\"schema\": \"brinell.report/1\", \"tool\"", "its JSON is damaged or cut off"),
    ("", "the file is empty"),
    ("{\"schema\": \"brinell.diff/1\"}", "it says 'brinell.diff/1'"),
  ]) func aReportThatCannotBeReadIsExitStatusTwo(_ text: String, _ message: String) throws {
    let workplace = try Workplace()
    try workplace.write("old.json", text)
    let run = try workplace.scan("web", "--since", "old.json")
    #expect(run.status == 2 && run.output == "")
    #expect(run.errorLines.count == 1 && run.error.contains(message), "\(run.error)")
  }

  @Test func anotherSystemIsExitStatusTwo() throws {
    let workplace = try workplace()
    try workplace.write("other/etc/os-release", "ID=alpine\nVERSION_ID=3.19\nPRETTY_NAME=Alpine\n")
    let run = try workplace.scan("other", "--since", "old.json", "--min-coverage", "0")
    #expect(run.status == 2)
    #expect(run.output.contains("different systems"), "\(run.output)")
  }

  @Test func theFileHoldsTheRatchetToo() throws {
    let workplace = try workplace()
    try workplace.write("brinell.yaml", "since: old.json\nmax-score-drop: 2\nannotate: false\n")
    #expect(try workplace.scan("web").status == 0)
  }

  @Test func annotatesOnStandardError() throws {
    let workplace = try workplace()
    let run = try workplace.scan("web", "--annotate", "--format", "json", "--fail-on", "high")
    #expect(run.output.hasPrefix("{"))
    #expect(run.error.contains("::error "))
    #expect(run.error.contains("title=svc.no-telnet (high)::"))
    #expect(!(try workplace.scan("web", "--no-annotate").error.contains("::")))
  }

  @Test func showsEveryOptionAndWhoSaysSo() throws {
    let workplace = try Workplace()
    try workplace.write(
      "brinell.yaml", "baseline: test\nfail-on: medium\nset: {a: 1, b: 2}\nformat: json\nquiet: true\n")
    let run = try workplace.run(
      "scan", "--show-config", "--fail-on", "low", "--set", "b=3", "--disk", "x.qcow2")
    #expect(run.status == 0)
    if let difference = try differenceFromGolden(run.output, "show-config.txt") {
      Issue.record("\(difference)")
    }
  }
}

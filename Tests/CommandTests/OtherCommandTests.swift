import TestSupport
import Testing

@Suite struct OtherCommandTests {
  @Test func aloneItGreets() throws {
    let run = try BuiltBinary.run([])
    #expect(run.status == 0)
    for command in ["brinell scan", "brinell baseline list", "brinell doctor"] {
      #expect(run.output.contains(command))
    }
  }

  @Test func aSavedReportIsRenderedAsTheScanWouldHave() throws {
    let workplace = try Workplace()
    let scan = try workplace.scan("web", "--report", "json=web.json")
    try workplace.write("again.json", try workplace.read("web.json"))
    #expect(try workplace.run("report", "web.json").output == scan.output)
    let again = try workplace.run("report", "web.json", "--format", "json")
    #expect(again.output == (try workplace.read("web.json")))
    #expect(again.status == 0)
    #expect(try workplace.run("report", "web.json", "--output", "web.txt").output == "")
    #expect(try workplace.read("web.txt") == scan.output)
  }

  @Test func explanationsComeByOptionAndFromTheFile() throws {
    let workplace = try Workplace()
    let plain = try workplace.scan("web", "--report", "json=web.json").output
    #expect(!plain.contains("  why       Telnet sends passwords in the clear."))
    let explained = try workplace.scan("web", "--explain").output
    #expect(
      explained.contains("  why       Telnet sends passwords in the clear.\n  to mend   Remove the package."))
    #expect(try workplace.run("report", "web.json", "--explain").output == explained)
    try workplace.write("brinell.yaml", "explain: true\n")
    #expect(try workplace.scan("web", "--report", "text=web.txt").output == explained)
    #expect(try workplace.read("web.txt") == explained)
  }

  @Test func aPipelineSeesPlainLinesOfTheStages() throws {
    let workplace = try Workplace()
    let arguments = ["scan", "web", "--baseline", "test", "--output", "web.txt"]
    func lines(_ environment: [String: String]) throws -> [String] {
      let folders = ["BRINELL_BASELINES": workplace.folder + "/baselines"]
      return try BuiltBinary.run(
        arguments, environment: folders.merging(environment) { $1 }, directory: workplace.folder
      ).errorLines
    }
    #expect(try lines([:]).count == 1)
    let told = try lines(["CI": "true"])
    #expect(told.contains("brinell: listing files"))
    #expect(told.contains("brinell: judging"))
    #expect(told.allSatisfy { !$0.contains("\u{1b}") && !$0.contains("\r") && !$0.contains("%") })
  }

  @Test func doctorLooksWithoutStartingAnAppliance() throws {
    let workplace = try Workplace()
    let run = try workplace.run("doctor", "--quick")
    #expect(run.output.contains("ok       baselines: "))
    #expect(run.output.contains("libguestfs 1."))
    #expect(run.output.contains("This machine is "))
    try workplace.write("baselines/bad.yaml", "id: bad\n")
    let bad = try workplace.run("doctor", "--quick")
    #expect(bad.status == 2)
    #expect(bad.output.contains("problem  baseline:"))
  }
}

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

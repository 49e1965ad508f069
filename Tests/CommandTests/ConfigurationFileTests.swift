import TestSupport
import Testing

@Suite struct ConfigurationFileTests {
  @Test func givesOptionsThatTheCommandLineBeats() throws {
    let workplace = try Workplace()
    try workplace.write(
      "brinell.yaml",
      """
      baseline: test
      fail-on: none
      format: json
      report: {text: web.txt}

      """)
    let quiet = try workplace.run("scan", "web")
    #expect(quiet.status == 0)
    #expect(quiet.output.hasPrefix("{"))
    #expect(try workplace.read("web.txt").hasPrefix("PASS: judged"))
    let loud = try workplace.run("scan", "web", "--fail-on", "high", "--format", "text")
    #expect(loud.status == 1)
    #expect(loud.output.hasPrefix("FAIL: "))
  }

  @Test(arguments: [
    (
      "baseline: test\nfail_on: high\n",
      "brinell.yaml:2: 'fail_on' is not an option of a scan; did you mean 'fail-on'?"
    ),
    ("fail-on: grave\n", "brinell.yaml:1: '--fail-on grave' is not a severity"),
    ("format: [text]\n", "brinell.yaml:1: 'format' is text, not a list"),
    ("min-coverage: many\n", "brinell.yaml:1: "),
    ("quiet: maybe\n", "brinell.yaml:1: 'quiet' is true or false, not 'maybe'"),
    ("\nkey: all=secret\n", "brinell.yaml:2: 'key' can be given on the command line alone"),
    (
      "allow-backing: /etc/shadow\n", "brinell.yaml:1: 'allow-backing' can be given on the command line alone"
    ),
    ("waivers:\n", "brinell.yaml:1: 'waivers' is text, not nothing"),
    ("- test\n", "brinell.yaml:1: options are expected"),
    ("baseline: test\nbaseline: other\n", "brinell.yaml:"),
    ("fail-on: \"unclosed\n", "brinell.yaml:"),
  ]) func isReadStrictly(_ content: String, _ message: String) throws {
    let workplace = try Workplace()
    try workplace.write("brinell.yaml", content)
    let run = try workplace.run("scan", "web")
    #expect(run.status == 64)
    #expect(run.error.contains(message), "\(run.error)")
    #expect(run.output == "")
  }
}

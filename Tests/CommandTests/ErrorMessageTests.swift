import Foundation
import TestSupport
import Testing

@testable import brinell

/// What everybody does wrong once: one line that says what failed, on which file and what to do next.
@Suite struct ErrorMessageTests {
  /// A command line, the exit status and what the one line begins with and holds.
  struct Case: CustomTestStringConvertible {
    var words: String
    var status: Int32
    var beginning: String
    var hint = ""
    var testDescription: String { words }
  }

  private static let files = [
    "notes.txt": "These are notes.\n", "half.json": "{\"schema\": \"brinell.report/1\", \"tool\"",
    "bad.yaml": "id: bad\nversion: 1\ntitle: Bad\nchekcs: []\n",
    "misspelt.yaml": "waivers:\n  - {chekc: a.b, reason: r, owner: o, expires: 2027-01-01}\n",
    "folder/inside": "",
  ]

  private static let cases: [Case] = [
    // Files that are not there, or not what they should be.
    Case(words: "scan absent.qcow2", status: 2, beginning: "absent.qcow2: no such file"),
    Case(
      words: "scan notes.txt", status: 2, beginning: "notes.txt: not a disk image", hint: "--image-format raw"
    ),
    Case(
      words: "scan half.json", status: 2, beginning: "half.json: not a disk image", hint: "brinell report"),
    Case(words: "report notes.txt", status: 2, beginning: "notes.txt: not a report", hint: "brinell scan"),
    Case(words: "scan web --vm absent", status: 2, beginning: "absent: no such file"),
    Case(
      words: "advisories update --feeds absent.yaml", status: 2, beginning: "absent.yaml: no such file"),
    Case(words: "scan folder", status: 2, beginning: "folder: no operating system found"),
    Case(
      words: "scan web --baseline bad.yaml", status: 2, beginning: "bad.yaml:4:1: ",
      hint: "did you mean 'checks'?"),
    Case(words: "scan web --baseline folder", status: 64, beginning: "there is no baseline 'folder'"),
    Case(words: "scan web --waivers absent.yaml", status: 2, beginning: "absent.yaml: no such file"),
    Case(words: "scan web --waivers folder", status: 2, beginning: "folder: a folder, not a file"),
    Case(
      words: "scan web --waivers misspelt.yaml", status: 2, beginning: "misspelt.yaml:2:",
      hint: "did you mean 'check'?"),
    Case(
      words: "scan web --advisories absent.db", status: 2, beginning: "absent.db: no such file",
      hint: "import"),
    Case(
      words: "scan web --advisories notes.txt", status: 2, beginning: "notes.txt: not a database",
      hint: "import"),
    Case(
      words: "scan web --key all=absent", status: 2, beginning: "'--key all=absent'", hint: "no such file"),
    Case(words: "scan web --key all=folder", status: 2, beginning: "'--key all=folder'", hint: "a folder"),
    Case(words: "scan web --yara absent", status: 2, beginning: "--yara absent: no such file"),
    Case(words: "scan web --clamav absent", status: 2, beginning: "--clamav absent: no such file"),
    Case(words: "scan web --dbx absent", status: 2, beginning: "--dbx absent: no such file"),
    Case(words: "scan web --dbx notes.txt", status: 2, beginning: "notes.txt is no list of revoked"),
    Case(words: "scan web --indexes absent", status: 2, beginning: "--indexes absent: no such folder"),
    Case(
      words: "scan web --indexes notes.txt", status: 2, beginning: "--indexes notes.txt: a file, not a folder"
    ),
    Case(
      words: "scan web --support-dates absent", status: 2, beginning: "--support-dates absent: no such file"),
    Case(
      words: "scan web --security-support absent", status: 2,
      beginning: "--security-support absent: no such folder"),
    Case(
      words: "scan web --default-passwords absent", status: 2,
      beginning: "--default-passwords absent: no such file"),
    Case(
      words: "scan web --default-passwords notes.txt", status: 64, beginning: "notes.txt:1: ",
      hint: "ACCOUNT:"),
    Case(words: "scan web --vm notes.txt", status: 2, beginning: "notes.txt: neither a libvirt domain"),
    Case(
      words: "scan web --since half.json", status: 2, beginning: "half.json: not a report", hint: "cut off"),
    Case(words: "report half.json", status: 2, beginning: "half.json: not a report", hint: "cut off"),
    Case(words: "report folder", status: 2, beginning: "folder: "),
    Case(words: "sbom absent", status: 2, beginning: "absent: no such file"),
    Case(
      words: "collect web -o absent/x.brinell", status: 2, beginning: "the evidence bundle", hint: "absent/x"),
    Case(words: "advisories import absent --database x.db", status: 2, beginning: "/", hint: "no such file"),
    // Words that are misspelt.
    Case(words: "scna web", status: 64, beginning: "'scna'", hint: "did you mean 'scan'?"),
    Case(words: "baseline lst", status: 64, beginning: "'lst'", hint: "did you mean 'list'?"),
    Case(words: "advisories xyz", status: 64, beginning: "'xyz'", hint: "see brinell advisories --help"),
    Case(words: "scan web --basline test", status: 64, beginning: "Unknown option", hint: "--baseline"),
    Case(words: "scan web --baseline tset", status: 64, beginning: "there is no baseline", hint: "'test'"),
    Case(words: "baseline show tset", status: 64, beginning: "there is no baseline", hint: "'test'"),
    Case(
      words: "baseline explain svc.no-telnt", status: 64, beginning: "there is no check",
      hint: "'svc.no-telnet'"),
    Case(
      words: "scan web --format jsn", status: 64, beginning: "'--format jsn'", hint: "did you mean 'json'?"),
    Case(
      words: "scan web --report jsn=x", status: 64, beginning: "'--report jsn'", hint: "did you mean 'json'?"),
    Case(
      words: "scan web --fail-on hihg", status: 64, beginning: "'--fail-on hihg'",
      hint: "did you mean 'high'?"),
    Case(
      words: "scan web --image-format qcow", status: 64, beginning: "'--image-format qcow'", hint: "'qcow2'"),
    Case(
      words: "sbom web --format spxd", status: 64, beginning: "'--format spxd'", hint: "did you mean 'spdx'?"),
    Case(words: "diff web web --format htlm", status: 64, beginning: "'--format htlm'", hint: "'html'"),
    Case(
      words: "diff web web --fail-on-change priviledge", status: 64, beginning: "'--fail", hint: "'privilege'"
    ),
    Case(
      words: "report half.json --remediation shel", status: 64, beginning: "'--remediation", hint: "'shell'"),
    // Values and arguments that are missing or impossible.
    Case(words: "scan", status: 64, beginning: "Nothing to open"),
    Case(
      words: "report", status: 64, beginning: "Missing expected argument", hint: "see brinell report --help"),
    Case(words: "collect web", status: 64, beginning: "Missing expected argument", hint: "--output"),
    Case(words: "scan web --min-coverage many", status: 64, beginning: "The value 'many' is invalid"),
    Case(
      words: "scan web --progress alwys", status: 64, beginning: "The value 'alwys' is invalid",
      hint: "'always'"),
    Case(
      words: "scan web -o absent/x", status: 64, beginning: "absent/x cannot be written", hint: "no folder"),
    Case(
      words: "scan web --report json=a.json --report html=a.json", status: 64,
      beginning: "a.json is named twice"),
    Case(words: "scan web --suite bookworm", status: 64, beginning: "--suite: 'bookworm'", hint: "deb URI"),
    Case(words: "diff web web --disk web", status: 64, beginning: "Unknown option '--disk'"),
    Case(words: "scan web --set x=1 --baseline test", status: 64, beginning: "--set: there is no value 'x'"),
  ]

  @Test(arguments: cases) func isOneLineThatHelps(_ one: Case) throws {
    let workplace = try Workplace()
    for (name, content) in Self.files { try workplace.write(name, content) }
    var words = one.words.split(separator: " ").map(String.init)
    if words[0] == "scan", words.count > 1, !words.contains("--baseline") { words += ["--baseline", "test"] }
    let run = try BuiltBinary.run(
      words, environment: ["BRINELL_BASELINES": workplace.folder + "/baselines"],
      directory: workplace.folder)
    #expect(run.status == one.status, "\(run.error)")
    #expect(run.errorLines.count == 1, "\(run.error)")
    #expect(run.error.hasPrefix("brinell: " + one.beginning), "\(run.error)")
    #expect(one.hint.isEmpty || run.error.contains(one.hint), "\(run.error)")
    if one.status == 64 { #expect(run.output == "") }
  }

  @Test func aWaiverOfACheckThatDoesNotExistIsToldWithTheOneMeant() throws {
    let workplace = try Workplace()
    try workplace.write(
      "waivers.yaml", "waivers:\n  - {check: svc.no-telnt, reason: r, owner: o, expires: 2027-01-01}\n")
    let run = try workplace.scan("web", "--waivers", "waivers.yaml")
    #expect(run.error.contains("is unused"))
    #expect(run.error.contains("did you mean 'svc.no-telnet'?"), "\(run.error)")
  }

  @Test func theHintOfTheParserEndsTheSentence() {
    let full = "Error: x\nUsage: …\n  See 'brinell scan --help' for more information."
    #expect(
      Brinell.usageMessage("Unknown option '--x'", full) == "Unknown option '--x'; see brinell scan --help")
    #expect(
      Brinell.usageMessage("Did you mean '--y'?", full) == "Did you mean '--y'? See brinell scan --help")
    #expect(Brinell.usageMessage("Nothing", "Error: Nothing") == "Nothing")
  }
}

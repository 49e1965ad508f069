import Foundation
import Testing

/// The scripts that compare reports with the rules of ComplianceAsCode, on small inputs.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
struct ComparisonScriptTests {
  private static let scripts = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "scripts")

  private let report = """
    {"checks": [
      {"id": "ssh.root-login", "references": {"ssg": ["sshd_disable_root_login"]}},
      {"id": "audit.modes", "references": {"ssg": ["audit_chmod", "audit_fchmod"]}},
      {"id": "audit.modes@strict", "references": {"ssg": ["audit_chmod"]}},
      {"id": "mac.selinux", "references": {"ssg": ["selinux_state"]}},
      {"id": "net.rule", "references": {"ssg": ["nft_rules"]}},
      {"id": "own.check", "references": {}}],
     "targets": [{"guests": [{"root": "/",
      "verdicts": [
       {"check": "ssh.root-login", "verdict": "fail", "subject": "PermitRootLogin"},
       {"check": "audit.modes", "verdict": "pass"},
       {"check": "audit.modes@strict", "verdict": "blocked", "reason": "audit.installed fails"},
       {"check": "mac.selinux", "verdict": "not_applicable", "reason": "distribution is debian"},
       {"check": "net.rule", "verdict": "undecided", "reason": "the rules are a script's"},
       {"check": "own.check", "verdict": "fail"}],
      "findings": [{"check": "ssh.root-login", "subject": "PermitRootLogin", "actual": "yes"}]}]}]}
    """

  private struct Run {
    var status: Int32
    var lines: [String]
    var error: String
  }

  private func run(_ script: String, _ files: [String], _ arguments: [String] = []) throws -> Run {
    let folder = FileManager.default.temporaryDirectory.appending(path: "brinell-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var paths: [String] = []
    for (number, text) in files.enumerated() {
      let path = folder.appending(path: "\(number)")
      try Data(text.utf8).write(to: path)
      paths.append(path.path)
    }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = ["-B", Self.scripts.appending(path: script).path] + paths + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let error = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Run(
      status: process.terminationStatus,
      lines: String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init),
      error: String(decoding: error, as: UTF8.self))
  }

  @Test func theModulesOwnExamples() throws {
    #expect(try run("ssg_verdicts.py", []).status == 0)
  }

  private func results(_ rules: [(String, String)]) -> String {
    let texts = rules.map {
      "<rule-result idref=\"xccdf_org.ssgproject.content_rule_\($0.0)\"><result>\($0.1)</result></rule-result>"
    }
    return
      "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\"><TestResult>\(texts.joined())</TestResult></Benchmark>"
  }

  @Test func comparesWithOpenSCAP() throws {
    let results = results([
      ("sshd_disable_root_login", "pass"), ("audit_chmod", "fail"), ("audit_fchmod", "pass"),
      ("selinux_state", "notapplicable"), ("nft_rules", "fail"), ("only_theirs", "pass"),
      ("not_asked", "notselected"),
    ])
    let run = try run("compare-openscap", [results, report])
    #expect(run.status == 0 && run.error.isEmpty)
    #expect(
      run.lines == [
        "agreements: 2 (1 pass, 1 fail)", "disagreements: 1",
        "  sshd_disable_root_login: OpenSCAP pass, Brinell fail by ssh.root-login (PermitRootLogin: yes)",
        "only OpenSCAP decides: 2",
        "  nft_rules: OpenSCAP fail, Brinell undecided by net.rule (the rules are a script's)",
        "  only_theirs: OpenSCAP pass, Brinell no check", "only Brinell decides: 0", "neither decides: 1",
      ])
  }

  @Test func whatOnlyBrinellDecides() throws {
    let run = try run("compare-openscap", [results([("audit_chmod", "notapplicable")]), report])
    #expect(
      run.lines.contains(
        "  audit_chmod: OpenSCAP notapplicable, Brinell blocked by audit.modes@strict (audit.installed fails)"
      ))
    #expect(
      run.lines.contains("  audit_fchmod: OpenSCAP does not know it, Brinell pass by audit.modes"))
  }

  private let rules = """
    rule,severity,profiles,template,parameters
    sshd_disable_root_login,high,L1 L2,,
    audit_chmod,medium,A3 A4 L2,,"attr=chmod, fchmod"
    audit_fchmod,medium,L2,,
    selinux_state,medium,L2,,
    nft_rules,medium,L2,,
    nobody_asks,low,L2,,
    """

  @Test func countsWhatABaselineAnswers() throws {
    let run = try run("baseline-coverage", [report, rules], ["L2", "A4"])
    #expect(run.status == 0 && run.error.isEmpty)
    #expect(
      run.lines == [
        "L2: 3 of 6 rules answered (1 pass, 1 fail, 1 blocked), 1 undecided, 1 not applicable, 1 without a check",
        "  undecided: nft_rules by net.rule: the rules are a script's",
        "  not applicable, distribution is debian: selinux_state", "  without a check: nobody_asks",
        "A4: 1 of 1 rules answered (1 blocked), 0 undecided, 0 not applicable, 0 without a check",
      ])
    #expect(try self.run("baseline-coverage", [report, rules], ["L2", "--min-answered", "3"]).status == 0)
    #expect(try self.run("baseline-coverage", [report, rules], ["L2", "--min-answered", "4"]).status == 1)
  }

  @Test(arguments: [
    ("compare-openscap", ["", "{}"], [], "there is no guest 1"),
    ("compare-openscap", ["", "not json"], [], "Expecting value"),
    ("compare-openscap", ["<a><b></a>", "report"], [], "mismatched tag"),
    ("compare-openscap", ["<a/>", "report"], [], "no rule-result"),
    ("baseline-coverage", ["report", "rule,profiles\nx,L1\n"], ["L2"], "no rule is in the profile L2"),
    ("baseline-coverage", ["report", "nothing\nx\n"], ["L2"], "KeyError"),
    (
      "baseline-coverage", ["report", "rule,profiles\nx,L1\n"], ["L1", "--guest", "2"], "there is no guest 2"
    ),
  ])
  func badInput(_ row: (script: String, files: [String], arguments: [String], error: String)) throws {
    let run = try run(row.script, row.files.map { $0 == "report" ? report : $0 }, row.arguments)
    #expect(run.status == 2)
    #expect(run.error.contains(row.error) && run.error.split(separator: "\n").count == 1, "\(run.error)")
  }
}

import Baselines
import Testing

@testable import Diff
@testable import Reports

/// The comparison as a page: the order of consequence, both sides, and hostile text.
@Suite struct DiffHTMLTests {
  private static func side(_ target: String) -> DiffReport.Side {
    var findings = Summary.Findings()
    findings[.high] = 3
    return DiffReport.Side(
      target: target, source: "image", name: "Debian <12>", distribution: "debian", version: "12",
      architecture: "amd64", asOf: "2026-11-24",
      baselines: [.init(id: "server", title: "General server", version: "1.0.0", digest: "sha256:00")],
      findings: findings, coverage: 97.5, score: 61)
  }

  private static func report(_ sections: [DiffReport.Section], target: String = "v42.qcow2") -> DiffReport {
    DiffReport(
      tool: .init(name: "brinell", version: "0.1.0"), startedAt: "2026-11-24T18:44:21Z", gate: DiffGate(),
      pairs: [.init(old: side("v41.qcow2"), new: side(target), sections: sections)])
  }

  private static func topic(
    _ title: String, _ changes: [DiffChange], churn: [DiffReport.Churn] = [], notCompared: String? = nil
  ) -> DiffReport.Topic {
    .init(name: title, title: title, changes: changes, churn: churn, notCompared: notCompared)
  }

  private func html(_ report: DiffReport) throws -> String { try DiffHTML.render(report, TextStyle()) }
  private func count(_ part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

  @Test func sectionsStandInTheirOrderWithBothSides() throws {
    let finding = DiffChange(
      .new, "PermitRootLogin", old: nil, new: .init("yes", path: "/etc/ssh/sshd_config", line: 3),
      severity: .high, check: "ssh.root-login")
    let setting = DiffChange(
      .changed, "kernel.kptr_restrict", old: .init("2"), new: .init("0", origin: "vendor"))
    let text = try html(
      Self.report([
        .init(name: .verdicts, topics: [Self.topic("findings", [finding])]),
        .init(name: .configuration, topics: [Self.topic("sysctl", [setting])]),
        .init(
          name: .files,
          topics: [Self.topic("files", [], churn: [.init(reason: "logs", count: 7)], notCompared: "a report")]
        ),
      ]))
    let verdicts = try #require(text.firstRange(of: "id=\"pair-1-verdicts\"")).lowerBound
    let settings = try #require(text.firstRange(of: "id=\"pair-1-configuration\"")).lowerBound
    #expect(verdicts < settings)
    #expect(
      text.contains("<a href=\"#pair-1-verdicts\">Verdicts</a> <bdi>1 new (high: ssh.root-login)</bdi>"))
    #expect(text.contains("Failed the gate"))
    #expect(text.contains("1 new finding of severity high or above"))
    #expect(text.contains("<span class=\"old\"></span><span class=\"new\"><bdi>yes</bdi>"))
    #expect(text.contains("/etc/ssh/sshd_config:3"))
    #expect(text.contains("<span class=\"old\"><bdi>2</bdi></span><span class=\"new\"><bdi>0</bdi>"))
    #expect(text.contains("<b>7</b> expected: logs"))
    #expect(text.contains("Not compared: <bdi>files: a report</bdi>"))
    #expect(text.contains("Debian &lt;12&gt;"))
  }

  @Test func aLongNameIsCountedAlone() throws {
    let job = DiffChange(.added, "root: " + String(repeating: "x", count: 60), old: nil, new: .init("daily"))
    let text = try html(Self.report([.init(name: .exposure, topics: [Self.topic("jobs of cron", [job])])]))
    #expect(text.contains("<bdi>jobs of cron 1 added</bdi>"))
  }

  @Test func manyChangesAreAllThereAndFolded() throws {
    let changes = (0..<5000).map {
      DiffChange(.upgraded, "package-\($0)", old: .init("1.0-\($0)"), new: .init("2.0-\($0)"))
    }
    let text = try html(Self.report([.init(name: .packages, topics: [Self.topic("packages", changes)])]))
    #expect(count("<li class=\"k-upgraded\">", in: text) == 5000)
    #expect(text.contains("<summary>4970 more</summary>"))
    #expect(text.utf8.count < 3 << 20)
  }

  @Test func markupStaysText() throws {
    let attack = "</style><script>alert(1)</script>\"'\u{202e}"
    let change = DiffChange(
      .changed, attack, old: .init(attack, path: attack, origin: attack), new: .init(attack), note: attack)
    var report = Self.report(
      [.init(name: .files, topics: [Self.topic(attack, [change], notCompared: attack)])], target: attack)
    report.problems = [attack]
    let text = try html(report)
    #expect(count("<script", in: text) == 1)
    #expect(count("</style>", in: text) == 1)
    #expect(!text.contains("\u{202e}"))
    #expect(count("&lt;script&gt;alert(1)", in: text) >= 8)
  }

  @Test func noChangeAndNoPairAreSaid() throws {
    #expect(try html(Self.report([])).contains(">no change<"))
    var none = Self.report([])
    none.pairs = []
    none.problems = ["the new image holds no system"]
    let text = try html(none)
    #expect(text.contains("Incomplete"))
    #expect(text.contains("<li>the new image holds no system</li>"))
  }
}

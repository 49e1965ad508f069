import Baselines
import Foundation
import TestSupport
import Testing

@testable import Diff
@testable import Reports

@Suite struct DiffFormatTests {
  private static func side(_ target: String) -> DiffReport.Side {
    DiffReport.Side(
      target: target, source: "report", name: "Debian GNU/Linux 12 (bookworm)", distribution: "debian",
      version: "12", architecture: "amd64", asOf: "2026-11-24", baselines: [], findings: .init(),
      coverage: 97.5,
      score: 60)
  }

  private static func report(_ topics: [(DiffReport.SectionName, DiffReport.Topic)]) -> DiffReport {
    DiffReport(
      tool: .init(name: "brinell", version: "0.1.0"), startedAt: "2026-11-24T18:44:21Z", gate: DiffGate(),
      pairs: [
        .init(
          old: side("web-v41.qcow2"), new: side("web-v42.qcow2"),
          sections: topics.map { .init(name: $0.0, topics: [$0.1]) })
      ],
      catalogues: [
        [
          .init(
            id: "ssh.root-login", title: "Root cannot log in over SSH", severity: .high,
            references: ["cis-debian-12": ["5.1.20"]], rationale: "Because.", remediation: "Change it."),
          .init(id: "not.named", title: "Of no change", severity: .low),
        ]
      ])
  }

  private static let small = report([
    (
      .verdicts,
      .init(
        name: "findings", title: "findings",
        changes: [
          DiffChange(
            .new, "PermitRootLogin", new: .init("yes", path: "/etc/ssh/sshd_config", line: 33),
            severity: .high,
            check: "ssh.root-login", fingerprint: "0011223344556677"),
          DiffChange(
            .fixed, "/srv/a", old: .init("mode 0666"), severity: .medium, check: "perm.world-writable",
            fingerprint: "8899aabbccddeeff"),
        ], churn: [], notCompared: "2 checks were asked of one side only")
    ),
    (
      .privilege,
      .init(
        name: "setuid", title: "setuid and setgid files",
        changes: [DiffChange(.added, "/usr/bin/<b>pwn</b>", new: .init("root:root 4755"))], churn: [])
    ),
    (
      .files,
      .init(
        name: "files", title: "files", changes: [],
        churn: [.init(reason: "logs and journals", count: 12)])
    ),
  ])

  @Test func markdownLooksAsRecorded() throws {
    let text = try DiffMarkdown.render(Self.small, TextStyle())
    if let difference = try differenceFromGolden(text, "small.md") { Issue.record("\(difference)") }
  }

  @Test func theLibraryOfChecksIsThatOfTheChanges() {
    #expect(Self.small.checks.map(\.id) == ["ssh.root-login"])
  }

  @Test func sarifHoldsTheNewFindingsAlone() throws {
    let text = try DiffSARIF.render(Self.small, TextStyle())
    #expect(text.contains("\"uri\": \"etc/ssh/sshd_config\""))
    #expect(text.contains("\"startLine\": 33"))
    #expect(text.contains("PermitRootLogin: yes"))
    #expect(text.contains("0011223344556677") && !text.contains("8899aabbccddeeff"))
    #expect(text.contains("\"baselineState\": \"new\"") && text.contains("\"security-severity\": \"8.0\""))
    #expect(text.contains("2 checks were asked of one side only"))
  }

  /// A comment on GitHub is refused as a whole if it is longer.
  @Test(arguments: [0, 10, 200, 5000]) func markdownKeepsToTheLimitAndSaysWhatIsLeftOut(_ length: Int) throws
  {
    let filler = String(repeating: "<|é", count: length / 3)
    let changes = (0..<5000).map { number in
      DiffChange(
        .new, "\(number)\(filler)", new: .init(filler), severity: .high, check: "a.b-\(number)",
        fingerprint: "f")
    }
    let others = (0..<400).map { DiffChange(.changed, "p\($0)\(filler)", old: .init("1"), new: .init("2")) }
    var topics: [(DiffReport.SectionName, DiffReport.Topic)] = [
      (.verdicts, .init(name: "findings", title: "findings", changes: changes, churn: []))
    ]
    for name in DiffReport.SectionName.allCases.dropFirst() {
      topics.append((name, .init(name: "t", title: "topic of \(name.rawValue)", changes: others, churn: [])))
    }
    let text = try DiffMarkdown.render(Self.report(topics), TextStyle())
    #expect(text.utf8.count <= 65_536)
    #expect(text.contains("New: 5000 findings") && text.contains(" more findings"))
    #expect(
      text.components(separatedBy: "<details").count == text.components(separatedBy: "</details>").count)
    if length == 5000 { #expect(text.contains("Left out, since only 65536 characters are shown here")) }
  }
}

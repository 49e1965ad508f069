import Baselines

@testable import Reports

/// Reports made by hand, for what real guests seldom show at once.
enum ReportSamples {
  static func check(
    _ id: String, _ severity: Severity = .medium, title: String = "It is as it should be"
  ) -> Report.CheckDescription {
    Report.CheckDescription(
      id: id, title: title, severity: severity, references: ["cis-debian-12": ["1.2.3"]],
      rationale: "Because.", remediation: "Change it.")
  }

  static func finding(
    _ check: String, _ severity: Severity = .medium, verdict: CheckResult.Verdict = .fail,
    subject: String = "", expected: String = "1", actual: String = "0", reason: String? = nil,
    evidence: [EvidenceLine] = [], blocks: [String] = []
  ) -> GuestReport.Finding {
    GuestReport.Finding(
      fingerprint: Finding.fingerprint(check: check, subject: subject), check: check, verdict: verdict,
      severity: severity, subject: subject, expected: expected, actual: actual, reason: reason,
      evidence: evidence, blocks: blocks)
  }

  /// A guest whose verdicts, coverage and sums follow from its findings and the ids of checks that passed.
  static func guest(
    _ findings: [GuestReport.Finding], passed: [String] = [], notApplicable: [String: Int] = [:]
  ) -> GuestReport {
    var verdicts = passed.map { GuestReport.Verdict(check: $0, verdict: .pass) }
    var summary = Summary()
    for finding in findings {
      if finding.verdict == .fail { summary.findings[finding.severity] += 1 }
      if verdicts.contains(where: { $0.check == finding.check }) { continue }
      verdicts.append(.init(check: finding.check, verdict: finding.verdict, reason: finding.reason))
      for blocked in finding.blocks {
        verdicts.append(.init(check: blocked, verdict: .blocked, reason: "\(finding.check) fails"))
      }
    }
    for verdict in verdicts { summary.verdicts.add(verdict.verdict) }
    summary.verdicts.add(.notApplicable, notApplicable.values.reduce(0, +))
    summary.score = 50
    let open = verdicts.filter { $0.verdict == .undecided || $0.verdict == .error }
    let coverage = GuestReport.Coverage(
      asked: verdicts.count, answered: verdicts.count - open.count,
      percent: verdicts.isEmpty
        ? 0 : (1000 * Double(verdicts.count - open.count) / Double(verdicts.count)).rounded(.down) / 10,
      unanswered: open.map { .init(check: $0.check, reason: $0.reason ?? "") }, notApplicable: notApplicable)
    return GuestReport(
      root: "/dev/sda1", os: "linux", distribution: "debian", version: "12",
      name: "Debian GNU/Linux 12 (bookworm)", architecture: "amd64", hostname: "web1", packageFormat: "dpkg",
      support: .init(level: "lts", ends: "2028-06-30"), coverage: coverage, summary: summary,
      findings: findings, verdicts: verdicts,
      packages: [
        .init(
          name: "base-files", version: "12.4+deb12u5", arch: "amd64", source: "base-files",
          purl: "pkg:deb/debian/base-files@12.4%2Bdeb12u5?arch=amd64&distro=debian-12", licences: [],
          foundAt: "/var/lib/dpkg/status")
      ], timings: ["index": 1.5, "contents": 0.25])
  }

  static let storage: [TargetReport.Storage] = [
    .init(device: "/dev/sda", type: "disk", parents: [], size: 10 << 30, encrypted: false),
    .init(
      device: "/dev/sda1", type: "partition", parents: ["/dev/sda"], size: 512 << 20, filesystem: "vfat",
      mountpoint: "/boot/efi", encrypted: false),
    .init(
      device: "/dev/sda2", type: "partition", parents: ["/dev/sda"], size: 9 << 30,
      filesystem: "crypto_LUKS", encrypted: false),
    .init(
      device: "/dev/mapper/brinell0", type: "luks", parents: ["/dev/sda2"], size: 9 << 30,
      filesystem: "btrfs",
      mountpoint: "/", encrypted: true),
    .init(
      device: "/dev/mapper/brinell0", type: "luks", parents: ["/dev/sda2"], size: 9 << 30,
      filesystem: "btrfs",
      mountpoint: "/var/lib/containers", encrypted: true),
    .init(
      device: "/dev/sda3", type: "partition", parents: ["/dev/sda"], size: 200 << 20, filesystem: "ext4",
      encrypted: false, detail: "could not be mounted: bad superblock on /dev/sda3 (input/output error)"),
  ]

  static func target(_ guests: [GuestReport], name: String = "web.qcow2") -> TargetReport {
    TargetReport(
      target: name, status: .judged,
      disks: [.init(path: name, format: "qcow2", virtualSize: 10 << 30, backingChain: [])], storage: storage,
      guests: guests)
  }

  static func failed(_ name: String, _ error: String) -> TargetReport {
    TargetReport(target: name, status: .failed, error: error, disks: [], storage: [], guests: [])
  }

  static func report(
    _ targets: [TargetReport], checks: [Report.CheckDescription] = [], gate: Gate = Gate()
  ) -> Report {
    let known = Set(checks.map(\.id))
    let ids = targets.flatMap(\.guests).flatMap { $0.verdicts.map(\.check) }.filter { !known.contains($0) }
    return Report(
      tool: .init(name: "brinell", version: "0.1.0"), startedAt: "2026-11-24T18:44:21Z", asOf: "2026-11-24",
      durationSeconds: 21.5, gate: gate,
      baselines: [.init(id: "server", title: "General server", version: "1.0.0", digest: "sha256:00ff")],
      checks: checks + Array(Set(ids)).sorted().map { check($0) }, targets: targets)
  }

  static let clean = report([target([guest([], passed: ["ssh.root-login", "ssh.port"])])])

  /// 300 findings: grave and slight ones, one check with 120 subjects, one that blocks 63.
  static let many: Report = {
    var findings: [GuestReport.Finding] = []
    for number in 0..<120 {
      findings.append(
        finding(
          "perm.world-writable", .high, subject: "/srv/data/file-\(number)",
          expected: "not writable by others",
          actual: "mode 0666"))
    }
    for number in 0..<30 {
      findings.append(
        finding(
          "ssh.option-\(number)", [.critical, .high, .medium][number % 3], subject: "Option\(number)",
          expected: "Option\(number) no", actual: "Option\(number) yes",
          evidence: [
            EvidenceLine(
              path: "/etc/ssh/sshd_config", line: number + 1, text: "Option\(number) yes", origin: "explicit"),
            EvidenceLine(text: "sshd_config(5)", origin: "compiled default, shadowed"),
          ]))
    }
    for number in 0..<149 {
      findings.append(
        finding(
          "sysctl.key-\(number)", number % 2 == 0 ? .low : .medium, subject: "net.ipv4.key_\(number)",
          expected: "net.ipv4.key_\(number) = 0",
          actual: "net.ipv4.key_\(number) = 1, set in the file of a drop-in with a rather long name"))
    }
    findings.append(
      finding(
        "audit.installed", .medium, subject: "auditd", expected: "auditd is installed",
        actual: "auditd is not installed", blocks: (0..<63).map { "audit.rule-\($0)" }))
    return report(
      [target([guest(findings, passed: (0..<40).map { "pass.check-\($0)" })])],
      checks: [check("perm.world-writable", .high, title: "No file is writable by everyone")])
  }()

  static let undecided: Report = {
    var findings = [
      finding(
        "brinell.mounts-readable", .high, verdict: .undecided, subject: "/var",
        actual: "/dev/sda3 could not be mounted", reason: "/dev/sda3 could not be mounted")
    ]
    for number in 0..<20 {
      findings.append(
        finding(
          "audit.rule-\(number)", verdict: .undecided, subject: "/var", reason: "could not be mounted"))
    }
    findings.append(
      finding("ssh.port", verdict: .error, subject: "Port", reason: "the check ran into a limit"))
    return report([target([guest(findings, notApplicable: ["openssh-server is not installed": 31])])])
  }()
}

extension ReportFormat {
  /// The report in this form; nil where it holds nothing that the form is for.
  static func text(of report: Report, _ style: TextStyle = TextStyle()) throws -> String? {
    do { return try render(report, style) } catch is NothingToExport { return nil }
  }
}

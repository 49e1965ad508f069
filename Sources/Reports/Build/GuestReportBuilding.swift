import Baselines
import Evidence
import Facts

extension GuestReport {
  init(
    _ guest: ReportBuilder.JudgedGuest,
    unread: [(check: Report.CheckDescription, findings: [GuestReport.Finding])]
  ) {
    let facts = guest.facts
    let judgement = guest.judgement
    let release = try? facts.model(OSRelease.self)
    let packages = try? facts.model(InstalledPackages.self)
    root = facts.evidence.rootDevice
    os = "linux"
    distribution = release?.id ?? "linux"
    version = release?.versionID
    name = release?.prettyName ?? "Linux"
    architecture = packages?.nativeArchitecture
    hostname = (try? facts.model(Hostname.self))?.name
    packageFormat = packages.flatMap { $0.formats.isEmpty ? nil : $0.formats.joined(separator: ",") }
    support = (try? facts.model(SupportDates.self)).flatMap(Support.init)
    coverage = Coverage(judgement.coverage, unread: unread)
    findings = unread.flatMap(\.findings) + judgement.findings.map(Finding.init)
    verdicts = unread.map { Verdict($0.check, $0.findings) } + judgement.results.map(Verdict.init)
    summary = Summary(judgement, undecidedBesides: unread.count)
    self.packages = Self.list(packages, distribution: distribution, version: version)
    vulnerabilities = Vulnerabilities(guest, distribution: distribution, version: version)
    timings = guest.timings.mapValues(milliseconds)
  }

  private static func list(
    _ packages: InstalledPackages?, distribution: String, version: String?
  ) -> [Package] {
    (packages?.software ?? []).map { package in
      Package(
        name: package.name, version: package.version, arch: package.architecture, source: package.sourceName,
        purl: PackageURL.text(
          package, format: package.format, distribution: distribution, version: version),
        licences: package.licence.map { [$0] } ?? [], foundAt: package.origin.path ?? "")
    }
  }
}

extension GuestReport.Support {
  /// The support that the guest gets the longest; if there is none any more, the one that ended last.
  fileprivate init?(_ dates: SupportDates) {
    if dates.isRolling {
      self.init(level: "rolling", ends: nil)
    } else if let current = dates.current.max(by: { $0.end < $1.end }) {
      self.init(level: current.level.rawValue, ends: current.lastDay)
    } else if let last = dates.periods.filter(\.isAvailable).max(by: { $0.end < $1.end }) {
      self.init(level: "ended", ends: last.lastDay)
    } else {
      return nil
    }
  }
}

extension InstalledPackages {
  /// The architecture of the packages that no system is without, else that of most packages.
  fileprivate var nativeArchitecture: String? {
    for name in ["dpkg", "base-files", "libc6", "libc-bin"] {
      if let found = installed(name)?.architecture, found != "all", !found.isEmpty { return found }
    }
    var counts: [String: Int] = [:]
    for package in packages where package.architecture != "all" && !package.architecture.isEmpty {
      counts[package.architecture, default: 0] += 1
    }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }
}

extension GuestReport.Coverage {
  fileprivate init(
    _ coverage: Coverage, unread: [(check: Report.CheckDescription, findings: [GuestReport.Finding])]
  ) {
    asked = coverage.asked + unread.count
    answered = coverage.answered
    percent = asked == 0 ? 0 : (1000 * Double(answered) / Double(asked)).rounded(.down) / 10
    unanswered =
      unread.map { Unanswered(check: $0.check.id, reason: Self.reason($0.findings)) }
      + coverage.unanswered.map { Unanswered(check: $0.check, reason: $0.reason) }
    notApplicable = Dictionary(coverage.notApplicable.map { ($0.reason, $0.count) }, uniquingKeysWith: +)
  }

  fileprivate static func reason(_ findings: [GuestReport.Finding]) -> String {
    let first = findings.first.map { "\($0.subject): \($0.actual)" } ?? ""
    return findings.count > 1 ? "\(first), and \(findings.count - 1) more" : first
  }
}

extension GuestReport.Verdict {
  fileprivate init(_ check: Report.CheckDescription, _ findings: [GuestReport.Finding]) {
    self.init(
      check: check.id, verdict: .undecided, reason: GuestReport.Coverage.reason(findings),
      subject: findings.count == 1 ? findings[0].subject : nil, omitted: nil)
  }

  fileprivate init(_ result: CheckResult) {
    self.init(
      check: result.check.id, verdict: result.verdict, reason: result.reason,
      subject: result.outcomes.count == 1 ? result.outcomes[0].subject : nil,
      omitted: result.omitted > 0 ? result.omitted : nil)
  }
}

extension GuestReport.Finding {
  fileprivate init(_ finding: Finding) {
    self.init(
      fingerprint: finding.fingerprint, check: finding.check, verdict: finding.verdict,
      severity: finding.severity, subject: finding.subject, expected: finding.expected,
      actual: finding.actual, reason: finding.reason, evidence: finding.evidence, blocks: finding.blocks,
      waiver: finding.waiver.map(GuestReport.Waiver.init),
      expiredWaiver: finding.expiredWaiver.map(GuestReport.Waiver.init))
  }
}

extension GuestReport.Waiver {
  fileprivate init(_ waiver: Waiver) {
    self.init(
      reason: waiver.reason, owner: waiver.owner, ticket: waiver.ticket, expires: waiver.expires.description,
      status: waiver.exposure?.status, justification: waiver.exposure?.justification)
  }
}

extension Summary {
  fileprivate init(_ judgement: Judgement, undecidedBesides unread: Int) {
    for (verdict, count) in judgement.verdictCounts { verdicts.add(verdict, count) }
    verdicts.add(.undecided, unread)
    for (severity, count) in judgement.failureCounts { findings[severity] = count }
    for result in judgement.results where result.verdict == .fail {
      findings[result.check.severity] += result.omitted
    }
    score = (Score.default(judgement.results).value * 10).rounded() / 10
    scores = judgement.scores.map {
      ModelScore(model: $0.model, value: ($0.value * 10).rounded() / 10, maximum: $0.maximum)
    }
  }
}

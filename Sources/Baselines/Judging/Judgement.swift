/// The identity of a baseline that was judged.
public struct BaselineIdentity: Sendable, Hashable, Codable {
  public var id: String
  public var title: String
  public var version: String
  /// `sha256:` and the digest of the resolved baseline.
  public var digest: String

  /// Names a baseline.
  public init(id: String, title: String, version: String, digest: String) {
    self.id = id
    self.title = title
    self.version = version
    self.digest = digest
  }
}

/// All answers for one guest.
public struct Judgement: Sendable {
  public var baselines: [BaselineIdentity]
  /// One per check, in the order of the baselines.
  public var results: [CheckResult]
  /// What became of each waiver, in the order of the file.
  public var waivers: [WaiverUse]

  /// Collects answers.
  public init(baselines: [BaselineIdentity], results: [CheckResult], waivers: [WaiverUse] = []) {
    self.baselines = baselines
    self.results = results
    self.waivers = waivers
  }

  /// Everything to tell people, in the order of the checks.
  public var findings: [Finding] { results.flatMap(\.findings) }

  /// How much of what was asked was answered.
  public var coverage: Coverage { Coverage(results) }

  /// How many checks have each verdict.
  public var verdictCounts: [CheckResult.Verdict: Int] {
    results.reduce(into: [:]) { $0[$1.verdict, default: 0] += 1 }
  }

  /// How many findings of verdict fail have each severity.
  public var failureCounts: [Severity: Int] {
    findings.filter { $0.verdict == .fail }.reduce(into: [:]) { $0[$1.severity, default: 0] += 1 }
  }

  /// The scores under XCCDF's models.
  public var scores: [Score] { [.default(results), .flat(results)] }
}

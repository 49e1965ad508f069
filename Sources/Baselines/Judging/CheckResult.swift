import Evidence

/// A check's answer for one guest.
public struct CheckResult: Sendable {
  /// The words of the design's table of verdicts.
  public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    case pass, fail, waived, blocked
    case notApplicable = "not_applicable"
    case undecided, error
  }

  public var check: Check
  /// The worst of the outcomes: fail, then undecided, waived, pass.
  public var verdict: Verdict
  /// The verdict before waivers; the same as `verdict` unless that is `waived`.
  public var underlying: Verdict
  /// For not_applicable, undecided, error and blocked.
  public var reason: String?
  /// For blocked: the check that fails, at the root of a chain of them.
  public var blockedBy: String?
  /// The answers for the subjects that did not pass; if all passed, at most `passesKept` of them.
  public var outcomes: [Outcome]
  /// How many answers that did not pass are left out of `outcomes`, since they are more than `outcomesKept`.
  public var omitted: Int
  /// What the outcomes and the verdict mean for people: one for each subject that did not pass.
  public var findings: [Finding] = []

  /// Answers kept where all passed.
  public static let passesKept = 16
  /// Answers kept that did not pass.
  public static let outcomesKept = 1000

  /// Records a check's answer.
  public init(
    check: Check, verdict: Verdict, reason: String? = nil, blockedBy: String? = nil, outcomes: [Outcome] = [],
    omitted: Int = 0
  ) {
    self.check = check
    self.verdict = verdict
    self.underlying = verdict
    self.reason = reason
    self.blockedBy = blockedBy
    self.outcomes = outcomes
    self.omitted = omitted
  }
}

/// Something to tell people: one subject of a check that is unmet, undecided or could not be judged.
public struct Finding: Sendable {
  /// Stable across scans and image versions: made of the check's id and the subject.
  public var fingerprint: String
  /// The check's id.
  public var check: String
  /// fail, undecided, error or waived.
  public var verdict: CheckResult.Verdict
  /// The verdict before waivers.
  public var underlying: CheckResult.Verdict
  public var severity: Severity
  public var subject: String
  public var expected: String
  public var actual: String
  /// Why the image cannot tell; nil for fail.
  public var reason: String?
  public var evidence: [EvidenceLine]
  /// Ids of the checks that are blocked by this finding's check; only at its first finding.
  public var blocks: [String]
  /// The waiver that accepts the finding.
  public var waiver: Waiver?
  /// A waiver that would accept the finding had it not expired.
  public var expiredWaiver: Waiver?

  /// 16 hexadecimal digits out of the digest of check and subject.
  public static func fingerprint(check: String, subject: String, repetition: Int = 0) -> String {
    let identity = "\(check)\u{0}\(subject)" + (repetition > 0 ? "\u{0}\(repetition)" : "")
    return String(SHA256.hex(identity).prefix(16))
  }
}

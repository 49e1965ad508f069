import Baselines

extension GuestReport {
  /// One thing that is not as it was asked, or that could not be told.
  public struct Finding: Sendable, Hashable, Codable {
    /// Stable across scans and image versions: made of the check and the subject alone.
    public var fingerprint: String
    public var check: String
    /// fail, undecided or error; waived for one of them that is accepted.
    public var verdict: CheckResult.Verdict
    public var severity: Severity
    public var subject: String
    public var expected: String
    public var actual: String
    /// For undecided and error.
    public var reason: String?
    public var evidence: [EvidenceLine]
    /// Checks that cannot be met before this one.
    public var blocks: [String]
    public var waiver: Waiver?
    /// A waiver that would accept the finding had it not expired.
    public var expiredWaiver: Waiver?

    enum CodingKeys: String, CodingKey {
      case fingerprint, check, verdict, severity, subject, expected, actual, reason, evidence, blocks, waiver
      case expiredWaiver = "expired_waiver"
    }
  }

  /// Why a finding is accepted.
  public struct Waiver: Sendable, Hashable, Codable {
    public var reason: String
    public var owner: String
    public var ticket: String?
    /// The last day, `2027-03-31`.
    public var expires: String
    /// What it says of the vulnerabilities that it accepts.
    public var status: Exposure.Status?
    /// Why they do no harm.
    public var justification: Exposure.Justification?
  }
}

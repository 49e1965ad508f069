import Evidence
import Facts

/// How much an unmet check matters.
public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case info, low, medium, high, critical

  /// From info to critical.
  public static func < (left: Severity, right: Severity) -> Bool {
    rank(left) < rank(right)
  }

  private static func rank(_ severity: Severity) -> Int { allCases.firstIndex(of: severity) ?? 0 }
}

/// One question that a baseline asks, with everything inherited and every variable replaced.
public struct Check: Sendable {
  /// `area.thing-in-kebab-case`.
  public var id: String
  public var title: String
  public var severity: Severity
  /// Benchmark or standard to the sections of it, e.g. `cis-debian-12: ["5.1.20"]`.
  public var references: [String: [String]]
  public var rationale: String
  public var remediation: String
  /// Has to hold for the check to be applicable; nil always holds.
  public var when: (any Precondition)?
  /// The question.
  public var kind: any CheckKind
  /// The baseline that defines the check, e.g. `server`.
  public var definedIn: String

  /// Puts a check together.
  public init(
    id: String, title: String, severity: Severity, references: [String: [String]] = [:],
    rationale: String = "", remediation: String = "", when: (any Precondition)? = nil,
    kind: any CheckKind, definedIn: String
  ) {
    self.id = id
    self.title = title
    self.severity = severity
    self.references = references
    self.rationale = rationale
    self.remediation = remediation
    self.when = when
    self.kind = kind
    self.definedIn = definedIn
  }
}

/// Something that a baseline declares has to hold before a check makes sense.
public protocol Precondition: Sendable {
  /// Nil if it holds, else why not, in words: `openssh-server is not installed`.
  ///
  /// - Throws: `EvidenceGap` if the image cannot tell.
  func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String?
  /// What the precondition reads.
  var plan: CollectionPlan { get }
}

/// A check's answer for one guest.
public struct CheckResult: Sendable {
  /// The words of the design's table of verdicts.
  public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    case pass, fail, waived, blocked
    case notApplicable = "not_applicable"
    case undecided, error
  }

  public var check: Check
  /// The worst of the outcomes: fail, then undecided, blocked, pass.
  public var verdict: Verdict
  /// For not_applicable, undecided, error and blocked.
  public var reason: String?
  /// The answers for the subjects that did not pass, and for a question about the guest as a whole the one
  /// answer.
  public var outcomes: [Outcome]

  /// Records a check's answer.
  public init(check: Check, verdict: Verdict, reason: String? = nil, outcomes: [Outcome] = []) {
    self.check = check
    self.verdict = verdict
    self.reason = reason
    self.outcomes = outcomes
  }
}

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
  /// One per check, in the order of the baseline.
  public var results: [CheckResult]

  /// Collects answers.
  public init(baselines: [BaselineIdentity], results: [CheckResult]) {
    self.baselines = baselines
    self.results = results
  }
}

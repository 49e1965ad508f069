import Baselines
import Foundation

/// What a scan says, in the form in which it is saved: `brinell.report/1`, whose JSON Schema is
/// docs/schema/report.schema.json. It holds all that a renderer needs.
public struct Report: Sendable, Hashable, Codable {
  /// The version of the form; a report of another one is refused.
  public static let schemaName = "brinell.report/1"

  /// The program that made the report.
  public struct Tool: Sendable, Hashable, Codable {
    public var name: String
    public var version: String

    /// Names a program.
    public init(name: String, version: String) {
      self.name = name
      self.version = version
    }
  }

  /// A source of advisories that was asked.
  public struct AdvisorySource: Sendable, Hashable, Codable {
    public var source: String
    /// The day of the data.
    public var date: String
    public var digest: String

    /// Names a source.
    public init(source: String, date: String, digest: String) {
      self.source = source
      self.date = date
      self.digest = digest
    }

    /// `Debian/all.zip of 2026-11-20`, with a warning where it is older than a week: it does not know the newest then.
    ///
    /// - Parameter day: as of which is judged, `2026-11-24`.
    func words(asOf day: String) -> String {
      let words = "\(source) of \(date)"
      guard let date = CalendarDate(String(date.prefix(10))), let day = CalendarDate(day) else {
        return words
      }
      let days = (day.end - date.end) / 86_400
      if days <= 7 { return words }
      let unknown = source.hasPrefix("indexes ") ? "updates" : "vulnerabilities"
      return words + " (\(days) days old: newer \(unknown) are not known)"
    }
  }

  /// What every check that was asked is about; findings and verdicts name it by its id.
  public struct CheckDescription: Sendable, Hashable, Codable {
    public var id: String
    public var title: String
    public var severity: Severity
    public var references: [String: [String]]
    public var rationale: String
    public var remediation: String
    /// How to mend it as code, where a change of files suffices.
    public var fix: Fix?

    /// Describes a check.
    public init(
      id: String, title: String, severity: Severity, references: [String: [String]] = [:],
      rationale: String = "", remediation: String = "", fix: Fix? = nil
    ) {
      self.id = id
      self.title = title
      self.severity = severity
      self.references = references
      self.rationale = rationale
      self.remediation = remediation
      self.fix = fix
    }
  }

  public var schema = Report.schemaName
  public var tool: Tool
  /// RFC 3339, UTC, seconds.
  public var startedAt: String
  /// The day as of which dates are judged, `2026-11-24`.
  public var asOf: String
  public var durationSeconds: Double
  /// What makes the difference between the exit codes.
  public var gate: Gate
  /// The earlier report that the gate compares with.
  public var since: Since?
  public var baselines: [BaselineIdentity]
  public var advisories: [AdvisorySource]
  public var checks: [CheckDescription]
  /// Sums over all guests.
  public var summary: Summary
  public var targets: [TargetReport]

  /// Puts a report together and sums up its guests.
  public init(
    tool: Tool, startedAt: String, asOf: String, durationSeconds: Double, gate: Gate,
    baselines: [BaselineIdentity], advisories: [AdvisorySource] = [], checks: [CheckDescription],
    targets: [TargetReport]
  ) {
    self.tool = tool
    self.startedAt = startedAt
    self.asOf = asOf
    self.durationSeconds = durationSeconds
    self.gate = gate
    self.baselines = baselines
    self.advisories = advisories
    self.checks = checks
    self.targets = targets
    summary = Summary()
    for guest in targets.flatMap(\.guests) { summary.add(guest.summary) }
  }

  /// Descriptions by the id of the check.
  package var checksByID: [String: CheckDescription] {
    Dictionary(checks.map { ($0.id, $0) }) { first, _ in first }
  }

  enum CodingKeys: String, CodingKey {
    case schema, tool
    case startedAt = "started_at"
    case asOf = "as_of"
    case durationSeconds = "duration_seconds"
    case gate, since, baselines, advisories, checks, summary, targets
  }
}

/// Counts of verdicts and findings.
public struct Summary: Sendable, Hashable, Codable {
  /// Checks by verdict.
  public struct Verdicts: Sendable, Hashable, Codable {
    public var pass = 0
    public var fail = 0
    public var waived = 0
    public var blocked = 0
    public var notApplicable = 0
    public var undecided = 0
    public var error = 0

    enum CodingKeys: String, CodingKey {
      case pass, fail, waived, blocked
      case notApplicable = "not_applicable"
      case undecided, error
    }

    /// Those that there are, in words for people.
    var named: [(verdict: CheckResult.Verdict, name: String, count: Int)] {
      [
        (.pass, "passed", pass), (.fail, "failed", fail), (.blocked, "blocked by those", blocked),
        (.waived, "waived", waived), (.undecided, "undecided", undecided),
        (.error, "ended in an error", error), (.notApplicable, "not applicable", notApplicable),
      ].filter { $0.count > 0 }
    }

    mutating func add(_ verdict: CheckResult.Verdict, _ count: Int = 1) {
      self[keyPath: Self.path(verdict)] += count
    }

    static func path(_ verdict: CheckResult.Verdict) -> WritableKeyPath<Verdicts, Int> {
      switch verdict {
      case .pass: \.pass
      case .fail: \.fail
      case .waived: \.waived
      case .blocked: \.blocked
      case .notApplicable: \.notApplicable
      case .undecided: \.undecided
      case .error: \.error
      }
    }
  }

  /// Findings of verdict fail by severity.
  public struct Findings: Sendable, Hashable, Codable {
    public var critical = 0
    public var high = 0
    public var medium = 0
    public var low = 0
    public var info = 0

    /// The count for a severity.
    public subscript(_ severity: Severity) -> Int {
      get { self[keyPath: Self.path(severity)] }
      set { self[keyPath: Self.path(severity)] = newValue }
    }

    /// All of them.
    public var total: Int { Severity.allCases.map { self[$0] }.reduce(0, +) }

    mutating func add(_ other: Findings) {
      for severity in Severity.allCases { self[severity] += other[severity] }
    }

    static func path(_ severity: Severity) -> WritableKeyPath<Findings, Int> {
      switch severity {
      case .critical: \.critical
      case .high: \.high
      case .medium: \.medium
      case .low: \.low
      case .info: \.info
      }
    }
  }

  public var verdicts = Verdicts()
  public var findings = Findings()
  /// 0 to 100 for one guest, by the default model of XCCDF 1.2; not given for several.
  public var score: Double?
  /// The scores of one guest by each model, named by its URN; not given for several.
  public var scores: [ModelScore]?

  /// A score under one of XCCDF's models.
  public struct ModelScore: Sendable, Hashable, Codable {
    /// `urn:xccdf:scoring:default` or `urn:xccdf:scoring:flat`.
    public var model: String
    public var value: Double
    public var maximum: Double
  }

  /// Nothing counted yet.
  public init() {}

  mutating func add(_ other: Summary) {
    for verdict in CheckResult.Verdict.allCases {
      verdicts.add(verdict, other.verdicts[keyPath: Verdicts.path(verdict)])
    }
    findings.add(other.findings)
  }
}

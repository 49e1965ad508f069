import Baselines
import Reports

/// What changed between two versions of an image, in the form in which it is saved: `brinell.diff/1`, whose JSON Schema
/// is docs/schema/diff.schema.json.
public struct DiffReport: Sendable, Hashable, Codable {
  /// The version of the form.
  public static let schemaName = "brinell.diff/1"

  /// One of the two versions.
  public struct Side: Sendable, Hashable, Codable {
    /// As the user named it.
    public var target: String
    /// `image`, `tree`, `bundle` or `report`.
    public var source: String
    /// For people: `Debian GNU/Linux 12 (bookworm)`.
    public var name: String
    public var distribution: String
    public var version: String?
    public var architecture: String?
    /// The day as of which dates are judged.
    public var asOf: String
    public var baselines: [BaselineIdentity]
    public var findings: Summary.Findings
    /// Answered checks in percent of the asked ones.
    public var coverage: Double
    public var score: Double?

    enum CodingKeys: String, CodingKey {
      case target, source, name, distribution, version, architecture
      case asOf = "as_of"
      case baselines, findings, coverage, score
    }
  }

  /// A part of the comparison, in the order of consequence.
  public enum SectionName: String, Sendable, Hashable, Codable, CaseIterable {
    case verdicts, privilege, exposure, configuration, packages, executables, trust, storage, files, size
  }

  /// A section that holds a change, or that could not be compared.
  public struct Section: Sendable, Hashable, Codable {
    public var name: SectionName
    public var topics: [Topic]

    var count: Int { topics.map(\.changes.count).reduce(0, +) }
    /// Whether there is more than what is expected or was not compared.
    var hasChanges: Bool { topics.contains { !$0.changes.isEmpty } }
  }

  /// What is compared by one rule.
  public struct Topic: Sendable, Hashable, Codable {
    /// `setuid`, `accounts`.
    public var name: String
    /// For people.
    public var title: String
    public var changes: [DiffChange]
    /// Changes that every build makes, folded.
    public var churn: [Churn]
    /// Why it was not compared; nil if it was.
    public var notCompared: String?

    enum CodingKeys: String, CodingKey {
      case name, title, changes, churn
      case notCompared = "not_compared"
    }
  }

  /// Changes that are expected.
  public struct Churn: Sendable, Hashable, Codable {
    /// What they are, as in `logs`.
    public var reason: String
    public var count: Int
  }

  /// What two guests of the images have to say.
  public struct GuestPair: Sendable, Hashable, Codable {
    public var old: Side
    public var new: Side
    public var sections: [Section]
  }

  public var schema = DiffReport.schemaName
  public var tool: Report.Tool
  /// RFC 3339, UTC, seconds.
  public var startedAt: String
  public var gate: DiffGate
  /// One pair for each system that both images hold.
  public var pairs: [GuestPair]
  /// Why the images cannot be compared, or a system has no counterpart.
  public var problems: [String]
  /// What the checks are about that changes name.
  public var checks: [Report.CheckDescription]

  enum CodingKeys: String, CodingKey {
    case schema, tool
    case startedAt = "started_at"
    case gate, pairs, problems, checks
  }

  /// - Parameter catalogues: the checks of both sides; those that no change names are left out.
  public init(
    tool: Report.Tool, startedAt: String, gate: DiffGate, pairs: [GuestPair], problems: [String] = [],
    catalogues: [[Report.CheckDescription]] = []
  ) {
    var named = Set(pairs.flatMap(\.changes).compactMap(\.change.check))
    checks = catalogues.reversed().joined().filter { named.remove($0.id) != nil }
    self.tool = tool
    self.startedAt = startedAt
    self.gate = gate
    self.pairs = pairs
    self.problems = problems
  }
}

/// When a comparison does not end with 0.
public struct DiffGate: Sendable, Hashable, Codable {
  /// A new finding of verdict fail at or above this severity gives 1; nil: none does.
  public var failOn: Severity?
  /// Any change in these sections or topics gives 1, as in `privilege` or `setuid`.
  public var failOnChange: [String]

  public init(failOn: Severity? = .high, failOnChange: [String] = []) {
    self.failOn = failOn
    self.failOnChange = failOnChange
  }

  enum CodingKeys: String, CodingKey {
    case failOn = "fail_on"
    case failOnChange = "fail_on_change"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(limit: failOn, forKey: .failOn)
    try container.encode(failOnChange, forKey: .failOnChange)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    failOn = try container.decodeLimit(forKey: .failOn)
    failOnChange = try container.decode([String].self, forKey: .failOnChange)
  }
}

extension DiffReport.GuestPair {
  /// All changes with the section and topic that they belong to.
  public var changes: [(section: DiffReport.SectionName, topic: DiffReport.Topic, change: DiffChange)] {
    sections.flatMap { section in
      section.topics.flatMap { topic in topic.changes.map { (section.name, topic, $0) } }
    }
  }
}

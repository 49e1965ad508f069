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
  /// `area.thing-in-kebab-case`, unique in a judgement. Of two baselines that ask the same question with
  /// different parameters, the later one's check is called `ID@BASELINE`.
  public var id: String
  public var title: String
  public var severity: Severity
  /// Benchmark or standard to the sections of it, e.g. `cis-debian-12: ["5.1.20"]`.
  public var references: [String: [String]]
  public var rationale: String
  public var remediation: String
  /// Guests that the check is for: one of these has to be the guest; empty means every guest.
  public var appliesTo: [Applicability]
  /// Has to hold for the check to be applicable; nil always holds.
  public var when: (any Precondition)?
  /// Ids of checks without whose success this one cannot pass: it is `blocked` if one of them fails.
  public var requires: [String]
  /// The question.
  public var kind: any CheckKind
  /// The question as the baseline writes it, with every variable replaced; for listings.
  public var question: Question
  /// The variables that the question or the precondition uses.
  public var values: [ResolvedValue]
  /// The baseline or the library that defines the check, e.g. `server`.
  public var definedIn: String
  /// File and line of the definition; nil for a check that was made in code.
  public var place: SourcePlace?

  /// Puts a check together.
  public init(
    id: String, title: String, severity: Severity, references: [String: [String]] = [:],
    rationale: String = "", remediation: String = "", appliesTo: [Applicability] = [],
    when: (any Precondition)? = nil, requires: [String] = [], kind: any CheckKind, question: Question? = nil,
    values: [ResolvedValue] = [], definedIn: String, place: SourcePlace? = nil
  ) {
    self.id = id
    self.title = title
    self.severity = severity
    self.references = references
    self.rationale = rationale
    self.remediation = remediation
    self.appliesTo = appliesTo
    self.when = when
    self.requires = requires
    self.kind = kind
    self.question = question ?? .kind(type(of: kind).name, Parameters([:]))
    self.values = values
    self.definedIn = definedIn
    self.place = place
  }

  /// The part of the id before the first dot: `ssh` of `ssh.root-login`.
  public var area: String { String(id.prefix { $0 != "." }) }

  /// The id without `@BASELINE`.
  public var plainID: String { String(id.prefix { $0 != "@" }) }

  /// What the question and its precondition read.
  public var plan: CollectionPlan {
    var plan = kind.plan
    if let when { plan.formUnion(when.plan) }
    if !appliesTo.isEmpty { plan.add(OSRelease.self) }
    return plan
  }
}

/// A question as a baseline writes it, with every variable replaced.
public indirect enum Question: Sendable, Hashable {
  /// A kind of check and its parameters.
  case kind(String, Parameters)
  /// Several questions joined into one.
  case combination(Combination, [Question])

  /// Whether a kind of check is part of the question.
  public func asks(_ kind: String) -> Bool {
    switch self {
    case .kind(let name, _): name == kind
    case .combination(_, let parts): parts.contains { $0.asks(kind) }
    }
  }

  /// How the answers of several questions become one.
  public enum Combination: Sendable, Hashable {
    case all, any, none
    /// So many of them have to pass.
    case count(atLeast: Int?, atMost: Int?)

    /// The key that names it in a baseline.
    public var name: String {
      switch self {
      case .all: "all"
      case .any: "any"
      case .none: "none"
      case .count: "count"
      }
    }
  }
}

/// A variable of a baseline with its value and where the value comes from.
public struct ResolvedValue: Sendable, Hashable {
  public var name: String
  /// In the declaration's words; empty if it has none.
  public var title: String
  /// As it would be written: one element, or those of a list.
  public var value: [String]
  public var isList: Bool
  /// In words: `default`, `cis-debian-12-l1`, `--set`.
  public var setBy: String
  /// File and line of the setting; nil on the command line.
  public var place: SourcePlace?

  /// Describes a variable.
  public init(
    name: String, title: String = "", value: [String], isList: Bool = false, setBy: String,
    place: SourcePlace? = nil
  ) {
    self.name = name
    self.title = title
    self.value = value
    self.isList = isList
    self.setBy = setBy
    self.place = place
  }
}

/// A place in a file of the baseline language.
public struct SourcePlace: Sendable, Hashable, CustomStringConvertible {
  public var file: String
  /// Counted from 1.
  public var line: Int
  /// Counted from 1.
  public var column: Int

  /// Names a place.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line`.
  public var description: String { "\(file):\(line)" }
}

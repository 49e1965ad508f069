import Evidence
import Facts

/// Judges whether log files are rotated regularly.
public struct LogrotateKind: CheckKind {
  public static let name = "logrotate"
  public static let summary =
    "Reads what starts logrotate and how often logrotate.conf rotates where nothing else is said."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "interval_max", .choice(Logrotate.intervals),
      "files are rotated at least this often unless their own section says otherwise")
  ]

  private let intervalMax: String?

  public init(_ parameters: Parameters) throws(ParameterError) {
    intervalMax = parameters.text("interval_max")
  }

  public var plan: CollectionPlan { CollectionPlan([Logrotate.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let logrotate = try facts.model(Logrotate.self)
    var outcomes = [started(logrotate)]
    if let intervalMax { outcomes.append(interval(logrotate, intervalMax)) }
    return outcomes
  }

  private func started(_ logrotate: Logrotate) -> Outcome {
    let expected = "logrotate runs on a schedule"
    guard logrotate.isInstalled else {
      return Outcome(.fail, subject: "logrotate", expected: expected, actual: "not installed")
    }
    guard let schedule = logrotate.schedule else {
      return Outcome(
        .fail, subject: "logrotate", expected: expected, actual: "neither a timer nor cron starts it")
    }
    return Outcome(
      .pass, subject: "logrotate", expected: expected, actual: schedule.path ?? "started",
      evidence: [EvidenceLine(schedule)])
  }

  private func interval(_ logrotate: Logrotate, _ maximum: String) -> Outcome {
    guard let interval = logrotate.interval else {
      return Outcome(
        .fail, subject: "/etc/logrotate.conf", expected: "\(maximum) or more often",
        actual: "no logrotate.conf")
    }
    let order = Logrotate.intervals
    let isOften = (order.firstIndex(of: interval.value) ?? .max) <= (order.firstIndex(of: maximum) ?? 0)
    return Outcome(
      isOften ? .pass : .fail, subject: "/etc/logrotate.conf", expected: "\(maximum) or more often",
      actual: interval.value + (interval.origin.kind == .compiledDefault ? " (compiled default)" : ""),
      evidence: interval.evidenceLines)
  }

  public var fix: Fix? {
    guard let intervalMax else { return nil }
    let file = "/etc/logrotate.conf"
    let others = Logrotate.intervals.joined(separator: "\\|")
    return Fix(
      shell: "sed -i 's/^[ \\t]*\\(\(others)\\)[ \\t]*$/\(intervalMax)/' \(file)",
      ansible: [
        "ansible.builtin.lineinfile:", "  path: \(file)",
        "  regexp: \(yamlQuoted("^\\s*(\(Logrotate.intervals.joined(separator: "|")))\\s*$"))",
        "  line: \(intervalMax)",
      ].joined(separator: "\n"))
  }
}

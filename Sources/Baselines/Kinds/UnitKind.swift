import Evidence
import Facts

/// Whether the next boot starts a unit, by itself or on demand, and what the unit's settings are.
public struct UnitKind: CheckKind {
  public static let name = "unit"
  public static let summary =
    "Resolves units as systemd does: started at boot or on demand, masked, absent; settings with their drop-ins."
  public static let parameters: [ParameterSpecification] =
    [
      .init("name", .textList, required: true, "names of the unit; a service's type may be left out"),
      .init("state", .choice(State.allCases.map(\.rawValue)), "what has to hold of it; see `via`"),
      .init(
        "via", .textList,
        "ways of being started that count for enabled and disabled: boot, socket, timer, path, bus; all but bus if left out"
      ),
      .init(
        "setting", .text, "a setting as `Section/Key`, e.g. `Service/ProtectSystem`, that is then compared"),
      .init("default", .text, "the setting's value where nobody sets it; known for the sandbox settings"),
    ] + Comparison.parameters

  /// What can be required of a unit.
  public enum State: String, Sendable, CaseIterable {
    /// The next boot starts it, or something that the boot starts does so on demand.
    case enabled
    /// Nothing starts it; masked and absent are that too.
    case disabled
    case masked
    case absent
    /// It exists and has no [Install] section.
    case `static`
  }

  let names: [String]
  let state: State?
  let via: Set<String>
  let setting: UnitSetting?

  public init(_ parameters: Parameters) throws(ParameterError) {
    names = parameters.list("name")
    for name in names where UnitName(name) == nil { throw ParameterError("name", "'\(name)' names no unit") }
    if names.isEmpty { throw ParameterError("name", "'name' is empty") }
    state = parameters.text("state").flatMap(State.init)
    let ways = ["boot", "socket", "timer", "path", "bus"]
    let given = parameters.list("via")
    if let wrong = given.first(where: { !ways.contains($0) }) {
      throw ParameterError("via", "'\(wrong)' is none of \(ways.joined(separator: ", "))")
    }
    if !given.isEmpty && state != .enabled && state != .disabled {
      throw ParameterError("via", "'via' goes with state enabled or disabled")
    }
    via = Set(given.isEmpty ? ways.dropLast() : given)
    setting = try UnitSetting(parameters)
    if state == nil && setting == nil { throw ParameterError(nil, "'state' or 'setting' is missing") }
  }

  public var plan: CollectionPlan { CollectionPlan([SystemdUnits.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let units = try SystemdUnits.started(facts)
    var outcomes: [Outcome] = []
    if let state {
      var answers: [UnitAnswer] = []
      for name in names { answers.append(try UnitAnswer(name, units, via)) }
      outcomes += judge(answers, state)
    }
    if let setting { outcomes.append(try setting.judge(names, units)) }
    return outcomes
  }

  /// Enabled: one of the names is. Everything else: all of them are, each that is not is a finding of its own.
  private func judge(_ answers: [UnitAnswer], _ state: State) -> [Outcome] {
    if state == .enabled {
      let best = answers.first { $0.isStarted } ?? answers.first { $0.state != .absent } ?? answers[0]
      return [
        best.outcome(
          best.isStarted, subject: answers[0].unit,
          expected: via == ["boot"] ? "started at boot" : "started at boot or on demand")
      ]
    }
    let holds: (UnitAnswer) -> Bool =
      switch state {
      case .enabled, .disabled: { !$0.isStarted }
      case .masked: { $0.isMasked }
      case .absent: { $0.state == .absent }
      case .static: { $0.isStatic }
      }
    let expected = state == .disabled ? "not started, neither at boot nor on demand" : state.rawValue
    let failing = answers.filter { !holds($0) }
    // Of several names for one unit, the one that exists is masked; the others need not be.
    if state == .masked || state == .static, let good = answers.first(where: holds),
      failing.allSatisfy({ $0.state == .absent })
    {
      return [good.outcome(true, subject: answers[0].unit, expected: expected)]
    }
    if failing.isEmpty { return [answers[0].outcome(true, subject: answers[0].unit, expected: expected)] }
    var seen: Set<String> = []
    return failing.filter { seen.insert($0.realName).inserted }.map {
      $0.outcome(false, subject: $0.unit, expected: expected)
    }
  }

  public var fix: Fix? {
    let unit = names[0].contains(".") ? names[0] : names[0] + ".service"
    let word = Fix.shellWord(unit)
    func ansible(_ rest: String) -> String {
      "ansible.builtin.systemd_service:\n  name: \(Fix.yamlText(unit))\n  \(rest)"
    }
    switch state {
    case .enabled:
      return Fix(
        shell: "systemctl unmask \(word)\nsystemctl enable \(word)",
        ansible: ansible("enabled: true\n  masked: false"))
    case .disabled:
      return Fix(
        shell: "if systemctl cat \(word) >/dev/null 2>&1; then systemctl disable \(word); fi",
        ansible: ansible("enabled: false"))
    case .masked: return Fix(shell: "systemctl mask \(word)", ansible: ansible("masked: true"))
    case .absent, .static: return nil
    case nil: return setting?.fix(unit)
    }
  }
}

/// What is known of one name.
struct UnitAnswer {
  let unit: String
  /// The unit's own name, where the name is an alias.
  let realName: String
  let state: UnitState
  let isStarted: Bool
  let words: String
  let evidence: [EvidenceLine]

  init(_ name: String, _ units: SystemdUnits, _ via: Set<String>) throws(EvidenceGap) {
    unit = UnitName(name)?.description ?? name
    state = try units.state(of: name)
    realName = if case .loaded(let loaded) = state { loaded.name.description } else { unit }
    var ways: [String] = []
    var evidence: [EvidenceLine] = []
    if via.contains("boot"), let reason = units.startReason(of: name) {
      ways.append(
        "started at boot" + (reason.by.map { " by \($0)" } ?? "")
          + (reason.isFirstBootOnly ? ", enabled by the presets of the first boot" : ""))
      evidence.append(EvidenceLine(reason.origin))
    }
    for activator in units.activators(of: name) where via.contains(activator.kind.rawValue) {
      if case .masked = state { continue }
      ways.append("started on demand by \(activator.name)")
      evidence.append(EvidenceLine(activator.origin))
    }
    isStarted = !ways.isEmpty
    if ways.isEmpty { ways = [Self.idle(state, units.unmetCondition(of: name), &evidence)] }
    words = ways.prefix(3).joined(separator: "; ")
    self.evidence = evidence
  }

  private static func idle(_ state: UnitState, _ unmet: Origin?, _ evidence: inout [EvidenceLine]) -> String {
    switch state {
    case .absent: return "no such unit"
    case .masked(let origin):
      evidence.append(EvidenceLine(origin))
      return "masked"
    case .loaded(let unit):
      if let unmet {
        evidence.append(EvidenceLine(unmet))
        return "skipped: \(unmet.text ?? "a condition") does not hold"
      }
      evidence.append(EvidenceLine(path: unit.path, text: unit.name.description, origin: "unit file"))
      return unit.isInstallable || unit.isGenerated ? "disabled" : "static, nothing starts it"
    }
  }

  var isMasked: Bool { if case .masked = state { true } else { false } }

  var isStatic: Bool {
    if case .loaded(let unit) = state { !unit.isInstallable && !unit.isGenerated } else { false }
  }

  func outcome(_ holds: Bool, subject: String, expected: String) -> Outcome {
    Outcome(holds ? .pass : .fail, subject: subject, expected: expected, actual: words, evidence: evidence)
  }
}

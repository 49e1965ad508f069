import Evidence
import Facts

/// Judges what libpam would run for a service: whether a module is reached, whether it can be passed by, and
/// what its options are.
public struct PamKind: CheckKind {
  public static let name = "pam"
  public static let summary = """
    Expands the PAM stacks of services (include, substack, jumps) and judges whether a module is reached or \
    can be avoided, its arguments, and an option after argument, configuration file and compiled default.
    """
  public static let parameters: [ParameterSpecification] =
    [
      .init(
        "service", .textList, required: true,
        "services; those that no file configures are left out, `*` is every file in pam.d"),
      .init("phase", .choice(PamPhase.allCases.map(\.rawValue)), "one phase; all four if left out"),
      .init("module", .textList, required: true, "the module, or any of several: `pam_unix.so`"),
      .init("control", .textList, "only rules with one of these controls, as written"),
      .init(
        "arguments", .textList, "only rules with all of these arguments; `name` also stands for `name=…`"),
      .init("no_arguments", .textList, "no rule of the module has one of these arguments"),
      .init(
        "reached", .choice(["sometimes", "never", "enforced"]),
        "`sometimes` (default): some login runs it; `enforced`: no login succeeds unless it does"),
      .init("reached_before", .text, "every way to this module runs the wanted one first"),
      .init("reached_after_failure_of", .text, "it runs after this module has refused"),
      .init("except", .textList, "modules whose success is left out of `enforced`: `pam_rootok.so`"),
      .init(
        "option", .text,
        "an option of the module to compare; `hash` and `rounds` of pam_unix come from login.defs too"),
    ] + Comparison.parameters

  private enum Reach: String { case sometimes, never, enforced }

  private let services: [String]
  private let phases: [PamPhase]
  private let modules: [String]
  private let controls: [String]
  private let arguments: [String]
  private let noArguments: [String]
  private let reach: Reach?
  private let before: String?
  private let after: String?
  private let except: Set<String>
  private let option: String?
  private let comparison: Comparison?

  public init(_ parameters: Parameters) throws(ParameterError) {
    services = parameters.list("service")
    phases = parameters.text("phase").flatMap(PamPhase.init).map { [$0] } ?? PamPhase.allCases
    modules = parameters.list("module")
    controls = parameters.list("control").map { $0.lowercased() }
    arguments = parameters.list("arguments")
    noArguments = parameters.list("no_arguments")
    reach = parameters.text("reached").flatMap(Reach.init)
    before = parameters.text("reached_before")
    after = parameters.text("reached_after_failure_of")
    except = Set(parameters.list("except"))
    option = parameters.text("option")
    comparison = try Comparison(optional: parameters, ignoresCase: true)
    if services.isEmpty { throw ParameterError("service", "'service' names no service") }
    if modules.isEmpty { throw ParameterError("module", "'module' names no module") }
    if (option == nil) != (comparison == nil) {
      throw ParameterError("option", "'option' and a comparison (equals, at_least …) need each other")
    }
    if reach == .never, option != nil || before != nil || after != nil || !noArguments.isEmpty {
      throw ParameterError("reached", "'never' leaves nothing else to ask")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([PamConfiguration.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let configuration = try facts.model(PamConfiguration.self)
    var answers: [Answer] = []
    for phase in phases {
      for service in names(configuration) {
        do throws(EvidenceGap) {
          let stack = try configuration.stack(of: service, phase)
          answers += try judge(stack, configuration)
        } catch {
          answers.append(
            Answer(
              outcome: Outcome(
                .undecided(reason: error.description), subject: "\(service) \(phase.rawValue)",
                expected: expected, actual: error.description)))
        }
      }
    }
    return summary(answers)
  }

  /// What a stack or a rule of it answers.
  private struct Answer {
    var outcome: Outcome
    /// For an answer about a stack as a whole, whose subject several services share.
    var service: String?
  }

  /// The failures, each subject once, with all services that fail in the same way; the first pass if there
  /// are none.
  private func summary(_ answers: [Answer]) -> [Outcome] {
    var outcomes: [Outcome] = []
    var position: [String: Int] = [:]
    for answer in answers where answer.outcome.verdict != .pass {
      let subject = answer.outcome.subject
      guard position[subject] == nil else { continue }
      position[subject] = outcomes.count
      outcomes.append(answer.outcome)
      if answer.service != nil {
        outcomes[outcomes.count - 1].actual = Self.words(answers.filter { $0.outcome.subject == subject })
      }
    }
    if !outcomes.isEmpty { return outcomes }
    if let pass = answers.first { return [pass.outcome] }
    if isAboutAbsence { return [] }
    return [
      Outcome(
        .fail, subject: modules.joined(separator: "|"), expected: expected, actual: "no service runs it")
    ]
  }

  /// `not run (login, sshd); run without use_uid (su)`.
  private static func words(_ answers: [Answer]) -> String {
    var reasons: [String] = []
    var services: [String: [String]] = [:]
    for answer in answers where answer.outcome.verdict != .pass {
      let reason = answer.outcome.actual
      if services[reason] == nil { reasons.append(reason) }
      services[reason, default: []].append(answer.service ?? "")
    }
    return reasons.map { reason in
      let names = services[reason] ?? []
      let more = names.count > 6 ? " and \(names.count - 6) more" : ""
      return "\(reason) (\(names.prefix(6).joined(separator: ", "))\(more))"
    }.joined(separator: "; ")
  }

  private var isAboutAbsence: Bool { reach == .never || (!noArguments.isEmpty && reach == nil) }

  private func names(_ configuration: PamConfiguration) -> [String] {
    if services == ["*"] { return configuration.serviceNames }
    let configured = services.filter(configuration.configures)
    return configured.isEmpty ? Array(services.prefix(1)) : configured
  }

  private func judge(
    _ stack: PamStack, _ configuration: PamConfiguration
  ) throws(EvidenceGap) -> [Answer] {
    let selected = stack.reachable.filter { matches(stack.rules[$0]) }
    let rules = selected.map { stack.rules[$0] }
    if reach == .never {
      return rules.isEmpty
        ? [answer(.pass, stack, "not reached")]
        : rules.map { Answer(outcome: ruleOutcome(.fail, $0, "runs for \(stack.service)")) }
    }
    guard !selected.isEmpty else {
      // Nobody uses the module there: nothing to object to, or nothing where something has to be.
      if isAboutAbsence || services == ["*"] || (phases.count > 1) { return [] }
      return [answer(.fail, stack, notReached(stack))]
    }
    for rule in rules {
      if let argument = noArguments.first(where: rule.has) {
        return [Answer(outcome: ruleOutcome(.fail, rule, "\(rule.module) with \(argument)"))]
      }
    }
    if let objection = objection(stack, Set(selected)) { return [answer(.fail, stack, objection, rules)] }
    if let option, let comparison {
      var answers: [Answer] = []
      for rule in rules {
        let value = try configuration.option(option, of: rule)
        answers.append(Answer(outcome: optionOutcome(rule, option, comparison, value)))
      }
      return answers
    }
    return [answer(.pass, stack, "runs for \(stack.service)", rules)]
  }

  private func matches(_ rule: PamRule) -> Bool {
    modules.contains(rule.module)
      && (controls.isEmpty || controls.contains(rule.control.text.lowercased()))
      && arguments.allSatisfy(rule.has)
  }

  private func objection(_ stack: PamStack, _ positions: Set<Int>) -> String? {
    if reach == .enforced, !stack.needs(positions, except: except) {
      return "success is possible although it fails or is left out"
    }
    if let before, !stack.runs(positions, before: before) {
      return "\(before) can be reached without it"
    }
    if let after, !stack.runs(positions, afterFailureOf: after) {
      return "not run after \(after) has refused"
    }
    return nil
  }

  private func notReached(_ stack: PamStack) -> String {
    if stack.rules.contains(where: matches) { return "listed where nothing reaches it" }
    if !arguments.isEmpty, stack.reachable.contains(where: { modules.contains(stack.rules[$0].module) }) {
      return "run without \(arguments.joined(separator: ", "))"
    }
    return stack.isOther ? "not run; the stack is that of the service 'other'" : "not run"
  }
}

extension PamKind {
  private func answer(
    _ verdict: Outcome.Verdict, _ stack: PamStack, _ actual: String, _ rules: [PamRule] = []
  ) -> Answer {
    let own = stack.rules.filter { modules.contains($0.module) }
    let listed = rules.isEmpty ? own.prefix(3) : rules.prefix(3)
    return Answer(
      outcome: Outcome(
        verdict, subject: subject(stack.phase), expected: expected,
        actual: actual, evidence: listed.map { EvidenceLine($0.origin) }),
      service: stack.service)
  }

  /// Arguments are part of it, since one check may ask for several rules of a module.
  private func subject(_ phase: PamPhase) -> String {
    ([phase.rawValue, modules.joined(separator: "|")] + arguments).joined(separator: " ")
  }

  private func ruleOutcome(_ verdict: Outcome.Verdict, _ rule: PamRule, _ actual: String) -> Outcome {
    Outcome(
      verdict, subject: "\(rule.origin.path ?? "") \(rule.phase.rawValue) \(rule.module)",
      expected: expected, actual: actual, evidence: [EvidenceLine(rule.origin)])
  }

  private func optionOutcome(
    _ rule: PamRule, _ option: String, _ comparison: Comparison, _ value: Effective<String>?
  ) -> Outcome {
    let text = value?.value ?? ""
    var outcome = ruleOutcome(
      comparison.holds(for: text) ? .pass : .fail, rule,
      "\(option) " + (value == nil ? "not set" : text)
        + (value?.origin.kind == .compiledDefault ? " (compiled default)" : ""))
    outcome.subject += " \(option)"
    outcome.evidence = (value?.evidenceLines ?? []) + outcome.evidence
    return outcome
  }

  private var expected: String {
    let module = modules.joined(separator: " or ")
    var parts: [String] = []
    if let option, let comparison { parts.append("\(option) \(comparison.words)") }
    if !noArguments.isEmpty { parts.append("without \(noArguments.joined(separator: ", "))") }
    if !arguments.isEmpty { parts.append("with \(arguments.joined(separator: ", "))") }
    switch reach {
    case .never: parts.append("never reached")
    case .enforced: parts.append("required for success")
    case .sometimes, nil: break
    }
    if let before { parts.append("always before \(before)") }
    if let after { parts.append("after \(after) has refused") }
    return parts.isEmpty ? "\(module) reached" : "\(module) \(parts.joined(separator: ", "))"
  }
}

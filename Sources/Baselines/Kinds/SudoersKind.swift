import Evidence
import Facts

/// Judges what sudo's policy says: a Defaults setting, or what kinds of grants there are.
public struct SudoersKind: CheckKind {
  public static let name = "sudoers"
  public static let summary = """
    Reads sudoers and everything that it includes as sudo does, replaces aliases, and judges a Defaults \
    setting or looks for grants of one kind.
    """
  public static let parameters: [ParameterSpecification] =
    [
      .init("defaults", .text, "a setting of Defaults lines, e.g. use_pty; compared, or asked with `set`"),
      .init("set", .boolean, "whether the setting is on, or has a value"),
      .init(
        "context", .choice(["global", "every"]),
        "`global`: lines for everybody; `every` (default): also those for some users, hosts or commands"),
      .init(
        "grants", .choice(Question.allCases.map(\.rawValue)),
        """
        passes if no specification is of this kind: `nopasswd`, `negated_command`, `root_target`, \
        `without_arguments`, `all_commands`
        """),
      .init("except", .textList, "users and %groups to leave out, as written; root is always left out"),
    ] + Comparison.parameters

  /// Kinds of grants that a check can forbid.
  private enum Question: String, CaseIterable {
    case noPassword = "nopasswd"
    case negatedCommand = "negated_command"
    case rootTarget = "root_target"
    case withoutArguments = "without_arguments"
    case allCommands = "all_commands"
  }

  private enum Requirement {
    case isSet(Bool)
    case comparison(Comparison)
  }

  private let setting: String?
  private let requirement: Requirement?
  private let isEverywhere: Bool
  private let question: Question?
  private let except: Set<String>

  public init(_ parameters: Parameters) throws(ParameterError) {
    setting = parameters.text("defaults")
    question = parameters.text("grants").flatMap(Question.init)
    except = Set(parameters.list("except") + ["root", "#0"])
    isEverywhere = parameters.text("context") != "global"
    let comparison = try Comparison(optional: parameters)
    switch (parameters.boolean("set"), comparison) {
    case (let isSet?, nil): requirement = .isSet(isSet)
    case (nil, let comparison?): requirement = .comparison(comparison)
    case (nil, nil): requirement = nil
    case (_?, _?): throw ParameterError("set", "'set' and a comparison exclude each other")
    }
    if (setting == nil) == (question == nil) {
      throw ParameterError(nil, "exactly one of 'defaults' and 'grants' is needed")
    }
    if (setting == nil) != (requirement == nil) {
      throw ParameterError("defaults", "'defaults' and one of set, equals, at_most … need each other")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([Sudoers.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let sudoers = try facts.model(Sudoers.self)
    if let setting, let requirement { return judge(setting, requirement, sudoers) }
    if let question { return judge(question, sudoers) }
    return []
  }

  private func judge(_ setting: String, _ requirement: Requirement, _ sudoers: Sudoers) -> [Outcome] {
    var answers = sudoers.answers(setting)
    if !isEverywhere { answers = Array(answers.prefix(1)) }
    let failures = answers.filter { !Self.holds($0, requirement) }
    return (failures.isEmpty ? Array(answers.prefix(1)) : failures).map { answer in
      let value = answer.value.value.joined(separator: ",")
      let isDefault = answer.value.origin.kind == .compiledDefault
      return Outcome(
        failures.isEmpty ? .pass : .fail, subject: "Defaults\(answer.scope ?? "") \(setting)",
        expected: "\(setting) \(Self.words(requirement))",
        actual: "\(setting) \(value)\(isDefault ? " (compiled default)" : "")",
        evidence: answer.value.evidenceLines)
    }
  }

  private static func holds(_ answer: Sudoers.Answer, _ requirement: Requirement) -> Bool {
    let value = answer.value.value
    switch requirement {
    case .isSet(let isSet): return (!value.isEmpty && value != ["off"]) == isSet
    case .comparison(let comparison):
      // Times are in minutes and may have a fraction, which counts as a whole one.
      if value.count == 1, value[0].contains("."), let minutes = Double(value[0]), abs(minutes) < 1e9 {
        return comparison.holds(for: String(Int(minutes.rounded(.up))))
      }
      return comparison.holds(forList: value)
    }
  }

  private static func words(_ requirement: Requirement) -> String {
    switch requirement {
    case .isSet(let isSet): isSet ? "on" : "off"
    case .comparison(let comparison): comparison.words
    }
  }

  private func judge(_ question: Question, _ sudoers: Sudoers) -> [Outcome] {
    var seen: Set<String> = []
    var outcomes: [Outcome] = []
    for (index, grant) in sudoers.policy.grants.enumerated() where !except.contains(grant.user) {
      guard Self.matches(question, grant, index, sudoers) else { continue }
      let subject = "\(grant.user) \(grant.isNegated ? "!" : "")\(grant.command)"
      guard seen.insert(subject).inserted else { continue }
      outcomes.append(
        Outcome(
          .fail, subject: subject, expected: Self.expectations[question] ?? "", actual: Self.words(grant),
          evidence: [EvidenceLine(grant.origin)]))
    }
    return outcomes
  }

  private static func matches(
    _ question: Question, _ grant: SudoersGrant, _ index: Int, _ sudoers: Sudoers
  ) -> Bool {
    if question == .negatedCommand { return grant.isNegated }
    guard !grant.isNegated else { return false }
    switch question {
    case .noPassword: return grant.tags.contains("NOPASSWD") && !sudoers.isOverridden(index)
    case .rootTarget: return grant.targetsRoot
    case .withoutArguments: return grant.arguments == nil
    case .allCommands: return grant.command == "ALL"
    case .negatedCommand: return false
    }
  }

  private static let expectations: [Question: String] = [
    .noPassword: "every command asks for a password", .negatedCommand: "no command is excluded with '!'",
    .rootTarget: "commands run as users other than root",
    .withoutArguments: "every command says which arguments it takes",
    .allCommands: "commands are listed one by one",
  ]

  private static func words(_ grant: SudoersGrant) -> String {
    let groups = grant.runasGroups.isEmpty ? "" : ":" + grant.runasGroups.joined(separator: ",")
    let runas = grant.runasUsers.map { " (\($0.joined(separator: ","))\(groups))" } ?? ""
    let tags = grant.tags.sorted().map { " \($0):" }.joined()
    return "\(grant.user)\(runas)\(tags) \(grant.isNegated ? "!" : "")\(grant.command)"
  }

  /// A drop-in that is read late enough to win.
  public var fix: Fix? {
    guard let setting, let requirement, let text = Self.line(setting, requirement) else { return nil }
    let path = "/etc/sudoers.d/99-hardening"
    return Fix(
      shell: """
        touch \(path) && chmod 0440 \(path)
        sed -i '/^Defaults[[:space:]]\\{1,\\}!\\{0,1\\}\(setting)\\b/d' \(path)
        echo '\(text)' >> \(path)
        visudo -c
        """,
      ansible: """
        ansible.builtin.lineinfile:
          path: \(path)
          regexp: '^Defaults\\s+!?\(setting)\\b'
          line: '\(text)'
          create: true
          mode: '0440'
          validate: visudo -cf %s
        """)
  }

  private static func line(_ setting: String, _ requirement: Requirement) -> String? {
    switch requirement {
    case .isSet(let isSet): return "Defaults \(isSet ? "" : "!")\(setting)"
    case .comparison(let comparison):
      guard
        let term = comparison.terms.first(where: { [.equals, .isIn, .atMost].contains($0.operator) }),
        let value = term.operands.first
      else { return nil }
      return "Defaults \(setting)=\(value.contains(" ") || value.contains("/") ? "\"\(value)\"" : value)"
    }
  }
}

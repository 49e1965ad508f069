import Evidence
import Facts

/// Judges whether the audit rules of the next boot record what a check asks for.
///
/// Rules are compared as sets of events with the loaded set as a whole: how they are split, merged, ordered, keyed or
/// written does not matter, a rule with fewer conditions covers more, one with more covers less. An earlier rule that
/// keeps a part of the events out fails the check unless `exclusions: allow`.
public struct AuditRuleKind: CheckKind {
  public static let name = "audit_rule"
  public static let summary = """
    Loads the audit rules of the next boot as augenrules and auditctl do and decides whether they record certain \
    system calls, every use of certain files, or every run of a setuid or setgid program.
    """
  public static let parameters: [ParameterSpecification] = [
    .init("watch", .textList, "absolute paths of files or directories whose use is recorded"),
    .init("permissions", .text, "which use of them: letters of rwxa; wa unless given"),
    .init("only_existing", .boolean, "leaves out paths that the guest does not have"),
    .init("syscalls", .textList, "names of system calls that are recorded"),
    .init(
      "fields", .textList,
      "only events that meet these have to be recorded, as after auditctl -F, or -C for two fields: auid>=1000"
    ),
    .init("for_each", .textList, "every one of these fields, together with the others, has to be recorded"),
    .init("privileged", .boolean, "every setuid or setgid program on the disk is recorded when it runs"),
    .init("arches", .textList, "b64, b32; all that the guest's kernel runs unless given"),
    .init(
      "exclusions", .choice(["forbid", "allow"]),
      "whether earlier rules may keep a part of the events out; forbid unless given"),
    .init("key", .text, "the key that the fix gives its rules"),
  ]

  enum Question: Sendable {
    case watch([String], [AuditRule.Permission], onlyExisting: Bool)
    case syscalls([String])
    case privileged
  }

  let question: Question
  let fields: [AuditField]
  let alternatives: [AuditField]
  private let widths: [String]
  private let allowsExclusions: Bool
  let key: String

  public init(_ parameters: Parameters) throws(ParameterError) {
    question = try Self.question(parameters)
    fields = try Self.fields(parameters, "fields")
    alternatives = try Self.fields(parameters, "for_each")
    widths = parameters.list("arches")
    for width in widths where !["b32", "b64"].contains(width) {
      throw ParameterError("arches", "'\(width)' is neither b32 nor b64")
    }
    allowsExclusions = parameters.text("exclusions") == "allow"
    key = parameters.text("key") ?? "audit"
    guard key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }) else {
      throw ParameterError("key", "a key is made of letters, digits, - and _")
    }
  }

  private static func question(_ parameters: Parameters) throws(ParameterError) -> Question {
    let asked = ["watch", "syscalls", "privileged"].filter(parameters.has)
    guard asked.count == 1 else {
      throw ParameterError(nil, "exactly one of watch, syscalls, privileged is needed")
    }
    if parameters.has("syscalls") { return .syscalls(parameters.list("syscalls")) }
    if parameters.has("privileged") {
      guard parameters.boolean("privileged") == true else {
        throw ParameterError("privileged", "'privileged' can only be true")
      }
      return .privileged
    }
    let paths = parameters.list("watch")
    for path in paths where !path.hasPrefix("/") {
      throw ParameterError("watch", "'\(path)' is not an absolute path")
    }
    let letters = parameters.text("permissions") ?? "wa"
    let permissions = AuditRule.Permission.allCases.filter { letters.contains($0.rawValue) }
    guard !permissions.isEmpty, permissions.count == letters.count else {
      throw ParameterError("permissions", "'\(letters)' is not made of the letters r, w, x and a")
    }
    return .watch(paths, permissions, onlyExisting: parameters.boolean("only_existing") ?? false)
  }

  private static func fields(_ parameters: Parameters, _ key: String) throws(ParameterError) -> [AuditField] {
    var fields: [AuditField] = []
    for text in parameters.list(key) {
      guard let field = AuditField(requirement: text) else {
        throw ParameterError(key, "'\(text)' is no field that a rule could have")
      }
      fields.append(field)
    }
    return fields
  }

  public var plan: CollectionPlan { CollectionPlan([AuditRules.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let rules = try facts.model(AuditRules.self)
    switch question {
    case .syscalls(let names):
      let coverage = rules.coverage(of: requirement(syscalls: names))
      return [outcome(names.joined(separator: ","), coverage, rules)]
    case .watch(let paths, let permissions, let onlyExisting):
      var outcomes: [Outcome] = []
      for path in paths {
        if onlyExisting, try facts.evidence.entry(at: path, followLast: false) == nil { continue }
        let coverage = rules.coverage(of: requirement(path: path, permissions))
        outcomes.append(outcome(path, coverage, rules))
      }
      return outcomes
    case .privileged: return try judgePrivileged(facts, rules)
    }
  }

  /// One outcome for each program, or a single one if no program is recorded.
  private func judgePrivileged(_ facts: GuestFacts, _ rules: AuditRules) throws(EvidenceGap) -> [Outcome] {
    let programs = try facts.model(PrivilegedPrograms.self)
    var outcomes: [Outcome] = []
    var failures = 0
    for program in programs.groups {
      let coverages = program.paths.map { rules.coverage(of: requirement(path: $0, [.execute])) }
      // A watch is on the inode: with hard links, one of the names is enough.
      let best = coverages.first { isMet($0) } ?? coverages.first ?? AuditCoverage()
      let outcome = outcome(program.paths[0], best, rules)
      if outcome.verdict == .fail { failures += 1 }
      outcomes.append(outcome)
    }
    guard failures == outcomes.count, failures > 1 else { return outcomes }
    let names = programs.groups.prefix(4).map { $0.paths[0] }.joined(separator: ", ")
    return [
      Outcome(
        .fail, subject: "setuid and setgid programs", expected: outcomes[0].expected,
        actual: "none of \(failures) programs is recorded: \(names)\(failures > 4 ? " …" : "")",
        evidence: outcomes[0].evidence)
    ]
  }

  func requirement(
    path: String? = nil, _ permissions: [AuditRule.Permission] = [], syscalls: [String] = []
  ) -> AuditRequirement {
    AuditRequirement(
      path: path, permissions: permissions, syscalls: syscalls, fields: fields, alternatives: alternatives,
      widths: widths)
  }

  private func isMet(_ coverage: AuditCoverage) -> Bool {
    coverage.holes.allSatisfy { allowsExclusions && $0.isPartial }
  }

  private func outcome(_ subject: String, _ coverage: AuditCoverage, _ rules: AuditRules) -> Outcome {
    let conditions = (fields + alternatives).map(\.description).joined(separator: " ")
    let expected = expectation + (conditions.isEmpty ? "" : ", \(conditions)")
    var evidence = coverage.rules.prefix(8).map { EvidenceLine($0.origin) }
    var excluding: [AuditRule] = []
    for rule in coverage.holes.compactMap(\.excludedBy) where !excluding.contains(rule) {
      excluding.append(rule)
    }
    evidence += excluding.prefix(8).map { EvidenceLine($0.origin, note: "keeps events out") }
    let enabled = rules.setting(.enabled)
    if enabled.value == 0 {
      return Outcome(
        .fail, subject: subject, expected: expected, actual: "auditing is switched off",
        evidence: enabled.evidenceLines)
    }
    guard !isMet(coverage) else {
      let actual = coverage.rules.isEmpty ? "no such system call here" : "recorded"
      return Outcome(.pass, subject: subject, expected: expected, actual: actual, evidence: evidence)
    }
    if let stop = rules.stop { evidence.append(Self.line(for: stop)) }
    return Outcome(
      .fail, subject: subject, expected: expected, actual: Self.words(coverage, rules), evidence: evidence)
  }

  private var expectation: String {
    switch question {
    case .watch(_, let permissions, _): "\(permissions.map(\.words).joined(separator: " and ")) recorded"
    case .syscalls: "recorded"
    case .privileged: "running it recorded"
    }
  }

  private static func words(_ coverage: AuditCoverage, _ rules: AuditRules) -> String {
    func list(_ holes: [AuditCoverage.Hole]) -> String {
      var texts: [String] = []
      for hole in holes {
        let text = "\(hole.what) \(hole.width)" + (hole.condition.map { " \($0)" } ?? "")
        if !texts.contains(text) { texts.append(text) }
      }
      return texts.prefix(8).joined(separator: ", ") + (texts.count > 8 ? " …" : "")
    }
    let missing = coverage.holes.filter { $0.excludedBy == nil }
    let excluded = coverage.holes.filter { $0.excludedBy != nil && !$0.isPartial }
    let partial = coverage.holes.filter(\.isPartial)
    var parts: [String] = []
    if !missing.isEmpty { parts.append("not recorded: \(list(missing))") }
    if !excluded.isEmpty { parts.append("excluded: \(list(excluded))") }
    if !partial.isEmpty { parts.append("partly excluded: \(list(partial))") }
    if let stop = rules.stop { parts.append("loading ends early: \(stop.reason)") }
    return parts.joined(separator: "; ")
  }

  static func line(for stop: AuditRules.Problem) -> EvidenceLine {
    EvidenceLine(stop.origin, note: "loading of rules ends here: \(stop.reason)")
  }
}

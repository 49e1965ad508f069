import DiskImages
import Evidence
import Facts

/// What shells start with: umask, PATH or another variable, after PAM and all start files.
public struct EnvironmentKind: CheckKind {
  public static let name = "environment"
  public static let summary =
    "Follows the start files of bash and sh for root, new accounts and accounts with start files of their own, and judges the umask or a variable that their shells end up with."
  public static let parameters: [ParameterSpecification] =
    [
      .init("variable", .text, required: true, "umask, PATH, TMOUT or the name of another variable"),
      .init("users", .choice(["root", "users", "all"]), "for whom; all if not given"),
      .init("shell", .choice(["login", "interactive", "all"]), "which shells; login if not given"),
      .init("mask", .mode, "for umask: all these permissions are taken away"),
      .init("readonly", .boolean, "whether the variable cannot be changed"),
      .init("exported", .boolean, "whether programs get the variable"),
      .init("unset_allowed", .boolean, "whether a variable that nobody sets will do; no if not given"),
      .init(
        "path", .textList,
        "for PATH, of every entry: absolute, directory, root_owned, not_group_writable, not_world_writable"),
    ] + Comparison.parameters

  private enum Requirement {
    case mask(UInt32)
    case path([PathRule])
    case variable(Comparison?, readonly: Bool?, exported: Bool?, allowsUnset: Bool)
  }

  private let variable: String
  private let users: String
  private let shells: [LoginEnvironment.ShellKind]
  private let requirement: Requirement

  public init(_ parameters: Parameters) throws(ParameterError) {
    variable = try parameters.required("variable")
    users = parameters.text("users") ?? "all"
    let shell = parameters.text("shell") ?? "login"
    shells = LoginEnvironment.ShellKind.allCases.filter { shell == "all" || $0.rawValue == shell }
    let comparison = try Comparison(optional: parameters)
    if variable == "umask" {
      guard let mask = parameters.mode("mask"), comparison == nil else {
        throw ParameterError("mask", "the umask is asked for with 'mask' alone")
      }
      requirement = .mask(mask)
    } else if parameters.has("path") {
      requirement = .path(try parameters.cases("path"))
    } else {
      let (readonly, exported) = (parameters.boolean("readonly"), parameters.boolean("exported"))
      if comparison == nil, readonly == nil, exported == nil {
        throw ParameterError(nil, "one of 'path', 'readonly', 'exported' and a comparison is missing")
      }
      requirement = .variable(
        comparison, readonly: readonly, exported: exported,
        allowsUnset: parameters.boolean("unset_allowed") ?? false)
    }
  }

  public var plan: CollectionPlan { CollectionPlan([LoginEnvironment.self]) }

  private var expected: String {
    switch requirement {
    case .mask(let mask): return "umask \(octal(mask)) or stricter"
    case .path(let rules): return "entries that are \(rules.map(\.words).joined(separator: ", "))"
    case .variable(let comparison, let readonly, let exported, let allowsUnset):
      let parts = [
        comparison.map(\.words), readonly.map { $0 ? "read-only" : "not read-only" },
        exported.map { $0 ? "exported" : "not exported" },
      ]
      return "\(variable) " + parts.compactMap { $0 }.joined(separator: ", ")
        + (allowsUnset ? ", or not set" : "")
    }
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let model = try facts.model(LoginEnvironment.self)
    var objections = Objections(expected: expected)
    var summary = ""
    var places: [EvidenceLine] = []
    for person in model.people where isMeant(person) {
      for shell in shells {
        guard let outcome = model.outcome(for: person, shell) else { continue }
        let subject = "\(variable) of \(person.name)" + (shell == .login ? "" : " in interactive shells")
        objections.judged += 1
        switch requirement {
        case .mask(let mask): judge(mask, outcome, subject, &objections)
        case .path(let rules): judge(rules, outcome, subject, facts.evidence, &objections)
        case .variable(let comparison, let readonly, let exported, let allowsUnset):
          judge(outcome, subject, &objections) { value in
            if value.value == nil, allowsUnset { return true }
            guard value.isKnown else { return nil }
            return
              (comparison.map { comparison in value.value.map { comparison.holds(for: $0) } ?? false } ?? true)
              && (readonly.map { $0 == value.isReadonly } ?? true)
              && (exported.map { $0 == value.isExported } ?? true)
          }
        }
        if summary.isEmpty { (summary, places) = self.summary(outcome) }
      }
    }
    if users != "root" {
      for (account, reason) in model.unfollowed {
        objections.add("\(variable) of \(account)", .undecided(reason: reason), actual: "unknown: \(reason)")
      }
    }
    return objections.outcomes(passing: variable, summary, evidence: places)
  }

  private func isMeant(_ person: LoginEnvironment.Person) -> Bool {
    users == "all" || (users == "root") == person.isRoot
  }

  private func summary(_ outcome: LoginEnvironment.Outcome) -> (String, [EvidenceLine]) {
    if variable == "umask" {
      let masks = outcome.umasks.map { $0.mask.map(octal) ?? "unknown" }
      return (masks.joined(separator: " or "), outcome.umasks.map { EvidenceLine($0.origin) })
    }
    let values = outcome.values(of: variable)
    return (
      values.map(words).joined(separator: " or "), values.compactMap { $0.origin.map { EvidenceLine($0) } }
    )
  }

  private func words(_ value: LoginEnvironment.Outcome.Variable) -> String {
    guard let text = value.value else { return "not set" }
    return text + (value.isReadonly ? ", read-only" : "")
      + (value.isExported ? ", exported" : ", not exported")
  }

  private func judge(
    _ mask: UInt32, _ outcome: LoginEnvironment.Outcome, _ subject: String, _ objections: inout Objections
  ) {
    let answers = outcome.umasks.map { $0.mask.map { $0 & mask == mask } }
    add(
      answers, outcome, subject,
      actual: outcome.umasks.map { "umask \($0.mask.map(octal) ?? "unknown")" }.joined(separator: " or "),
      evidence: outcome.umasks.map { EvidenceLine($0.origin) }, &objections)
  }

  private func judge(
    _ outcome: LoginEnvironment.Outcome, _ subject: String, _ objections: inout Objections,
    holds: (LoginEnvironment.Outcome.Variable) -> Bool?
  ) {
    let values = outcome.values(of: variable)
    add(
      values.map(holds), outcome, subject, actual: values.map(words).joined(separator: " or "),
      evidence: values.compactMap { $0.origin.map { EvidenceLine($0) } }, &objections)
  }

  /// Fails where every value that there may be fails; undecided where only some do, or where a file that could change
  /// it was not read.
  private func add(
    _ answers: [Bool?], _ outcome: LoginEnvironment.Outcome, _ subject: String, actual: String,
    evidence: [EvidenceLine], _ objections: inout Objections
  ) {
    if let gap = outcome.gaps.first {
      objections.add(subject, .undecided(reason: "\(gap)"), actual: actual, evidence: evidence)
    } else if answers.allSatisfy({ $0 == true }) {
      return
    } else if answers.allSatisfy({ $0 == false }) {
      objections.add(subject, actual: actual, evidence: evidence)
    } else {
      let reason = "it depends on a condition or a command in the start files"
      objections.add(subject, .undecided(reason: reason), actual: actual, evidence: evidence)
    }
  }

  private func judge(
    _ rules: [PathRule], _ outcome: LoginEnvironment.Outcome, _ subject: String, _ evidence: Evidence,
    _ objections: inout Objections
  ) {
    let values = outcome.values(of: "PATH")
    if let gap = outcome.gaps.first {
      objections.add(
        subject, .undecided(reason: "\(gap)"), actual: values.map(words).joined(separator: " or "))
      return
    }
    var seen: Set<String> = []
    for value in values {
      let place = value.origin.map { [EvidenceLine($0)] } ?? []
      let entries = value.value.map { $0.split(separator: ":", omittingEmptySubsequences: false) } ?? []
      for entry in entries where seen.insert(String(entry)).inserted {
        switch PathRule.objection(to: String(entry), rules, evidence) {
        case nil: continue
        case .fails(let what)?: objections.add("\(subject): '\(entry)'", actual: what, evidence: place)
        case .unknown(let why)?:
          objections.add("\(subject): '\(entry)'", .undecided(reason: why), actual: why, evidence: place)
        }
      }
    }
  }

  public var fix: Fix? {
    switch requirement {
    case .mask(let mask): .profile(name: "50-umask.sh", lines: ["umask \(octal(mask))"])
    case .path: nil
    case .variable(let comparison, let readonly, let exported, _):
      comparison?.example.map { value in
        .profile(
          name: "50-\(variable.lowercased()).sh",
          lines: ["\(variable)=\(value)"] + (readonly == true ? ["readonly \(variable)"] : [])
            + (exported == true ? ["export \(variable)"] : []))
      }
    }
  }
}

extension Fix {
  /// A file in /etc/profile.d, which /etc/profile reads for every login shell.
  fileprivate static func profile(name: String, lines: [String]) -> Fix {
    let path = "/etc/profile.d/\(name)"
    let quoted = lines.map { "'\($0)'" }.joined(separator: " ")
    let indented = lines.map { "    \($0)" }.joined(separator: "\n")
    return Fix(
      shell: "printf '%s\\n' \(quoted) > \(path)\nchmod 0644 \(path)",
      ansible: """
        ansible.builtin.copy:
          dest: \(path)
          mode: '0644'
          content: |
        \(indented)
        """)
  }
}

import DiskImages
import Evidence
import Facts

/// What accounts look like in passwd, shadow and their home directories.
public struct AccountKind: CheckKind {
  public static let name = "account"
  public static let summary =
    "Selects accounts of passwd as the C library finds them and judges number, group, shell, password, ages and home."
  public static let parameters: [ParameterSpecification] = [
    .init("select", .mapping(AccountSelection.parameters), "which accounts; all if not given"),
    .init("only", .textList, "the selected accounts are none but these"),
    .init("unique", .choice(["uid", "name"]), "no two of the selected accounts have the same"),
    .init("gid", .integer, "number of the primary group"),
    .init("group_exists", .boolean, "the primary group is in group"),
    .init("shell", .choice(["listed", "refusing"]), "listed: in /etc/shells; refusing: lets nobody in"),
    .init("shell_in", .textList, "the shell is one of these"),
    .init("password", .textList, "the password is in one of these states: hashed, locked, empty, unusable"),
    .init("shadowed", .boolean, "the password is in shadow and not in passwd"),
    .init(
      "aging",
      .mapping(
        [
          .init(
            "field", .choice(["max", "min", "warn", "inactive"]), required: true, "which field of shadow")
        ]
          + Comparison.parameters), "days in a field of shadow; an empty field fulfils nothing"),
    .init("changed_in_past", .boolean, "the password was not changed in the future"),
    .init("home", .mapping(HomeRule.parameters), "the home directory"),
    .init("dot_files", .mapping(DotFileRule.parameters), "hidden files in the home directory"),
    .init("home_files", .mapping(HomeFileRule.parameters), "everything below the home directory"),
    .init("no_compatibility_entries", .boolean, "no entry of passwd, shadow or group begins with + or -"),
  ]

  private let selection: AccountSelection
  private let rules: [any AccountRule]
  private let unique: String?
  private let forbidsCompatibility: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    selection = try AccountSelection(parameters.mapping("select"))
    rules = try AccountRules.all(parameters)
    unique = parameters.text("unique")
    forbidsCompatibility = parameters.boolean("no_compatibility_entries") ?? false
    if rules.isEmpty, unique == nil, !forbidsCompatibility {
      throw ParameterError(
        nil, "nothing is asked of the accounts: one of only, unique, shell, password … is missing")
    }
  }

  public var plan: CollectionPlan {
    CollectionPlan([Accounts.self, LoginDefinitions.self, LoginShells.self])
  }

  private var expected: String {
    let others = [unique.map { "a \($0) of its own" }, forbidsCompatibility ? "no entry with + or -" : nil]
    return (rules.map(\.expected) + others.compactMap { $0 }).joined(separator: ", ")
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let context = try AccountContext(facts)
    let accounts = try selection.accounts(context)
    var objections = Objections(expected: expected)
    objections.judged = accounts.count
    if forbidsCompatibility {
      for entry in context.accounts.compatibilityEntries {
        objections.add(
          "\(entry.path ?? ""): \(entry.text ?? "")", actual: "includes accounts from elsewhere",
          evidence: [EvidenceLine(entry)])
      }
    }
    for account in accounts { try judge(account, context, &objections) }
    judgeUnique(accounts, context, &objections)
    return objections.outcomes(passing: "accounts", "judged: \(accounts.count)")
  }

  private func judge(
    _ account: Account, _ context: AccountContext, _ objections: inout Objections
  ) throws(EvidenceGap) {
    var faults: [String] = []
    var evidence: [EvidenceLine] = []
    for rule in rules {
      if let fileRule = rule as? any AccountFileRule {
        try fileRule.judge(account, context, &objections)
      } else if let fault = try rule.fault(account, context) {
        faults.append(fault.actual)
        evidence += fault.evidence
      }
    }
    if !faults.isEmpty {
      objections.add(account.name, actual: faults.joined(separator: ", "), evidence: evidence)
    }
  }

  private func judgeUnique(_ accounts: [Account], _ context: AccountContext, _ objections: inout Objections) {
    guard let unique else { return }
    let groups = Dictionary(grouping: accounts) { unique == "uid" ? String($0.uid) : $0.name }
    for (key, twins) in groups.filter({ $0.value.count > 1 }).sorted(by: { $0.key < $1.key }) {
      let names = unique == "uid" ? twins.map(\.name) : twins.map { "uid \($0.uid)" }
      objections.add(
        "\(unique) \(key)",
        actual: "shared by \(names.prefix(8).joined(separator: ", "))" + (names.count > 8 ? " …" : ""),
        evidence: twins.prefix(8).map { EvidenceLine(context.accounts.origin(of: $0)) })
    }
  }
}

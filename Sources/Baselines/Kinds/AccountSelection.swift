import Evidence
import Facts

/// Which accounts a check is about.
struct AccountSelection {
  static let parameters: [ParameterSpecification] = [
    .init("names", .textList, "accounts with these names"),
    .init("except", .textList, "no account with one of these names"),
    .init(
      "class", .choice(["all", "root", "system", "regular", "interactive", "login"]),
      "root: uid 0; system: below UID_MIN of login.defs, and nobody; regular: the others; interactive: regular with a login shell; login: all with a login shell"
    ),
    .init("uid_min", .integer, "least uid"),
    .init("uid_max", .integer, "greatest uid"),
    .init("shells", .textList, "accounts with one of these shells"),
    .init("valid_shell", .boolean, "whether the shell is in /etc/shells and does not refuse logins"),
    .init(
      "password", .textList,
      "accounts whose password is in one of these states: hashed, locked, empty, unusable"),
  ]

  private let names: Set<String>?
  private let excepted: Set<String>
  private let class_: String
  private let uids: ClosedRange<UInt32>
  private let shells: [String]?
  private let validShell: Bool?
  private let states: [String]?

  init(_ parameters: Parameters?) throws(ParameterError) {
    let parameters = parameters ?? Parameters([:])
    names = parameters.has("names") ? Set(parameters.list("names")) : nil
    excepted = Set(parameters.list("except"))
    class_ = parameters.text("class") ?? "all"
    let least = UInt32(clamping: parameters.integer("uid_min") ?? 0)
    let greatest = parameters.integer("uid_max").map { UInt32(clamping: $0) } ?? .max
    guard least <= greatest else { throw ParameterError("uid_min", "'uid_min' is above 'uid_max'") }
    uids = least...greatest
    shells = parameters.has("shells") ? parameters.list("shells") : nil
    validShell = parameters.boolean("valid_shell")
    states = parameters.has("password") ? try passwordStates(parameters, "password") : nil
  }

  /// The accounts among all, in the order of the file.
  func accounts(_ context: AccountContext) throws(EvidenceGap) -> [Account] {
    var selected: [Account] = []
    for account in context.accounts.accounts where try isSelected(account, context) {
      selected.append(account)
    }
    return selected
  }

  private func isSelected(_ account: Account, _ context: AccountContext) throws(EvidenceGap) -> Bool {
    guard uids.contains(account.uid), names?.contains(account.name) ?? true, !excepted.contains(account.name),
      isInClass(account, context), shells?.contains(account.loginShell) ?? true
    else { return false }
    if let validShell, try context.hasValidShell(account) != validShell { return false }
    if let states, !states.contains(try context.accounts.password(of: account).name) { return false }
    return true
  }

  private func isInClass(_ account: Account, _ context: AccountContext) -> Bool {
    switch class_ {
    case "root": account.uid == 0
    case "system": context.isSystem(account)
    case "regular": account.uid != 0 && !context.isSystem(account)
    case "interactive": account.uid != 0 && !context.isSystem(account) && account.hasLoginShell
    case "login": account.hasLoginShell
    default: true
    }
  }
}

/// Reads a list of names of password states.
func passwordStates(_ parameters: Parameters, _ key: String) throws(ParameterError) -> [String] {
  let known = ["hashed", "locked", "empty", "unusable"]
  for state in parameters.list(key) where !known.contains(state) {
    throw ParameterError(key, "'\(state)' is none of \(known.joined(separator: ", "))")
  }
  return parameters.list(key)
}

/// The models that judging accounts needs.
struct AccountContext {
  let facts: GuestFacts
  let accounts: Accounts
  private let leastRegularUID: Int

  init(_ facts: GuestFacts) throws(EvidenceGap) {
    self.facts = facts
    accounts = try facts.model(Accounts.self)
    leastRegularUID = try facts.model(LoginDefinitions.self).number("UID_MIN", default: 1000)
  }

  /// Whether the account belongs to the system and to no person: below UID_MIN, or nobody (65534; 65535 means none).
  func isSystem(_ account: Account) -> Bool {
    account.uid != 0 && (Int(account.uid) < leastRegularUID || account.uid == 65534 || account.uid == 65535)
  }

  /// Whether the shell is one that users may choose (shells(5)) and that lets them in.
  func hasValidShell(_ account: Account) throws(EvidenceGap) -> Bool {
    guard account.hasLoginShell else { return false }
    return try facts.model(LoginShells.self).contains(account.loginShell)
  }
}

import Evidence
import Facts

/// What is wrong with an account.
struct AccountFault {
  var actual: String
  var evidence: [EvidenceLine] = []
}

/// One thing that is asked of every selected account.
protocol AccountRule: Sendable {
  /// The requirement in words.
  var expected: String { get }
  /// What is wrong with the account; nil if nothing is.
  func fault(_ account: Account, _ context: AccountContext) throws(EvidenceGap) -> AccountFault?
}

enum AccountRules {
  /// The rules that a check's parameters state.
  static func all(_ parameters: Parameters) throws(ParameterError) -> [any AccountRule] {
    var rules: [any AccountRule] = []
    if parameters.has("only") { rules.append(OnlyRule(names: parameters.list("only"))) }
    if let gid = parameters.integer("gid") { rules.append(PrimaryGroupRule(gid: gid)) }
    if parameters.boolean("group_exists") == true { rules.append(GroupExistsRule()) }
    if let shell = parameters.text("shell") { rules.append(ShellRule(kind: shell, allowed: [])) }
    if parameters.has("shell_in") { rules.append(ShellRule(kind: "", allowed: parameters.list("shell_in"))) }
    if parameters.has("password") {
      rules.append(PasswordRule(states: try passwordStates(parameters, "password")))
    }
    if parameters.boolean("shadowed") == true { rules.append(ShadowedRule()) }
    if let aging = parameters.mapping("aging") { rules.append(try AgingRule(aging)) }
    if parameters.boolean("changed_in_past") == true { rules.append(ChangedInPastRule()) }
    if let home = parameters.mapping("home") { rules.append(HomeRule(home)) }
    if let files = parameters.mapping("dot_files") { rules.append(try DotFileRule(files)) }
    if let files = parameters.mapping("home_files") { rules.append(HomeFileRule(files)) }
    return rules
  }
}

private struct OnlyRule: AccountRule {
  let names: [String]
  var expected: String { "only \(names.joined(separator: ", "))" }

  func fault(_ account: Account, _ context: AccountContext) -> AccountFault? {
    if names.contains(account.name) { return nil }
    return AccountFault(
      actual: "an account with uid \(account.uid)",
      evidence: [EvidenceLine(context.accounts.origin(of: account))])
  }
}

private struct PrimaryGroupRule: AccountRule {
  let gid: Int
  var expected: String { "primary group \(gid)" }

  func fault(_ account: Account, _ context: AccountContext) -> AccountFault? {
    if Int(account.gid) == gid { return nil }
    return AccountFault(
      actual: "primary group \(account.gid)", evidence: [EvidenceLine(context.accounts.origin(of: account))])
  }
}

private struct GroupExistsRule: AccountRule {
  var expected: String { "a primary group that exists" }

  func fault(_ account: Account, _ context: AccountContext) throws(EvidenceGap) -> AccountFault? {
    if context.accounts.group(gid: account.gid) != nil { return nil }
    let foreign = context.accounts.foreignGroupSources
    if !foreign.isEmpty {
      throw EvidenceGap(
        path: "/etc/nsswitch.conf", reason: "groups may come from \(foreign.joined(separator: ", ")) too")
    }
    return AccountFault(
      actual: "group \(account.gid) does not exist",
      evidence: [EvidenceLine(context.accounts.origin(of: account))])
  }
}

private struct ShellRule: AccountRule {
  let kind: String
  let allowed: [String]

  var expected: String {
    switch kind {
    case "listed": "a shell of /etc/shells"
    case "refusing": "a shell that lets nobody in"
    default: "one of the shells \(allowed.joined(separator: ", "))"
    }
  }

  func fault(_ account: Account, _ context: AccountContext) throws(EvidenceGap) -> AccountFault? {
    let holds: Bool
    switch kind {
    case "listed": holds = try context.facts.model(LoginShells.self).contains(account.loginShell)
    case "refusing": holds = !account.hasLoginShell
    default: holds = allowed.contains(account.loginShell)
    }
    if holds { return nil }
    return AccountFault(
      actual: "shell \(account.loginShell)" + (account.shell.isEmpty ? " (empty field)" : ""),
      evidence: [EvidenceLine(context.accounts.origin(of: account))])
  }
}

private struct PasswordRule: AccountRule {
  let states: [String]
  var expected: String { "a password that is \(states.joined(separator: " or "))" }

  func fault(_ account: Account, _ context: AccountContext) throws(EvidenceGap) -> AccountFault? {
    let state = try context.accounts.password(of: account)
    if states.contains(state.name) { return nil }
    return AccountFault(
      actual: "password \(state.words)",
      evidence: [EvidenceLine(context.accounts.passwordOrigin(of: account))])
  }
}

private struct ShadowedRule: AccountRule {
  var expected: String { "x in the password field of passwd" }

  func fault(_ account: Account, _ context: AccountContext) -> AccountFault? {
    guard let inline = account.inlinePassword else { return nil }
    return AccountFault(
      actual: "password in passwd: \(inline.words)",
      evidence: [EvidenceLine(context.accounts.origin(of: account))])
  }
}

private struct AgingRule: AccountRule {
  private let field: String
  private let comparison: Comparison

  init(_ parameters: Parameters) throws(ParameterError) {
    field = try parameters.required("field")
    comparison = try Comparison(parameters)
  }

  private var words: String {
    switch field {
    case "max": "greatest age of the password"
    case "min": "least age of the password"
    case "warn": "days of warning"
    default: "days until an expired password locks the account"
    }
  }

  var expected: String { "\(words) \(comparison.words)" }

  func fault(_ account: Account, _ context: AccountContext) throws(EvidenceGap) -> AccountFault? {
    let entry = try context.accounts.shadowEntry(of: account)
    let days =
      switch field {
      case "max": entry?.aging.maximum
      case "min": entry?.aging.minimum
      case "warn": entry?.aging.warning
      default: entry?.aging.inactive
      }
    if let days, comparison.holds(for: String(days)) { return nil }
    return AccountFault(
      actual: "\(words): \(days.map(String.init) ?? "none set")",
      evidence: [EvidenceLine(context.accounts.passwordOrigin(of: account))])
  }
}

private struct ChangedInPastRule: AccountRule {
  var expected: String { "a password changed in the past" }

  func fault(_ account: Account, _ context: AccountContext) throws(EvidenceGap) -> AccountFault? {
    let today = Int(context.facts.asOf / 86_400)
    guard let day = try context.accounts.shadowEntry(of: account)?.aging.lastChange, day > today else {
      return nil
    }
    return AccountFault(
      actual: "password changed \(day - today) days from now",
      evidence: [EvidenceLine(context.accounts.passwordOrigin(of: account))])
  }
}

/// What libpam does with each return code of a module (pam.conf(5), `_pam_parse_control` in pam_misc.c).
public struct PamControl: Sendable, Hashable {
  /// An action of a control.
  enum Action: Sendable, Hashable {
    case ignore, ok, done, bad, die, reset
    /// Skips this many of the modules that follow.
    case jump(Int)
  }

  /// As written: `required`, `success=1 default=ignore`.
  public var text: String
  private var actions: [PamReturn: Action] = [:]
  private var otherwise = Action.bad

  /// One of the four words, or the inside of brackets. What makes no sense counts as bad throughout.
  init(_ text: String) {
    self.text = text
    switch text.lowercased() {
    case "required": set(success: .ok, ignore: .ignore, otherwise: .bad)
    case "requisite": set(success: .ok, ignore: .ignore, otherwise: .die)
    case "sufficient": set(success: .done, ignore: .ignore, otherwise: .ignore)
    case "optional": set(success: .ok, ignore: .ignore, otherwise: .ignore)
    default:
      if !parse(text) {
        actions = [:]
        otherwise = .bad
      }
    }
  }

  func action(for code: PamReturn) -> Action { actions[code] ?? otherwise }

  private mutating func set(success: Action, ignore: Action, otherwise: Action) {
    actions = [.success: success, .newAuthtokRequired: success, .ignore: ignore]
    self.otherwise = otherwise
  }

  private mutating func parse(_ text: String) -> Bool {
    var rest = Substring(text)
    var fallback: Action?
    func skipBlanks() { while let first = rest.first, first.isWhitespace { rest.removeFirst() } }
    while true {
      skipBlanks()
      if rest.isEmpty { break }
      let name = rest.prefix { $0.isLetter || $0 == "_" }
      rest = rest.dropFirst(name.count)
      skipBlanks()
      guard rest.first == "=" else { return false }
      rest.removeFirst()
      skipBlanks()
      guard let action = takeAction(&rest) else { return false }
      if name == "default" {
        // Only codes that have no action yet take the default.
        fallback = fallback ?? action
      } else if let code = PamReturn(rawValue: String(name)) {
        actions[code] = action
      } else if !PamReturn.others.contains(String(name)) {
        return false
      }
    }
    if let fallback { otherwise = fallback }
    return true
  }

  private func takeAction(_ rest: inout Substring) -> Action? {
    let words: [(String, Action)] = [
      ("ignore", .ignore), ("ok", .ok), ("done", .done), ("bad", .bad), ("die", .die), ("reset", .reset),
    ]
    for (word, action) in words where rest.hasPrefix(word) {
      rest = rest.dropFirst(word.count)
      return action
    }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int(digits), count > 0 else { return nil }
    rest = rest.dropFirst(digits.count)
    return .jump(count)
  }
}

/// The return codes that modules give in practice (_pam_types.h).
enum PamReturn: String, Sendable, Hashable, CaseIterable {
  case success
  case newAuthtokRequired = "new_authtok_reqd"
  case ignore
  case authError = "auth_err"
  case permissionDenied = "perm_denied"
  case userUnknown = "user_unknown"
  case authInfoUnavailable = "authinfo_unavail"
  case maxTries = "maxtries"
  case accountExpired = "acct_expired"
  case authtokError = "authtok_err"
  case sessionError = "session_err"
  case serviceError = "service_err"
  case systemError = "system_err"
  case moduleUnknown = "module_unknown"

  /// Codes that a control may name and that decide nothing here.
  static let others: Set<String> = [
    "open_err", "symbol_err", "buf_err", "cred_insufficient", "cred_unavail", "cred_expired", "cred_err",
    "no_module_data", "conv_err", "authtok_recover_err", "authtok_lock_busy", "authtok_disable_aging",
    "try_again", "abort", "authtok_expired", "bad_item", "conv_again", "incomplete",
  ]
}

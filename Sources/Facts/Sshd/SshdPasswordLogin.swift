import Evidence

extension SshdConfiguration {
  /// Whether a password alone lets somebody in, for every context: `yes` or `no`.
  ///
  /// Two ways lead there: PasswordAuthentication, and KbdInteractiveAuthentication where UsePAM gives it
  /// PAM's conversation. AuthenticationMethods can ask for more than a password.
  public func passwordLogin(user: String? = nil) throws(EvidenceGap) -> [Answer] {
    let keywords = [
      "PasswordAuthentication", "KbdInteractiveAuthentication", "AuthenticationMethods", "UsePAM",
    ]
    .compactMap(SshdKeyword.named)
    guard keywords.count == 4 else { return [] }
    // An invalid configuration is found out here.
    _ = try answers(keywords[0], user: user)
    var answers = [Answer(context: nil, value: try passwordLogin(keywords, matched: []))]
    for scope in try scopes(of: Array(keywords.prefix(3)), user: user) {
      let value = try passwordLogin(keywords, matched: Set(scope))
      if value != answers[0].value { answers.append(Answer(context: words(scope), value: value)) }
    }
    return answers
  }

  private func passwordLogin(
    _ keywords: [SshdKeyword], matched: Set<SshdCriteria>
  ) throws(EvidenceGap) -> Effective<[String]> {
    let password = try answer(keywords[0], matched: matched)
    let keyboard = try answer(keywords[1], matched: matched)
    let methods = try answer(keywords[2], matched: matched)
    let pam = try answer(keywords[3], matched: [])
    let shadowed = [password, keyboard, methods].map {
      Effective<[String]>.Candidate(value: $0.value, origin: $0.origin)
    }
    func result(_ value: String, _ origin: Origin) -> Effective<[String]> {
      Effective([value], origin: origin, shadowed: shadowed.filter { $0.origin != origin })
    }
    var ways: [(method: String, origin: Origin)] = []
    if password.value == ["yes"] { ways.append(("password", password.origin)) }
    if keyboard.value == ["yes"], pam.value == ["yes"] {
      ways.append(("keyboard-interactive", keyboard.origin))
    }
    guard let first = ways.first else { return result("no", password.origin) }
    if methods.value == ["any"] { return result("yes", first.origin) }
    let suffices = methods.value.contains { list in
      list.split(separator: ",").allSatisfy { method in
        ways.contains { $0.method == method.split(separator: ":").first.map(String.init) }
      }
    }
    return suffices ? result("yes", first.origin) : result("no", methods.origin)
  }
}

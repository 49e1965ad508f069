/// What a `Match` line asks of a connection; all of it has to hold (sshd_config(5)).
public struct SshdCriteria: Sendable, Hashable {
  /// One criterion with its pattern list.
  struct Term: Sendable, Hashable {
    /// In lower case, e.g. `user`.
    var attribute: String
    var pattern: String
  }

  var terms: [Term]
  /// Why sshd would refuse the line, if it would.
  var problem: String?
  /// For people: `User bob Address 10.0.0.0/8`.
  public var words: String

  /// Reads the arguments of a Match line.
  init(_ arguments: [String]) {
    terms = []
    words = arguments.joined(separator: " ")
    var rest = arguments[...]
    if arguments.isEmpty { problem = "Match without criteria" }
    while let word = rest.popFirst() {
      var attribute = word.lowercased()
      if attribute == "all" {
        if !terms.isEmpty || !rest.isEmpty { problem = "'all' beside other criteria" }
        return
      }
      if attribute == "invalid-user" {
        terms.append(Term(attribute: attribute, pattern: ""))
        continue
      }
      var pattern: String?
      if let equals = attribute.firstIndex(of: "=") {
        pattern = String(word[word.index(after: equals)...])
        attribute = String(attribute[..<equals])
      } else {
        pattern = rest.popFirst()
      }
      guard Self.attributes.contains(attribute) else {
        problem = "sshd knows no criterion '\(word)'"
        return
      }
      guard let pattern, !pattern.isEmpty else {
        problem = "'\(word)' without a pattern"
        return
      }
      terms.append(Term(attribute: attribute, pattern: pattern))
    }
  }

  private static let attributes: Set<String> = [
    "user", "group", "host", "address", "localaddress", "localport", "rdomain", "version",
  ]

  /// `Match all`.
  var isUniversal: Bool { terms.isEmpty && problem == nil }

  /// Whether a login of the named user can meet the criteria: groups and addresses are taken as possible.
  func canMatch(user: String) -> Bool {
    terms.allSatisfy { term in
      switch term.attribute {
      case "user": matchesPatternList(user, term.pattern)
      case "invalid-user": false
      default: true
      }
    }
  }

  /// Whether an existing account can meet the criteria.
  var canMatchAnybody: Bool { !terms.contains { $0.attribute == "invalid-user" } }
}

import Evidence
import Facts

/// Judges what sshd would do: an option's effective value, everywhere and inside every Match block.
public struct SshdKind: CheckKind {
  public static let name = "sshd"
  public static let summary = """
    Resolves sshd_config as sshd does (first value wins, Include in place, Match blocks, options on the \
    unit's command line, the release's compiled defaults) and compares an option's value.
    """
  public static let parameters: [ParameterSpecification] =
    [
      .init(
        "option", .text, required: true,
        "a keyword of sshd_config(5), or `password-login`: yes if a password alone lets anybody in"),
      .init(
        "context", .choice(["global", "every"]),
        "`global`: connections that no Match block selects; `every` (default): also each Match block"),
      .init("user", .text, "only Match blocks that a login of this user can meet"),
      .init("set", .boolean, "whether anything sets the option, whatever its value"),
      .init(
        "no_looser_than", .text,
        "for MaxStartups: `start:rate:full` that the value reaches or beats in every part"),
    ] + Comparison.parameters

  private enum Subject: Sendable {
    case option(SshdKeyword)
    case passwordLogin
  }

  private enum Requirement: Sendable {
    case comparison(Comparison)
    case isSet(Bool)
    case startups(String)
  }

  private let subject: Subject
  private let requirement: Requirement
  private let isEverywhere: Bool
  private let user: String?

  public init(_ parameters: Parameters) throws(ParameterError) {
    let option = try parameters.required("option")
    if option == "password-login" {
      subject = .passwordLogin
    } else if let keyword = SshdKeyword.named(option) {
      subject = .option(keyword)
    } else {
      throw ParameterError("option", "sshd has no option '\(option)'")
    }
    isEverywhere = parameters.text("context") != "global"
    // The option only ever concerns root.
    user = parameters.text("user") ?? (option.lowercased() == "permitrootlogin" ? "root" : nil)
    requirement = try Self.requirement(parameters)
  }

  private static func requirement(_ parameters: Parameters) throws(ParameterError) -> Requirement {
    if let startups = parameters.text("no_looser_than") {
      guard Self.startups(startups) != nil else {
        throw ParameterError("no_looser_than", "'\(startups)' is not start:rate:full")
      }
      return .startups(startups)
    }
    let comparison = try Comparison(optional: parameters, ignoresCase: true)
    switch (parameters.boolean("set"), comparison) {
    case (let isSet?, nil): return .isSet(isSet)
    case (nil, let comparison?): return .comparison(comparison)
    case (_?, _?): throw ParameterError("set", "'set' and a comparison exclude each other")
    case (nil, nil): throw ParameterError(nil, "one of equals, in, at_most, set … is missing")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([SshdConfiguration.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let configuration = try facts.model(SshdConfiguration.self)
    var answers: [SshdConfiguration.Answer]
    switch subject {
    case .option(let keyword): answers = try configuration.answers(keyword, user: user)
    case .passwordLogin: answers = try configuration.passwordLogin(user: user)
    }
    if !isEverywhere { answers = Array(answers.prefix(1)) }
    let failures = answers.filter { !holds($0) }
    return (failures.isEmpty ? Array(answers.prefix(1)) : failures).map { answer in
      outcome(answer, failures.isEmpty ? .pass : .fail)
    }
  }

  private func holds(_ answer: SshdConfiguration.Answer) -> Bool {
    switch requirement {
    case .comparison(let comparison): comparison.holds(forList: answer.value.value)
    case .isSet(let isSet): answer.isSet == isSet
    case .startups(let limit): Self.isNoLooser(answer.value.value.first ?? "", than: limit)
    }
  }

  private func outcome(_ answer: SshdConfiguration.Answer, _ verdict: Outcome.Verdict) -> Outcome {
    let value = answer.value.value.isEmpty ? "not set" : answer.value.value.joined(separator: ",")
    let origin = answer.isSet ? "" : " (\(answer.value.origin.kind.rawValue))"
    let place = answer.context.map { " in \($0)" } ?? ""
    return Outcome(
      verdict, subject: title + place, expected: "\(title) \(words)", actual: "\(title) \(value)\(origin)",
      evidence: evidence(answer))
  }

  /// The options that together decide about passwords stand beside each other; none shadows another.
  private func evidence(_ answer: SshdConfiguration.Answer) -> [EvidenceLine] {
    guard case .passwordLogin = subject else { return answer.value.evidenceLines }
    return [EvidenceLine(answer.value.origin)] + answer.value.shadowed.map { EvidenceLine($0.origin) }
  }

  private var title: String {
    switch subject {
    case .option(let keyword): keyword.name
    case .passwordLogin: "password login"
    }
  }

  private var words: String {
    switch requirement {
    case .comparison(let comparison): comparison.words
    case .isSet(let isSet): isSet ? "set" : "not set"
    case .startups(let limit): "\(limit) or tighter"
    }
  }
}

extension SshdKind {
  private static func startups(_ text: String) -> (start: Int, rate: Int, full: Int)? {
    let parts = text.split(separator: ":").compactMap { Int($0) }
    return parts.count == 3 ? (parts[0], parts[1], parts[2]) : nil
  }

  /// A connection beyond `start` is refused with a probability of `rate` percent, one beyond `full` always:
  /// less of the first and last and more of the second is tighter. The rate says nothing where both are
  /// equal.
  static func isNoLooser(_ value: String, than limit: String) -> Bool {
    guard let value = startups(value), let limit = startups(limit) else { return false }
    return value.start <= limit.start && value.full <= limit.full
      && (value.rate >= limit.rate || value.start == value.full)
  }

  /// A drop-in that comes before others; it cannot mend a Match block, whose values beat global ones.
  public var fix: Fix? {
    guard case .option(let keyword) = subject, let value = fixedValue else { return nil }
    let path = "/etc/ssh/sshd_config.d/00-hardening.conf"
    let line = "\(keyword.name) \(value)"
    return Fix(
      shell: """
        mkdir -p /etc/ssh/sshd_config.d
        touch \(path) && chmod 600 \(path)
        sed -i '/^[[:space:]]*\(keyword.name)[[:space:]=]/Id' \(path)
        echo '\(line)' >> \(path)
        grep -qiE '^[[:space:]]*Include[[:space:]]+/etc/ssh/sshd_config.d/' /etc/ssh/sshd_config ||
          sed -i '1i Include /etc/ssh/sshd_config.d/*.conf' /etc/ssh/sshd_config
        """,
      ansible: """
        ansible.builtin.lineinfile:
          path: \(path)
          regexp: '(?i)^\\s*\(keyword.name)[\\s=]'
          line: '\(line)'
          create: true
          mode: '0600'
          owner: root
          group: root
        """)
  }

  private var fixedValue: String? {
    switch requirement {
    case .startups(let limit): return limit
    case .isSet: return nil
    case .comparison(let comparison):
      for term in comparison.terms {
        switch term.operator {
        case .equals, .isIn, .atMost: return term.operands.first
        case .subsetOf: return term.operands.joined(separator: ",")
        case .notContains: return "-" + term.operands.joined(separator: ",")
        default: continue
        }
      }
      return nil
    }
  }
}

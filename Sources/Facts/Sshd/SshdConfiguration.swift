import DiskImages
import Evidence

/// What sshd would do with its configuration (sshd_config(5)): its answers before and inside every Match
/// block.
public struct SshdConfiguration: FactModel {
  public static let needs: [ContentNeed] =
    [
      "/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*", "/usr/etc/ssh/sshd_config",
      "/usr/etc/ssh/sshd_config.d/*",
    ] + SshdCommandLine.environmentNeeds + SystemdUnits.needs + InstalledPackages.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    var wanted = UnitFilePaths.named(by: SshdCommandLine.services, evidence).map { ContentNeed($0) }
    var command = SshdCommandLine()
    if SshdCommandLine.mayNameConfiguration(evidence) {
      command = (try? SshdCommandLine(GuestFacts(evidence, asOf: 0))) ?? command
    }
    if let path = command.configuration, path.hasPrefix("/") { wanted.append(ContentNeed(path)) }
    var reader = SshdConfigReader(evidence: evidence)
    // What cannot be read yet is asked for and comes in the next round.
    try? reader.read(mainFile(command, evidence))
    return wanted + reader.patterns.map { ContentNeed($0) }
  }

  /// The value of a keyword for some connections.
  public struct Answer: Sendable, Hashable {
    /// The Match line whose connections it holds for; nil for those that no Match line selects.
    public var context: String?
    /// One element for a plain value, any number for a list.
    public var value: Effective<[String]>

    /// Whether any file or option says it.
    public var isSet: Bool { value.origin.kind != .compiledDefault }
  }

  /// The release whose compiled defaults count.
  public let version: OpenSSHVersion
  private let directives: [String: [SshdDirective]]
  private let fatal: EvidenceGap?
  private let command: SshdCommandLine
  private let sockets: [Effective<String>.Candidate]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let packages = try facts.model(InstalledPackages.self)
    version =
      OpenSSHVersion(packages, names: ["openssh-server", "openssh", "openssh-client"])
      ?? OpenSSHVersion(9, 2)
    command = try SshdCommandLine(facts)
    sockets = try Self.socketPorts(facts)
    var reader = SshdConfigReader(evidence: facts.evidence)
    try reader.read(Self.mainFile(command, facts.evidence))
    fatal = reader.fatal ?? Self.unknownKeyword(command.directives + reader.directives, version)
    var directives: [String: [SshdDirective]] = [:]
    for directive in command.directives + reader.directives {
      let name = Self.canonicalName(directive.line.keyword, version)
      directives[name, default: []].append(directive)
    }
    self.directives = directives
  }

  /// /usr/etc holds the vendor's file where the distribution keeps /etc for changes (SUSE's patch to sshd).
  static func mainFile(_ command: SshdCommandLine, _ evidence: Evidence) -> String {
    if let path = command.configuration { return path }
    for path in ["/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config"] {
      if case .found = evidence.index.resolve(path) { return path }
    }
    return "/etc/ssh/sshd_config"
  }

  /// A keyword that the release does not know: sshd does not start. Nil for releases whose keywords are not known here.
  private static func unknownKeyword(_ directives: [SshdDirective], _ version: OpenSSHVersion) -> EvidenceGap?
  {
    if version > OpenSSHVersion(10, 0) { return nil }
    let unknown = directives.first {
      SshdKeyword.named($0.line.keyword) == nil && !SshdKeyword.others.contains($0.line.keyword)
    }
    return unknown.map { directive in
      EvidenceGap(
        path: directive.origin.path ?? "sshd_config",
        reason: "sshd refuses line \(directive.line.number): it has no option '\(directive.line.keyword)'")
    }
  }

  /// Up to 8.6 the two names of the same question were options of their own.
  private static func canonicalName(_ keyword: String, _ version: OpenSSHVersion) -> String {
    if keyword == "challengeresponseauthentication", version < OpenSSHVersion(8, 7) { return keyword }
    return SshdKeyword.named(keyword)?.name.lowercased() ?? keyword
  }

  /// Ports of a socket unit that the next boot starts: sshd takes what it is handed. Ubuntu's generator makes
  /// the socket listen where the configuration says.
  private static func socketPorts(_ facts: GuestFacts) throws(EvidenceGap) -> [Effective<String>.Candidate] {
    for directory in ["/usr/lib/systemd/system-generators", "/lib/systemd/system-generators"] {
      if try facts.evidence.entry(at: "\(directory)/sshd-socket-generator") != nil { return [] }
    }
    let units = try facts.model(SystemdUnits.self)
    for name in ["ssh.socket", "sshd.socket"] {
      guard units.startReason(of: name) != nil, case .loaded(let unit) = try units.state(of: name) else {
        continue
      }
      return unit.list("Socket", "ListenStream").compactMap { candidate in
        guard let port = candidate.value.split(separator: ":").last, Int(port) != nil else { return nil }
        return .init(value: String(port), origin: candidate.origin)
      }
    }
    return []
  }
}

extension SshdConfiguration {
  /// The answers for a keyword: first for connections that no Match line selects, then for each Match line
  /// that can change it.
  ///
  /// - Parameter user: leaves out Match lines that no login of this user can meet.
  /// - Throws: if sshd would refuse the configuration, so that no value is in effect.
  public func answers(_ keyword: SshdKeyword, user: String? = nil) throws(EvidenceGap) -> [Answer] {
    if let fatal { throw fatal }
    let general = try answer(keyword, matched: [])
    guard keyword.isMatchable else { return [Answer(context: nil, value: general)] }
    var answers = [Answer(context: nil, value: general)]
    for scope in try scopes(of: [keyword], user: user) {
      let value = try answer(keyword, matched: Set(scope))
      if value.origin == general.origin, value.value == general.value { continue }
      answers.append(Answer(context: words(scope), value: value))
    }
    return answers
  }

  /// The distinct conditions under which lines with one of the keywords stand.
  ///
  /// - Throws: if there are more than anybody writes, since each costs a walk over all lines.
  func scopes(of keywords: [SshdKeyword], user: String?) throws(EvidenceGap) -> [[SshdCriteria]] {
    var seen: Set<[SshdCriteria]> = []
    var scopes: [[SshdCriteria]] = []
    for keyword in keywords {
      for directive in directives[keyword.name.lowercased()] ?? [] {
        let scope = directive.conditions.filter { !$0.isUniversal }
        guard !scope.isEmpty, scope.allSatisfy(\.canMatchAnybody), seen.insert(scope).inserted else {
          continue
        }
        if let user, !scope.allSatisfy({ $0.canMatch(user: user) }) { continue }
        scopes.append(scope)
        if scopes.count > 2000 {
          throw EvidenceGap(
            path: directive.origin.path ?? "sshd_config", reason: "more than 2000 Match blocks")
        }
      }
    }
    return scopes
  }

  func words(_ scope: [SshdCriteria]) -> String {
    "Match " + scope.map(\.words).joined(separator: " and ")
  }

  /// The value for a connection that meets the given criteria and no others.
  ///
  /// sshd reads its configuration twice: at its start, when the first line outside of Match blocks (and in
  /// blocks that match all) wins, and for a connection, when the first line in a block that matches wins and
  /// replaces the former, wherever it stands.
  func answer(_ keyword: SshdKeyword, matched: Set<SshdCriteria>) throws(EvidenceGap) -> Effective<[String]> {
    if keyword.name == "Port", let ports = listeningPorts() { return ports }
    var general: [SshdDirective] = []
    var conditional: [SshdDirective] = []
    for directive in directives[keyword.name.lowercased()] ?? [] {
      if let problem = directive.conditions.compactMap(\.problem).first {
        throw EvidenceGap(
          path: directive.origin.path ?? "sshd_config",
          reason: "sshd refuses the Match block above line \(directive.line.number): \(problem)")
      }
      let isSpecific = directive.conditions.contains { !$0.isUniversal }
      if isSpecific, !keyword.isMatchable {
        throw refusal(directive, "\(keyword.name) is not allowed in a Match block")
      }
      guard directive.conditions.allSatisfy({ $0.isUniversal || matched.contains($0) }) else { continue }
      if directive.conditions.isEmpty || !keyword.isMatchable {
        general.append(directive)
      } else {
        conditional.append(directive)
      }
      if !isSpecific, keyword.isMatchable, !directive.conditions.isEmpty { general.append(directive) }
    }
    let effective = try effective(keyword, conditional.isEmpty ? general : conditional)
    guard var effective else { return try compiledDefault(keyword) }
    if !conditional.isEmpty {
      for directive in general where directive.origin != effective.origin {
        effective.shadowed.append(try candidate(keyword, directive))
      }
    }
    return try beforeRelease87(keyword, effective, isGeneral: conditional.isEmpty)
  }

  private func effective(
    _ keyword: SshdKeyword, _ directives: [SshdDirective]
  ) throws(EvidenceGap) -> Effective<[String]>? {
    var candidates: [Effective<[String]>.Candidate] = []
    for directive in directives {
      candidates.append(try candidate(keyword, directive))
    }
    if keyword.name == "HostKey" {
      candidates = command.hostKeys.map { .init(value: [$0.value], origin: $0.origin) } + candidates
    }
    if keyword.form == .startups { candidates.reverse() }
    guard let first = candidates.first else { return nil }
    if keyword.form == .appended {
      return Effective(candidates.flatMap(\.value), origin: first.origin)
    }
    return Effective(first.value, origin: first.origin, shadowed: Array(candidates.dropFirst()))
  }

  private func candidate(
    _ keyword: SshdKeyword, _ directive: SshdDirective
  ) throws(EvidenceGap) -> Effective<[String]>.Candidate {
    guard let value = keyword.value(directive.line.arguments, version) else {
      throw refusal(directive, "'\(directive.line.text)' makes no sense")
    }
    return .init(value: value, origin: directive.origin)
  }

  private func refusal(_ directive: SshdDirective, _ reason: String) -> EvidenceGap {
    EvidenceGap(
      path: directive.origin.path ?? "sshd_config",
      reason: "sshd refuses line \(directive.line.number): \(reason)")
  }

  private func listeningPorts() -> Effective<[String]>? {
    let ports = sockets.isEmpty ? command.ports : sockets
    guard let first = ports.first else { return nil }
    return Effective(ports.map(\.value), origin: first.origin)
  }

  private func compiledDefault(_ keyword: SshdKeyword) throws(EvidenceGap) -> Effective<[String]> {
    if case .algorithms = keyword.form, version < OpenSSHVersion(7, 6) {
      throw EvidenceGap(
        path: "sshd", reason: "the algorithms that OpenSSH \(version) offers by itself are not known")
    }
    let words = keyword.compiledDefault(version)
    let shown = words.isEmpty ? "unset" : words.joined(separator: ",")
    // A list of algorithms is shown as the value.
    let setting = shown.utf8.count > 40 ? keyword.name : "\(keyword.name) \(shown)"
    let value = Effective(
      words, origin: .compiledDefault("\(setting): sshd_config(5), OpenSSH \(version)"))
    return try beforeRelease87(keyword, value, isGeneral: true)
  }

  /// Up to OpenSSH 8.6 KbdInteractiveAuthentication is off by default, but ChallengeResponseAuthentication,
  /// on by default, turns it on (sshd.c, `main`).
  private func beforeRelease87(
    _ keyword: SshdKeyword, _ value: Effective<[String]>, isGeneral: Bool
  ) throws(EvidenceGap) -> Effective<[String]> {
    guard version < OpenSSHVersion(8, 7), keyword.name == "KbdInteractiveAuthentication", isGeneral else {
      return value
    }
    let challenge = directives["challengeresponseauthentication"]?.first { directive in
      directive.conditions.allSatisfy(\.isUniversal)
    }
    let isOn = challenge?.line.arguments.first?.lowercased() ?? "yes"
    if isOn == "yes" {
      let origin =
        challenge?.origin
        ?? .compiledDefault("ChallengeResponseAuthentication yes: sshd_config(5), OpenSSH \(version)")
      return Effective(["yes"], origin: origin, shadowed: [.init(value: value.value, origin: value.origin)])
    }
    if value.origin.kind == .compiledDefault, let challenge {
      return Effective(["no"], origin: challenge.origin)
    }
    return value
  }
}

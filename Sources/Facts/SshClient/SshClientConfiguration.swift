import DiskImages
import Evidence

/// What ssh takes from the system's configuration (ssh_config(5)): users' own files and options come before
/// it and can say otherwise.
public struct SshClientConfiguration: FactModel {
  public static let needs: [ContentNeed] =
    [
      "/etc/ssh/ssh_config", "/etc/ssh/ssh_config.d/*", "/usr/etc/ssh/ssh_config",
      "/usr/etc/ssh/ssh_config.d/*", "/etc/crypto-policies/back-ends/openssh.config",
    ] + InstalledPackages.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    var reader = Reader(evidence: evidence)
    try? reader.read(mainFile(evidence))
    return reader.patterns.map { ContentNeed($0) }
  }

  /// The value of a keyword for some hosts.
  public struct Answer: Sendable, Hashable {
    /// The Host or Match line; nil for hosts that none but `Host *` selects.
    public var context: String?
    /// One element for a plain value, any number for a list.
    public var value: Effective<[String]>
  }

  private struct Directive: Sendable {
    var line: SSHConfigLine
    var origin: Origin
    /// The specific Host and Match lines inside which it stands.
    var conditions: [String]
  }

  /// The release whose compiled defaults count.
  public let version: OpenSSHVersion
  private let directives: [Directive]
  private let fatal: EvidenceGap?
  /// Debian's and Ubuntu's builds have defaults of their own (README.Debian of openssh-client).
  private let isDebian: Bool

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let packages = try facts.model(InstalledPackages.self)
    version =
      OpenSSHVersion(packages, names: ["openssh-client", "openssh-clients", "openssh"])
      ?? OpenSSHVersion(9, 2)
    var reader = Reader(evidence: facts.evidence)
    try reader.read(Self.mainFile(facts.evidence))
    directives = reader.directives
    let package = ["openssh-client", "openssh-clients", "openssh"].lazy.compactMap { packages.installed($0) }
      .first
    isDebian = package?.format == "dpkg"
    fatal = reader.fatal ?? SshClientRefusal.of(directives.map { ($0.line, $0.origin) }, version)
  }

  private static func mainFile(_ evidence: Evidence) -> String {
    for path in ["/etc/ssh/ssh_config", "/usr/etc/ssh/ssh_config"] {
      if case .found = evidence.index.resolve(path) { return path }
    }
    return "/etc/ssh/ssh_config"
  }

  /// Whether the compiled default of a keyword in lower case is known.
  static func hasDefault(_ keyword: String) -> Bool { defaults[keyword] != nil }

  /// The keywords whose compiled default is known, in lower case.
  public static var keywords: [String] { Array(defaults.keys).sorted() }

  /// The answers for a keyword: first for hosts that no block selects, then for each block that can change
  /// it.
  public func answers(_ keyword: String) throws(EvidenceGap) -> [Answer] {
    if let fatal { throw fatal }
    let name = Self.canonical(keyword.lowercased())
    let own = directives(of: name)
    let general = answer(name, own.filter(\.conditions.isEmpty))
    var answers = [Answer(context: nil, value: general)]
    var seen: Set<[String]> = [[]]
    for directive in own where seen.insert(directive.conditions).inserted {
      guard seen.count <= 2000 else {
        throw EvidenceGap(path: directive.origin.path ?? "ssh_config", reason: "more than 2000 blocks")
      }
      // The first line wins, also over a later one in a block that is more specific.
      let value = answer(name, own.filter { Set($0.conditions).isSubset(of: directive.conditions) })
      if value.origin != general.origin {
        answers.append(Answer(context: directive.conditions.joined(separator: " and "), value: value))
      }
    }
    return answers
  }

  /// With Debian's builds BatchMode sets the interval where nothing else does (ssh_config(5) there).
  private func directives(of name: String) -> [Directive] {
    let own = directives.filter { Self.canonical($0.line.keyword) == name }
    guard name == "serveraliveinterval", isDebian else { return own }
    return own
      + directives.filter { $0.line.keyword == "batchmode" }.map { directive in
        var derived = directive
        let isOn = ["yes", "true"].contains(directive.line.arguments.first?.lowercased())
        derived.line.arguments = [isOn ? "300" : "0"]
        return derived
      }
  }

  private func answer(_ name: String, _ directives: [Directive]) -> Effective<[String]> {
    let isList = Self.appended.contains(name)
    let candidates = directives.map {
      Effective<[String]>.Candidate(value: value(name, $0.line.arguments), origin: $0.origin)
    }
    guard let first = candidates.first else {
      return Effective(compiledDefault(name), origin: .compiledDefault("ssh_config(5), OpenSSH \(version)"))
    }
    if isList { return Effective(candidates.flatMap(\.value), origin: first.origin) }
    return Effective(first.value, origin: first.origin, shadowed: Array(candidates.dropFirst()))
  }

  private func value(_ name: String, _ arguments: [String]) -> [String] {
    if let family = Self.algorithms[name] { return family.assemble(arguments.first ?? "", version) ?? [] }
    if Self.times.contains(name), let first = arguments.first {
      return [SshdKeyword.seconds(first) ?? first]
    }
    if name == "stricthostkeychecking", let first = arguments.first?.lowercased() {
      return [["off": "no", "on": "yes", "true": "yes", "false": "no"][first] ?? first]
    }
    if arguments.count == 1, Self.defaults[name] != nil {
      let word = arguments[0].lowercased()
      return [["true": "yes", "false": "no"][word] ?? word]
    }
    return arguments
  }

  private func compiledDefault(_ name: String) -> [String] {
    if let family = Self.algorithms[name] { return family.compiledDefault(version) }
    if name == "forwardx11trusted", isDebian { return ["yes"] }
    return Self.defaults[name].map { [$0] } ?? []
  }

  static func canonical(_ name: String) -> String {
    [
      "challengeresponseauthentication": "kbdinteractiveauthentication",
      "pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms", "protocolkeepalives": "serveraliveinterval",
      "hostbasedkeytypes": "hostbasedacceptedalgorithms", "keepalive": "tcpkeepalive",
    ][name] ?? name
  }

  static let algorithms: [String: SSHAlgorithms] = [
    "ciphers": .ciphers, "macs": .macs, "kexalgorithms": .keyExchange(isClient: true),
    "hostkeyalgorithms": .hostKeys,
    "pubkeyacceptedalgorithms": .hostKeys, "hostbasedacceptedalgorithms": .hostKeys,
    "casignaturealgorithms": .signatures,
  ]
  private static let times: Set<String> = ["connecttimeout", "serveraliveinterval", "forwardx11timeout"]
  private static let appended: Set<String> = ["sendenv", "identityfile", "certificatefile", "localforward"]
  private static let defaults = [
    "stricthostkeychecking": "ask", "hashknownhosts": "no", "forwardagent": "no",
    "forwardx11": "no", "forwardx11trusted": "no", "permitlocalcommand": "no",
    "passwordauthentication": "yes",
    "pubkeyauthentication": "yes", "kbdinteractiveauthentication": "yes", "hostbasedauthentication": "no",
    "gssapiauthentication": "no", "gssapidelegatecredentials": "no", "batchmode": "no",
    "verifyhostkeydns": "no", "nohostauthenticationforlocalhost": "no", "tunnel": "no",
    "gatewayports": "no", "visualhostkey": "no", "tcpkeepalive": "yes",
    "serveraliveinterval": "0", "serveralivecountmax": "3", "port": "22", "requiredrsasize": "1024",
    "enablesshkeysign": "no", "userknownhostsfile": "~/.ssh/known_hosts ~/.ssh/known_hosts2",
  ]
}

extension SshClientConfiguration {
  /// Reads ssh_config with what it includes. A Host or Match line in an included file ends with that file.
  private struct Reader {
    var directives: [Directive] = []
    var fatal: EvidenceGap?
    var patterns: Set<String> = []
    let evidence: Evidence
    private var budget = ReadBudget()
    private var matches: [String: [FileEntry]] = [:]

    init(evidence: Evidence) { self.evidence = evidence }

    mutating func read(_ path: String) throws(EvidenceGap) {
      guard let entry = try evidence.entry(at: path) else { return }
      try read(entry, path: path, conditions: [], depth: 0)
    }

    private mutating func read(
      _ entry: FileEntry, path: String, conditions: [String], depth: Int
    ) throws(EvidenceGap) {
      if depth > 16 {
        fatal = EvidenceGap(path: path, reason: "ssh refuses it: includes nested more than 16 deep")
        return
      }
      let file = try evidence.text(of: entry)
      guard budget.spend(file) else {
        fatal = EvidenceGap(path: path, reason: "too much configuration to read")
        return
      }
      var block: String?
      for raw in file.lines where fatal == nil {
        guard let line = SSHConfigLine(raw) else { continue }
        if let problem = line.problem {
          fatal = EvidenceGap(path: path, reason: "ssh refuses line \(line.number): \(problem)")
          return
        }
        let scope = block.map { conditions + [$0] } ?? conditions
        switch line.keyword {
        case "host":
          block = line.arguments == ["*"] ? nil : "Host " + line.arguments.joined(separator: " ")
        case "match":
          let isAll = line.arguments.count == 1 && line.arguments[0].lowercased() == "all"
          block = isAll ? nil : "Match " + line.arguments.joined(separator: " ")
        case "include":
          for argument in line.arguments where !argument.hasPrefix("~") {
            let pattern = argument.hasPrefix("/") ? argument : "/etc/ssh/\(argument)"
            patterns.insert(pattern)
            for file in try entries(matching: pattern) where fatal == nil {
              try read(file, path: file.path, conditions: scope, depth: depth + 1)
            }
          }
        default:
          let kind: Origin.Kind =
            path.hasPrefix("/usr/") ? .vendor : depth == 0 ? .explicit : .dropIn
          let origin = Origin(path: path, line: line.number, kind: kind, text: line.text)
          directives.append(Directive(line: line, origin: origin, conditions: scope))
        }
      }
    }

    private mutating func entries(matching pattern: String) throws(EvidenceGap) -> [FileEntry] {
      if let known = matches[pattern] { return known }
      guard matches.count < 1000 else {
        fatal = EvidenceGap(path: pattern, reason: "too many Include lines to follow")
        return []
      }
      let found = try evidence.entries(matching: GlobPattern(pattern))
      matches[pattern] = found
      return found
    }
  }
}

import DiskImages
import Evidence

/// The configuration of Redis and Valkey: `name value …`, the last counts; includes in place, then the options of the
/// command (config.c, loadServerConfig).
struct RedisConfig {
  static let units = [
    "redis-server.service", "redis.service", "valkey.service", "valkey-server.service",
    "redis-server@.service", "redis@.service",
  ]
  private static let paths = ["/etc/redis/redis.conf", "/etc/redis.conf", "/etc/valkey/valkey.conf"]
  static let needs: [ContentNeed] =
    paths.map { ContentNeed($0) } + ["/etc/redis/*.conf", "/etc/valkey/*.conf"]

  private(set) var values: [String: Effective<String>] = [:]
  private let evidence: Evidence
  private var patterns: [String] = []
  private var budget = ReadBudget(files: 200)

  /// Reads what a server that is started by the command would: `redis-server FILE --name value …`, and where it names no
  /// file, the distribution's; nil where there is none.
  init?(_ command: ServiceCommand, _ evidence: Evidence) throws(EvidenceGap) {
    self.init(evidence: evidence)
    if let named = command.words.dropFirst().first(where: { $0.hasPrefix("/") }) {
      try read(named, depth: 0)
    } else {
      var usual: String?
      for path in Self.paths where usual == nil {
        if try evidence.entry(at: path) != nil { usual = path }
      }
      guard let usual else { return nil }
      try read(usual, depth: 0)
    }
    take(command)
  }

  private init(evidence: Evidence) { self.evidence = evidence }

  /// Files that the usual ones and commands of units name.
  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    let named = UnitFilePaths.named(by: units, evidence)
    var needs = named
    for path in paths + named {
      var reader = RedisConfig(evidence: evidence)
      try? reader.read(path, depth: 0)
      needs += reader.patterns + [reader.values["tls-dh-params-file"]?.value].compactMap(\.self)
    }
    return needs.map { ContentNeed($0) }
  }

  /// Addresses of `bind`; a leading hyphen says that it does not matter if the address is not there.
  var addresses: [String] {
    values["bind"]?.value.split(separator: " ").map { String($0.drop { $0 == "-" }) } ?? ["*"]
  }

  private mutating func read(_ path: String, depth: Int) throws(EvidenceGap) {
    guard depth < 8 else { throw EvidenceGap(path: path, reason: "files include each other too deeply") }
    patterns.append(path)
    for entry in try evidence.entries(matching: GlobPattern(path)) {
      let file = try evidence.text(of: entry)
      guard budget.spend(file) else { throw EvidenceGap(path: path, reason: "too much is included") }
      for line in ConfigurationLine.read(file) where line.words.count >= 2 {
        let key = line.words[0].lowercased()
        let value = line.words.dropFirst().joined(separator: " ").filter { $0 != "\"" && $0 != "'" }
        if key == "include" {
          try read(value, depth: depth + 1)
        } else {
          set(key, value, line.origin)
        }
      }
    }
  }

  /// `--name value …` up to the next option.
  private mutating func take(_ command: ServiceCommand) {
    var rest = command.parts.drop { !$0.value.hasPrefix("--") }
    while let option = rest.popFirst() {
      let value = rest.prefix { !$0.value.hasPrefix("--") }
      rest = rest.dropFirst(value.count)
      let text = value.map(\.value).joined(separator: " ")
      set(option.value.dropFirst(2).lowercased(), text, value.last?.origin ?? option.origin)
    }
  }

  private mutating func set(_ key: String, _ value: String, _ origin: Origin) {
    if value.isEmpty, key == "requirepass" {
      values[key] = nil
      return
    }
    let old = values[key].map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] }
    values[key] = Effective(value, origin: origin, shadowed: old ?? [])
  }
}

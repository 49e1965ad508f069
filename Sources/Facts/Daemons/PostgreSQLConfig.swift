import DiskImages
import Evidence

/// The settings of a cluster of PostgreSQL: `name = value`, quotes and comments taken off, in the order of includes, then
/// those of ALTER SYSTEM; the last counts (PostgreSQL manual, "Setting Parameters").
struct PostgreSQLConfig {
  private static let folders = ["/var/lib/pgsql/data", "/var/lib/postgres/data"]
  static let units = ["postgresql.service", "postgresql@.service"]
  static let needs: [ContentNeed] =
    [
      "/etc/postgresql/*/*/*.conf", "/etc/postgresql/*/*/conf.d/*.conf",
      "/var/lib/postgresql/*/*/postgresql.auto.conf",
    ]
    + folders.flatMap {
      [ContentNeed("\($0)/*.conf"), ContentNeed("\($0)/conf.d/*.conf")]
    }

  /// A server with its databases.
  struct Cluster {
    var name: String
    /// Of the configuration.
    var folder: String
    /// Of the databases, in which ALTER SYSTEM writes a file of its own.
    var data: String

    /// Debian's, by the instance of its unit: `15-main`.
    init?(instance: some StringProtocol) {
      guard let dash = instance.firstIndex(of: "-") else { return nil }
      let (version, name) = (instance[..<dash], instance[instance.index(after: dash)...])
      self.init(
        name: String(name), folder: "/etc/postgresql/\(version)/\(name)",
        data: "/var/lib/postgresql/\(version)/\(name)")
    }

    init(name: String, folder: String, data: String) {
      (self.name, self.folder, self.data) = (name, folder, data)
    }
  }

  private(set) var values: [String: Effective<String>] = [:]
  /// Files that are included.
  private(set) var patterns: [String] = []
  private let evidence: Evidence
  private var budget = ReadBudget(files: 500)

  init(_ cluster: Cluster, _ evidence: Evidence) throws(EvidenceGap) {
    self.evidence = evidence
    try read("\(cluster.folder)/postgresql.conf", depth: 0)
    try read("\(cluster.data)/postgresql.auto.conf", depth: 0)
  }

  /// Files that the clusters' own include.
  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    clusters(evidence).flatMap {
      ((try? PostgreSQLConfig($0, evidence))?.patterns ?? []).map { ContentNeed($0) }
    }
  }

  /// Debian's clusters, and those of other distributions.
  static func clusters(_ evidence: Evidence) -> [Cluster] {
    let debian = ((try? evidence.entries(matching: GlobPattern("/etc/postgresql/*/*/postgresql.conf"))) ?? [])
      .compactMap { entry in
        let parts = entry.path.split(separator: "/").dropLast().suffix(2)
        return Cluster(instance: parts.joined(separator: "-"))
      }
    return debian + others(evidence)
  }

  /// Clusters in the folders of other distributions, whose unit starts one.
  static func others(_ evidence: Evidence) -> [Cluster] {
    folders.filter {
      if case .found = evidence.index.resolve("\($0)/postgresql.conf") { true } else { false }
    }
    .map { Cluster(name: "data", folder: $0, data: $0) }
  }

  /// The addresses of `listen_addresses`.
  var addresses: [String] {
    (values["listen_addresses"]?.value ?? "localhost").split { $0 == "," || $0 == " " }.map(String.init)
  }

  private mutating func read(_ path: String, depth: Int) throws(EvidenceGap) {
    guard depth < 10 else { throw EvidenceGap(path: path, reason: "files include each other too deeply") }
    guard let file = try evidence.text(at: path) else { return }
    guard budget.spend(file) else { throw EvidenceGap(path: path, reason: "too much is included") }
    for line in ConfigurationLine.read(file) {
      guard let (key, value) = Self.assignment(line.text) else { continue }
      let target =
        value.hasPrefix("/") ? value : "\(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])/\(value)"
      switch key {
      case "include", "include_if_exists":
        patterns.append(target)
        try read(target, depth: depth + 1)
      case "include_dir":
        patterns.append("\(target)/*.conf")
        for entry in try evidence.entries(matching: GlobPattern("\(target)/*.conf")) {
          try read(entry.path, depth: depth + 1)
        }
      default:
        let old = values[key]
        let shadowed = old.map {
          [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] + $0.shadowed
        }
        values[key] = Effective(value, origin: line.origin, shadowed: Array((shadowed ?? []).prefix(8)))
      }
    }
  }

  private static func assignment(_ text: String) -> (String, String)? {
    let key = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    var rest = text[key.endIndex...].drop { $0 == " " || $0 == "\t" || $0 == "=" }
    guard !key.isEmpty else { return nil }
    if rest.first == "'" {
      rest = rest.dropFirst()
      return (key.lowercased(), String(rest.prefix { $0 != "'" }))
    }
    return (key.lowercased(), String(rest.prefix { $0 != "#" && $0 != " " && $0 != "\t" }))
  }
}

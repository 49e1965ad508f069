import DiskImages
import Evidence

/// Options of MySQL's and MariaDB's server in the order of the option files, those of the command last (MariaDB:
/// "Configuring MariaDB with Option Files"; MySQL manual 4.2.2.2).
struct MySQLOptions {
  static let needs: [ContentNeed] =
    [
      "/etc/my.cnf", "/etc/my.cnf.d/*", "/etc/mysql/*.cnf", "/etc/mysql/*.d/*.cnf", "/usr/etc/my.cnf",
      "/etc/my*.cnf",
    ] + InstalledPackages.needs
  static let units = [
    "mariadb.service", "mysql.service", "mysqld.service", "mariadb@.service", "mysqld@.service",
  ]
  private static let mains = ["/etc/my.cnf", "/etc/mysql/my.cnf"]
  /// Packages by which MariaDB's release is known.
  static let mariaDB = ["mariadb-server", "mariadb-server-core", "mariadb-server-10.5", "mariadb"]

  /// By name, with hyphens.
  private(set) var values: [String: Effective<String>] = [:]
  /// Whether there is an option file.
  private(set) var isConfigured = false
  private let evidence: Evidence
  /// Files that are included.
  private var includes: [String] = []
  private let groups: Set<String>
  private var budget = ReadBudget(files: 1000)

  /// Files that the usual ones include and that commands of units name.
  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    var reader = MySQLOptions(evidence: evidence, release: nil)
    for path in mains { try? reader.read(path, depth: 0) }
    return (reader.includes + UnitFilePaths.named(by: units, evidence)).map { ContentNeed($0) }
  }

  /// Whether a value of a switch turns it on.
  static func isOn(_ text: String) -> Bool {
    !["0", "off", "false", "no"].contains(text.lowercased())
  }

  /// What `--defaults-file` and `--defaults-extra-file` make of the usual files.
  private static func files(_ command: ServiceCommand) -> [String] {
    if let only = command.values("--defaults-file").last { return [only.value] }
    if command.words.contains("--no-defaults") { return [] }
    return mains + command.values("--defaults-extra-file").map(\.value)
  }

  /// Reads what a server that is started by the command would.
  ///
  /// - Parameter release: MariaDB's, of which `[mariadb-10.11]` speaks.
  init(_ command: ServiceCommand, _ evidence: Evidence, release: [Int]?) throws(EvidenceGap) {
    // `[mysqld.x]` counts beside `[mysqld]`.
    let suffix = command.values("--defaults-group-suffix").last?.value
    self.init(evidence: evidence, release: release, suffix: suffix)
    for path in Self.files(command) where try evidence.entry(at: path) != nil {
      isConfigured = true
      try read(path, depth: 0)
    }
    take(command)
  }

  private init(evidence: Evidence, release: [Int]?, suffix: String? = nil) {
    self.evidence = evidence
    var groups: Set<String> = ["mysqld", "server", "mariadb", "mariadbd", "client-server"]
    if let release, release.count > 1 {
      for name in ["mysqld", "mariadb", "mariadbd"] { groups.insert("\(name)-\(release[0]).\(release[1])") }
    }
    if let suffix { groups.formUnion(groups.map { $0 + suffix }) }
    self.groups = groups
  }

  /// Options of the command: `--ssl=0`, `--require-secure-transport`.
  private mutating func take(_ command: ServiceCommand) {
    for word in command.arguments where word.value.hasPrefix("--") && !word.value.hasPrefix("--defaults") {
      let text = String(word.value.dropFirst(2))
      set(ConfigurationLine(text: text, words: [text], origin: word.origin))
    }
  }

  private mutating func read(_ path: String, depth: Int) throws(EvidenceGap) {
    guard depth < 8 else { throw EvidenceGap(path: path, reason: "files include each other too deeply") }
    guard let file = try evidence.text(at: path) else { return }
    guard budget.spend(file) else { throw EvidenceGap(path: path, reason: "too much is included") }
    var group = ""
    for line in ConfigurationLine.read(file, comments: "#;") {
      if line.text.hasPrefix("[") {
        group = String(line.text.dropFirst().prefix { $0 != "]" })
      } else if line.words.count >= 2, line.words[0] == "!includedir" {
        includes.append("\(line.words[1])/*.cnf")
        for entry in try evidence.entries(matching: GlobPattern("\(line.words[1])/*.cnf")) {
          try read(entry.path, depth: depth + 1)
        }
      } else if line.words.count >= 2, line.words[0] == "!include" {
        includes.append(line.words[1])
        try read(line.words[1], depth: depth + 1)
      } else if groups.contains(group) {
        set(line)
      }
    }
  }

  private mutating func set(_ line: ConfigurationLine) {
    var (key, value) = line.assignment ?? (line.text, "1")
    key = key.replacing("_", with: "-").lowercased()
    for prefix in ["loose-"] where key.hasPrefix(prefix) { key = String(key.dropFirst(prefix.count)) }
    // The beginning of a name is enough where no other has it (my_getopt.c, findopt).
    if key.hasPrefix("require-"), "require-secure-transport".hasPrefix(key) {
      key = "require-secure-transport"
    }
    // `skip-ssl` and `disable-ssl` are `ssl = 0`.
    for prefix in ["skip-", "disable-"] where key == prefix + "ssl" {
      key = "ssl"
      value = Self.isOn(value) ? "0" : "1"
    }
    value = String(value.prefix { $0 != "#" }.trimmingBlanks())
    let old = values[key]
    let shadowed =
      old.map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] + $0.shadowed } ?? []
    values[key] = Effective(value, origin: line.origin, shadowed: Array(shadowed.prefix(8)))
  }
}

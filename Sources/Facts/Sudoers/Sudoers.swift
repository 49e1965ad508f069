import DiskImages
import Evidence

/// What sudo would allow (sudoers(5)).
public struct Sudoers: FactModel {
  public static let needs: [ContentNeed] =
    ["/etc/sudoers", "/etc/sudoers.d/*", "/usr/etc/sudoers", "/usr/etc/sudoers.d/*", "/etc/sudo.conf"]
    + InstalledPackages.needs + OSRelease.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    var reader = Reader(evidence: evidence)
    try? reader.read(mainFile(evidence))
    return reader.wanted.prefix(1000).map { ContentNeed($0) }
  }

  public let policy: SudoersPolicy
  private let compiled: SudoersCompiledDefaults
  /// The last specification about each thing.
  private let lastGrant: [Scope: Int]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var reader = Reader(evidence: facts.evidence)
    try reader.read(Self.mainFile(facts.evidence))
    policy = reader.finish()
    if policy.isIncomplete {
      throw EvidenceGap(path: "/etc/sudoers", reason: "too many specifications to follow")
    }
    lastGrant = Self.lastGrants(policy.grants)
    compiled = try SudoersCompiledDefaults(facts)
  }

  /// sudo.conf(5) can name another file; SUSE keeps the vendor's under /usr/etc.
  private static func mainFile(_ evidence: Evidence) -> String {
    if let file = try? evidence.text(at: "/etc/sudo.conf") {
      for line in file.lines where line.text.hasPrefix("Plugin") {
        for word in line.text.split(whereSeparator: \.isWhitespace) where word.hasPrefix("sudoers_file=") {
          return String(word.dropFirst("sudoers_file=".count))
        }
      }
    }
    for path in ["/etc/sudoers", "/usr/etc/sudoers"] {
      if case .found = evidence.index.resolve(path) { return path }
    }
    return "/etc/sudoers"
  }

  /// A setting for everybody, or for those whom a scope names.
  public struct Answer: Sendable, Hashable {
    /// `:bob`, `@host`, `>root`, `!command`; nil for everybody else.
    public var scope: String?
    /// `on` and `off` for switches and for values that are given or taken away without one.
    public var value: Effective<[String]>
  }

  /// What a setting is: for everybody, then for each scope that says something about it. A later line beats
  /// an earlier one; a scoped line beats one for everybody, wherever it stands (`update_defaults` in
  /// defaults.c).
  public func answers(_ name: String) -> [Answer] {
    var scopes: [String] = []
    var byScope: [String: [SudoersDefault]] = [:]
    for setting in policy.defaults where setting.name == name {
      if byScope[setting.scope] == nil, !setting.scope.isEmpty { scopes.append(setting.scope) }
      byScope[setting.scope, default: []].append(setting)
    }
    let general = Self.value(byScope[""] ?? [], compiled.value(name))
    return [Answer(scope: nil, value: general)]
      + scopes.map { Answer(scope: $0, value: Self.value(byScope[$0] ?? [], general)) }
  }

  private static func value(
    _ settings: [SudoersDefault], _ base: Effective<[String]>
  ) -> Effective<[String]> {
    let lists = ["env_keep", "env_check", "env_delete", "log_servers"]
    var value = base
    var shadowed: [Effective<[String]>.Candidate] = []
    for setting in settings {
      let isList = lists.contains(setting.name)
      let words = setting.value.split(separator: " ").map(String.init)
      if value.origin.kind != .compiledDefault {
        shadowed.append(.init(value: value.value, origin: value.origin))
        if shadowed.count > 32 { shadowed.removeFirst(16) }
      }
      switch setting.operation {
      case .set: value.value = setting.value.isEmpty ? ["on"] : isList ? words : [setting.value]
      case .negate: value.value = ["off"]
      case .add:
        // Nobody's list is so long; beyond, one element is as good as two.
        if value.value.count < 4096 {
          value.value = value.value.filter { $0 != "off" && !words.contains($0) } + words
        }
      case .remove: value.value.removeAll { words.contains($0) }
      }
      value.origin = setting.origin
    }
    value.shadowed = shadowed.reversed() + base.shadowed
    return value
  }

  /// Whether a later specification takes the place of the one at `index` for everything that it allows: sudo
  /// goes by the last match.
  public func isOverridden(_ index: Int) -> Bool {
    let grant = policy.grants[index]
    for user in [grant.user, "ALL"] {
      for hosts in [grant.hosts, ["ALL"]] {
        for runas in [grant.runasUsers, ["ALL"]] {
          for command in [grant.command, "ALL"] {
            let scope = Scope(user: user, hosts: hosts, runas: runas, command: command)
            if let last = lastGrant[scope], last > index { return true }
          }
        }
      }
    }
    return false
  }

  /// What a specification is about, without its tags.
  private struct Scope: Hashable, Sendable {
    var user: String
    var hosts: [String]
    var runas: [String]?
    var command: String
  }

  private static func lastGrants(_ grants: [SudoersGrant]) -> [Scope: Int] {
    var last: [Scope: Int] = [:]
    for (index, grant) in grants.enumerated() {
      let scope = Scope(
        user: grant.user, hosts: grant.hosts, runas: grant.runasUsers, command: grant.command)
      last[scope] = index
    }
    return last
  }
}

extension Sudoers {
  /// Follows includes; a file that sudo finds insecure or does not find is passed over.
  private struct Reader {
    private(set) var wanted: Set<String> = []
    private let evidence: Evidence
    private var parser = SudoersParser()
    private var budget = ReadBudget()
    private static let depthLimit = 128

    init(evidence: Evidence) { self.evidence = evidence }

    mutating func finish() -> SudoersPolicy { parser.finish() }

    mutating func read(_ path: String) throws(EvidenceGap) {
      guard let entry = try evidence.entry(at: path) else { return }
      if let objection = Self.objection(entry) {
        throw EvidenceGap(path: path, reason: "sudo refuses to run: the file is \(objection)")
      }
      try read(entry, path, depth: 0)
    }

    private mutating func read(_ entry: FileEntry, _ path: String, depth: Int) throws(EvidenceGap) {
      guard depth < Self.depthLimit else {
        return parser.note(Origin(path: path, kind: .explicit, text: "includes nested too deep"))
      }
      let file = try evidence.text(of: entry)
      guard budget.spend(file) else {
        throw EvidenceGap(path: path, reason: "too much configuration to read")
      }
      parser.noteFile(path)
      let kind: Origin.Kind = path.hasPrefix("/usr/") ? .vendor : depth == 0 ? .explicit : .dropIn
      for line in SudoersLine.assemble(file) {
        switch parser.read(line, path: path, kind: kind) {
        case .file(let name): try include(absolute(name, from: path), depth: depth + 1)
        case .directory(let name): try includeDirectory(absolute(name, from: path), depth: depth + 1)
        case nil: continue
        }
      }
    }

    /// A relative path starts at the folder of the file that includes it; `%h` is the host's name, which is
    /// known at run time only.
    private func absolute(_ name: String, from path: String) -> String {
      if name.hasPrefix("/") { return name }
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      return "/\(folder)/\(name)"
    }

    private mutating func include(_ path: String, depth: Int) throws(EvidenceGap) {
      wanted.insert(path)
      guard !path.contains("%h"), let entry = try evidence.entry(at: path) else {
        return parser.note(Origin(path: path, kind: .dropIn, text: "the included file is not there"))
      }
      if let objection = Self.objection(entry) {
        return parser.note(Origin(path: path, kind: .dropIn, text: "ignored: the file is \(objection)"))
      }
      try read(entry, path, depth: depth)
    }

    /// Names that end in `~` or hold a dot are left out; the rest comes in the order of their bytes.
    private mutating func includeDirectory(_ path: String, depth: Int) throws(EvidenceGap) {
      wanted.insert("\(path)/*")
      guard let directory = try evidence.entry(at: path), directory.type == .directory else { return }
      for child in directory.children {
        let name = child.name
        if name.hasSuffix("~") || name.contains(".") { continue }
        guard case .found(let file) = evidence.index.target(of: child), file.type == .regular else {
          continue
        }
        if let objection = Self.objection(file) {
          parser.note(Origin(path: child.path, kind: .dropIn, text: "ignored: the file is \(objection)"))
          continue
        }
        try read(file, child.path, depth: depth)
      }
    }

    /// What `sudo_check_secure` in secure_path.c objects to.
    private static func objection(_ entry: FileEntry) -> String? {
      if entry.type != .regular { return "not a regular file" }
      if entry.metadata.uid != 0 { return "not owned by root" }
      if entry.permissions & 0o002 != 0 { return "world-writable" }
      if entry.permissions & 0o020 != 0, entry.metadata.gid != 0 { return "writable by a group" }
      return nil
    }
  }
}

/// Settings without any Defaults line, as `sudo -V` of the distribution prints them.
struct SudoersCompiledDefaults: Sendable {
  private let usesPseudoTerminal: Bool
  private let timeout: String

  init(_ facts: GuestFacts) throws(EvidenceGap) {
    let package = try facts.model(InstalledPackages.self).installed("sudo")
    let numbers = (package?.version ?? "1.9.13").split { !$0.isNumber }.prefix(3).compactMap { Int($0) }
    usesPseudoTerminal = numbers.lexicographicallyPrecedes([1, 9, 14]) == false
    let release = try facts.model(OSRelease.self)
    let isDebian = ([release.id] + release.idLike).contains { $0 == "debian" || $0 == "ubuntu" }
    timeout = isDebian ? "15" : "5"
  }

  private static let on: Set<String> = [
    "authenticate", "root_sudo", "env_reset", "set_logname", "path_info", "pam_session", "pam_setcred",
    "pam_acct_mgmt", "syslog", "sudoedit_checkdir", "log_allowed", "log_denied", "tty_tickets",
  ]

  func value(_ name: String) -> Effective<[String]> {
    let value: String =
      switch name {
      case "use_pty": usesPseudoTerminal ? "on" : "off"
      case "timestamp_timeout": timeout
      case "passwd_tries": "3"
      case "umask": "0022"
      case "timestamp_type": "tty"
      case "runas_default": "root"
      default: Self.on.contains(name) ? "on" : "off"
      }
    return Effective([value], origin: .compiledDefault("sudoers(5)"))
  }
}

import DiskImages
import Evidence

/// Options of PAM modules as the modules see them: an argument beats the module's file, the file the compiled
/// default.
struct PamModuleOptions: Sendable {
  private enum File: Sendable {
    case settings([Setting])
    case gap(EvidenceGap)
  }

  struct Setting: Sendable, Hashable {
    var key: String
    var value: String
    var origin: Origin
  }

  private let faillock: File
  private let pwquality: File
  private let pwhistory: File
  private let loginDefinitions: File
  private let version: (major: Int, minor: Int, patch: Int)
  private let evidence: Evidence

  init(_ facts: GuestFacts) throws(EvidenceGap) {
    evidence = facts.evidence
    version = Self.version(try facts.model(InstalledPackages.self))
    faillock = Self.file(evidence, Self.paths("faillock"))
    pwhistory = Self.file(evidence, Self.paths("pwhistory"))
    loginDefinitions = Self.file(evidence, ["/etc/login.defs", "/usr/etc/login.defs"])
    do {
      pwquality = .settings(try Self.passwordQuality(evidence))
    } catch {
      pwquality = .gap(error)
    }
  }

  /// /etc first, then where a distribution that keeps /etc empty puts its own.
  private static func paths(_ name: String) -> [String] {
    ["/etc/security/\(name).conf", "/usr/etc/security/\(name).conf", "/usr/lib/security/\(name).conf"]
  }

  /// 1.5.2 where no package tells.
  private static func version(_ packages: InstalledPackages) -> (Int, Int, Int) {
    for name in ["libpam-modules", "pam", "linux-pam"] {
      guard let package = packages.installed(name) else { continue }
      let text = package.version.split(separator: ":").last ?? ""
      let numbers = text.split { !$0.isNumber }.prefix(3).compactMap { Int($0) }
      if numbers.count == 3 { return (numbers[0], numbers[1], numbers[2]) }
    }
    return (1, 5, 2)
  }

  private func isAtLeast(_ major: Int, _ minor: Int, _ patch: Int) -> Bool {
    version >= (major, minor, patch)
  }

  private static func file(_ evidence: Evidence, _ paths: [String]) -> File {
    do throws(EvidenceGap) {
      for path in paths {
        if let text = try evidence.text(at: path) { return .settings(settings(text)) }
      }
      return .settings([])
    } catch {
      return .gap(error)
    }
  }

  /// `key = value`, `key value` or a bare `key`; `#` starts a comment anywhere in a line.
  static func settings(_ file: TextFile) -> [Setting] {
    file.lines.compactMap { line in
      let text = line.text.prefix { $0 != "#" }.trimmingBlanks()
      guard !text.isEmpty else { return nil }
      let key = text.prefix { $0 != " " && $0 != "\t" && $0 != "=" }
      var rest = text.dropFirst(key.count).drop { $0 == " " || $0 == "\t" }
      if rest.first == "=" { rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" } }
      let kind: Origin.Kind =
        file.path.hasPrefix("/usr/") ? .vendor : file.path.contains(".conf.d/") ? .dropIn : .explicit
      return Setting(
        key: String(key), value: String(rest),
        origin: Origin(path: file.path, line: line.number, kind: kind, text: String(text)))
    }
  }
}

extension PamModuleOptions {
  /// The value for the arguments of a rule. Switches are `yes` or `no`.
  func value(_ name: String, _ rule: PamRule) throws(EvidenceGap) -> Effective<String>? {
    switch rule.module {
    case "pam_faillock.so": return try faillockOption(name, rule)
    case "pam_pwquality.so":
      return try layered(name, rule, pwquality, PamDefaults.pwquality, last: true)
    case "pam_pwhistory.so":
      // Debian 12's release reads no file; Red Hat brought it to its 1.5.1.
      let file = isAtLeast(1, 5, 3) || !exists("libpam-modules") ? pwhistory : .settings([])
      return try layered(name, rule, file, PamDefaults.pwhistory, last: false)
    case "pam_unix.so": return try unixOption(name, rule)
    default: return try layered(name, rule, .settings([]), PamDefaults.others[rule.module] ?? [:], last: true)
    }
  }

  private func exists(_ package: String) -> Bool {
    guard let entry = try? evidence.entry(at: "/var/lib/dpkg/status") else { return false }
    return entry.type == .regular
  }

  private func layered(
    _ name: String, _ rule: PamRule, _ file: File, _ defaults: [String: String], last: Bool
  ) throws(EvidenceGap) -> Effective<String>? {
    let isSwitch = defaults[name] == "no" || defaults[name] == "yes"
    var candidates: [Effective<String>.Candidate] = []
    if let value = rule.argument(name) {
      candidates.append(.init(value: isSwitch ? "yes" : value, origin: rule.origin))
    }
    var settings = try self.settings(file, rule)
    if last { settings.reverse() }
    for setting in settings where setting.key.lowercased() == name.lowercased() {
      if !isSwitch, defaults[name] != nil, Int(setting.value) == nil, setting.value != "never" { continue }
      candidates.append(.init(value: isSwitch ? "yes" : setting.value, origin: setting.origin))
    }
    if let value = defaults[name] {
      candidates.append(.init(value: value, origin: .compiledDefault("\(rule.module.dropLast(3))(8)")))
    }
    guard let first = candidates.first else { return nil }
    return Effective(
      bounded(name, first.value, rule), origin: first.origin,
      shadowed: candidates.dropFirst().filter { $0.origin.kind != .compiledDefault })
  }

  private func settings(_ file: File, _ rule: PamRule) throws(EvidenceGap) -> [Setting] {
    // `conf=` names another file, which has to exist.
    if rule.module != "pam_pwquality.so", let path = rule.argument("conf") {
      guard let text = try evidence.text(at: path) else {
        throw EvidenceGap(path: path, reason: "\(rule.module) is told to read it and it is not there")
      }
      return Self.settings(text)
    }
    switch file {
    case .settings(let settings): return settings
    case .gap(let gap): throw gap
    }
  }

  /// Limits that the modules put on values.
  private func bounded(_ name: String, _ value: String, _ rule: PamRule) -> String {
    guard let number = Int(value) else { return value }
    switch (rule.module, name) {
    case ("pam_pwquality.so", "minlen"): return String(max(number, 6))
    case ("pam_pwquality.so", "minclass"): return String(min(number, 4))
    case ("pam_pwhistory.so", "remember"), ("pam_unix.so", "remember"): return String(min(number, 400))
    default: return value
    }
  }

  private func faillockOption(_ name: String, _ rule: PamRule) throws(EvidenceGap) -> Effective<String>? {
    var value = try layered(name, rule, faillock, PamDefaults.faillock, last: true)
    if name == "root_unlock_time", value == nil {
      value = try layered("unlock_time", rule, faillock, PamDefaults.faillock, last: true)
    }
    if name == "unlock_time" || name == "root_unlock_time", value?.value == "never" { value?.value = "0" }
    return value
  }

  /// libpwquality reads `pwquality.conf.d/*.conf` by name and then pwquality.conf, so that the main file
  /// wins; the first line that makes no sense ends it all (`pwquality_read_config` in settings.c).
  private static func passwordQuality(_ evidence: Evidence) throws(EvidenceGap) -> [Setting] {
    var files = try evidence.entries(matching: "/etc/security/pwquality.conf.d/*.conf")
    if let main = try evidence.entry(at: "/etc/security/pwquality.conf") { files.append(main) }
    var result: [Setting] = []
    for file in files {
      for setting in settings(try evidence.text(of: file)) {
        guard isSound(setting) else { return result }
        result.append(setting)
      }
    }
    return result
  }

  private static func isSound(_ setting: Setting) -> Bool {
    let key = setting.key.lowercased()
    if ["badwords", "dictpath", "enforce_for_root", "local_users_only"].contains(key) { return true }
    return PamDefaults.pwquality[key] != nil && Int(setting.value) != nil
  }
}

extension PamModuleOptions {
  /// pam_unix takes the hash and its cost from login.defs where no argument says (`_set_ctrl` in support.c).
  private func unixOption(_ name: String, _ rule: PamRule) throws(EvidenceGap) -> Effective<String>? {
    switch name {
    case "hash": return try hash(rule)
    case "rounds":
      let hash = try hash(rule)
      if let text = rule.argument("rounds"), let rounds = Int(text) {
        return Effective(Self.bounded(rounds, hash.value), origin: rule.origin)
      }
      let key: String? =
        switch hash.value {
        case "sha256", "sha512": "SHA_CRYPT_MAX_ROUNDS"
        case "yescrypt" where isAtLeast(1, 5, 3): "YESCRYPT_COST_FACTOR"
        default: nil
        }
      if let key, let setting = try definition(key), let rounds = Int(setting.value) {
        return Effective(Self.bounded(rounds, hash.value), origin: setting.origin)
      }
      return Effective(hash.value.hasPrefix("sha") ? "5000" : "5", origin: .compiledDefault("pam_unix(8)"))
    default: return try layered(name, rule, .settings([]), PamDefaults.unix, last: true)
    }
  }

  private func hash(_ rule: PamRule) throws(EvidenceGap) -> Effective<String> {
    let hashes = ["md5", "bigcrypt", "sha256", "sha512", "blowfish", "des", "gost_yescrypt", "yescrypt"]
    var candidates: [Effective<String>.Candidate] = rule.arguments.reversed().filter(hashes.contains).map {
      .init(value: $0, origin: rule.origin)
    }
    if let setting = try definition("ENCRYPT_METHOD"),
      let hash = hashes.first(where: { setting.value.lowercased().hasPrefix($0) })
    {
      candidates.append(.init(value: hash, origin: setting.origin))
    }
    guard let first = candidates.first else {
      return Effective("des", origin: .compiledDefault("pam_unix(8)"))
    }
    return Effective(first.value, origin: first.origin, shadowed: Array(candidates.dropFirst()))
  }

  /// The first line of login.defs with the key counts (`pam_modutil_search_key`).
  private func definition(_ key: String) throws(EvidenceGap) -> Setting? {
    switch loginDefinitions {
    case .settings(let settings): return settings.first { $0.key.lowercased() == key.lowercased() }
    case .gap(let gap): throw gap
    }
  }

  private static func bounded(_ rounds: Int, _ hash: String) -> String {
    switch hash {
    case "yescrypt", "gost_yescrypt": String(min(max(rounds, 3), 11))
    case "blowfish": String(min(max(rounds, 4), 31))
    case "sha256", "sha512": rounds < 1000 ? "5000" : String(min(rounds, 9_999_999))
    default: String(rounds)
    }
  }
}

/// Compiled defaults of modules (their manual pages and sources, Linux-PAM 1.5 to 1.7, libpwquality 1.4).
enum PamDefaults {
  static let faillock = [
    "deny": "3", "fail_interval": "900", "unlock_time": "600", "even_deny_root": "no", "audit": "no",
    "silent": "no", "no_log_info": "no", "local_users_only": "no", "nodelay": "no",
  ]
  static let pwquality = [
    "difok": "1", "minlen": "8", "dcredit": "0", "ucredit": "0", "lcredit": "0", "ocredit": "0",
    "minclass": "0", "maxrepeat": "0", "maxclassrepeat": "0", "maxsequence": "0", "gecoscheck": "0",
    "dictcheck": "1", "usercheck": "1", "usersubstr": "0", "enforcing": "1", "retry": "1",
    "enforce_for_root": "no", "local_users_only": "no",
  ]
  static let pwhistory = ["remember": "10", "retry": "1", "enforce_for_root": "no", "use_authtok": "no"]
  static let unix = ["remember": "0", "minlen": "6", "nullok": "no", "use_authtok": "no", "obscure": "no"]
  static let others = [
    "pam_wheel.so": ["use_uid": "no", "root_only": "no", "deny": "no", "trust": "no"],
    "pam_faildelay.so": [:],
  ]
}

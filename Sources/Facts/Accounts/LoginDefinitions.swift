import Evidence

/// The settings of the shadow tools: login.defs(5), and useradd(8)'s own in /etc/default/useradd.
public struct LoginDefinitions: FactModel {
  public static let needs: [ContentNeed] = ["/etc/login.defs", "/usr/etc/login.defs", "/etc/default/useradd"]

  private struct Line: Sendable {
    var key: String
    var value: String
    var origin: Origin
  }

  private let lines: [Line]
  /// Lines as pam_modutil_search_key reads them, which differs: `=` separates too, comments may follow a value.
  private let moduleLines: [Line]
  private let useraddLines: [Line]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    var lines: [Line] = []
    var moduleLines: [Line] = []
    if let file = try evidence.text(atFirstOf: ["/etc/login.defs", "/usr/etc/login.defs"]) {
      let kind: Origin.Kind = file.path.hasPrefix("/usr") ? .vendor : .explicit
      for line in file.lines {
        let origin = Origin(path: file.path, line: line.number, kind: kind, text: line.text)
        if let (key, value) = Self.toolEntry(line.text) {
          lines.append(Line(key: key, value: value, origin: origin))
        }
        if let (key, value) = Self.moduleEntry(line.text) {
          moduleLines.append(Line(key: key.lowercased(), value: value, origin: origin))
        }
      }
    }
    var useraddLines: [Line] = []
    if let file = try evidence.text(at: "/etc/default/useradd") {
      for line in file.lines {
        // useradd compares the beginning of the line with `KEY=` (get_defaults in src/useradd.c).
        guard let equals = line.text.firstIndex(of: "=") else { continue }
        let origin = Origin(path: file.path, line: line.number, kind: .explicit, text: line.text)
        useraddLines.append(
          Line(
            key: String(line.text[..<equals]), value: String(line.text[line.text.index(after: equals)...]),
            origin: origin))
      }
    }
    self.lines = lines
    self.moduleLines = moduleLines
    self.useraddLines = useraddLines
  }

  /// Keys that login.defs sets or the tools have a default for.
  public var keys: [String] { Set(lines.map(\.key) + Self.defaults.keys).sorted() }

  /// The value of a key as the shadow tools read it: names in their case, the last line counts (lib/getdef.c).
  ///
  /// The compiled default where no line sets the key; nil where the tools have none.
  public func value(_ key: String) -> Effective<String>? {
    effective(lines.filter { $0.key == key }.reversed(), default: Self.defaults[key], "login.defs(5)")
  }

  /// The value of a key as PAM modules read it: names in any case, the first line counts
  /// (pam_modutil_search_key); nil if no line sets the key.
  public func moduleValue(_ key: String) -> Effective<String>? {
    effective(moduleLines.filter { $0.key == key.lowercased() }, default: nil, "")
  }

  /// The value of a key of /etc/default/useradd.
  public func useraddValue(_ key: String) -> Effective<String>? {
    effective(
      useraddLines.filter { $0.key == key }.reversed(), default: Self.useraddDefaults[key], "useradd(8)")
  }

  /// A number as the tools read it: octal after `0`, hexadecimal after `0x`; the default where it is malformed.
  public func number(_ key: String, default fallback: Int) -> Int {
    value(key).flatMap { Self.number($0.value) } ?? Self.defaults[key].flatMap { Self.number($0) } ?? fallback
  }

  /// Reads a number as strtol(3) with base 0 does where nothing may follow it.
  public static func number(_ text: String) -> Int? {
    let digits = text.drop { $0 == "-" || $0 == "+" }
    guard text.count - digits.count <= 1 else { return nil }
    let magnitude: Int?
    if digits.lowercased().hasPrefix("0x") {
      magnitude = Int(digits.dropFirst(2), radix: 16)
    } else if digits.hasPrefix("0") {
      magnitude = Int(digits, radix: 8)
    } else {
      magnitude = digits.first?.isNumber == true ? Int(digits) : nil
    }
    return magnitude.map { text.hasPrefix("-") ? -$0 : $0 }
  }

  private func effective(
    _ lines: some Collection<Line>, default fallback: String?, _ source: String
  ) -> Effective<String>? {
    guard let first = lines.first else {
      return fallback.map { Effective($0, origin: .compiledDefault(source)) }
    }
    return Effective(
      first.value, origin: first.origin,
      shadowed: lines.dropFirst().map { .init(value: $0.value, origin: $0.origin) })
  }

  /// Name and value apart by blanks, the value perhaps in double quotes; a comment has a line of its own.
  private static func toolEntry(_ line: String) -> (String, String)? {
    let text = line.trimmingBlanks()
    guard let first = text.first, first != "#",
      let blank = text.firstIndex(where: { $0 == " " || $0 == "\t" })
    else { return nil }
    let value = text[blank...].drop { $0 == " " || $0 == "\t" || $0 == "\"" }.prefix { $0 != "\"" }
    return (String(text[..<blank]), String(value))
  }

  private static func moduleEntry(_ line: String) -> (String, String)? {
    let text = line.prefix { $0 != "#" }.trimmingBlanks()
    guard !text.isEmpty else { return nil }
    let key = text.prefix { $0 != " " && $0 != "\t" && $0 != "=" }
    let value = text[key.endIndex...].drop { $0 == " " || $0 == "\t" || $0 == "=" }
    return (String(key), String(value))
  }

  /// Defaults that login.defs(5) states or that the tools fall back to.
  private static let defaults: [String: String] = [
    "PASS_MAX_DAYS": "-1", "PASS_MIN_DAYS": "-1", "PASS_WARN_AGE": "-1", "UMASK": "022", "UID_MIN": "1000",
    "UID_MAX": "60000", "GID_MIN": "1000", "GID_MAX": "60000", "SYS_UID_MIN": "101", "SYS_GID_MIN": "101",
    "ENCRYPT_METHOD": "DES", "SHA_CRYPT_MIN_ROUNDS": "5000", "SHA_CRYPT_MAX_ROUNDS": "5000",
    "YESCRYPT_COST_FACTOR": "5", "USERGROUPS_ENAB": "no", "CREATE_HOME": "no", "LOGIN_RETRIES": "5",
    "LOGIN_TIMEOUT": "60", "DEFAULT_HOME": "yes", "MD5_CRYPT_ENAB": "no", "LOG_OK_LOGINS": "no",
    "LOG_UNKFAIL_ENAB": "no", "FAILLOG_ENAB": "no", "SYSLOG_SU_ENAB": "no",
    "SYSLOG_SG_ENAB": "no", "MAX_MEMBERS_PER_GROUP": "0", "ENV_PATH": "PATH=/bin:/usr/bin",
    "ENV_SUPATH": "PATH=/sbin:/bin:/usr/sbin:/usr/bin", "SU_WHEEL_ONLY": "no", "FORCE_SHADOW": "no",
  ]

  private static let useraddDefaults: [String: String] = [
    "INACTIVE": "-1", "EXPIRE": "", "HOME": "/home", "SKEL": "/etc/skel", "CREATE_MAIL_SPOOL": "no",
  ]
}

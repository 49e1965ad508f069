import Evidence

/// Variables that pam_env(8) puts into every session: /etc/environment and /etc/security/pam_env.conf.
struct EnvironmentFiles: FactModel {
  static let needs: [ContentNeed] = [
    "/etc/environment", "/etc/security/pam_env.conf", "/usr/etc/environment",
    "/usr/etc/security/pam_env.conf",
  ]

  /// Names with the value that the module sets, and its place.
  private(set) var variables: [String: Effective<String>] = [:]

  init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    if let file = try evidence.text(atFirstOf: [
      "/etc/security/pam_env.conf", "/usr/etc/security/pam_env.conf",
    ]) {
      for line in file.lines { takeRule(line, file.path) }
    }
    if let file = try evidence.text(atFirstOf: ["/etc/environment", "/usr/etc/environment"]) {
      for line in file.lines { takeAssignment(line, file.path) }
    }
  }

  private mutating func set(_ name: String, _ value: String, _ line: TextFile.Line, _ path: String) {
    variables[name] = Effective(
      value, origin: Origin(path: path, line: line.number, kind: .explicit, text: line.text),
      shadowed: variables[name].map { [.init(value: $0.value, origin: $0.origin)] } ?? [])
  }

  /// `NAME=value` with quotes taken off the ends, comments cut, `export ` passed over (_parse_env_file in pam_env.c).
  private mutating func takeAssignment(_ line: TextFile.Line, _ path: String) {
    var text = line.text.prefix { $0 != "#" }.trimmingBlanks()
    if text.hasPrefix("export ") { text = text.dropFirst(7) }
    guard let equals = text.firstIndex(of: "="), isShellName(text[..<equals]) else { return }
    var value = text[text.index(after: equals)...]
    if let quote = value.first, quote == "\"" || quote == "'" {
      value = value.dropFirst()
      if let last = value.last, last == "\"" || last == "'" { value = value.dropLast() }
    }
    set(String(text[..<equals]), String(value), line, path)
  }

  /// `NAME DEFAULT=value OVERRIDE=value`; a value with `${…}` or `@{…}` is not computed.
  private mutating func takeRule(_ line: TextFile.Line, _ path: String) {
    let text = line.text.prefix { $0 != "#" }
    let fields = text.split(whereSeparator: \.isWhitespace)
    guard let name = fields.first, isShellName(name) else { return }
    for key in ["OVERRIDE=", "DEFAULT="] {
      guard let field = fields.first(where: { $0.hasPrefix(key) }) else { continue }
      let value = field.dropFirst(key.count).filter { $0 != "\"" }
      if value.isEmpty { continue }
      let isComputed = value.contains("${") || value.contains("@{")
      set(String(name), isComputed ? String(ShellText.unknown) : value, line, path)
      return
    }
  }
}

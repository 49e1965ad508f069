import DiskImages
import Evidence

/// openssl.cnf: sections of `name = value`, with `.include` in place and lines that a backslash continues
/// (config(5)).
struct OpenSSLConfiguration: Sendable {
  /// Where distributions have it: OPENSSLDIR of the build.
  static let paths = ["/etc/ssl/openssl.cnf", "/etc/pki/tls/openssl.cnf"]
  static let needs: [ContentNeed] =
    (paths + [
      "/usr/lib/ssl/openssl.cnf", "/etc/crypto-policies/back-ends/*", "/etc/ssl/openssl.cnf.d/*",
      "/etc/pki/tls/openssl.d/*", "/usr/share/crypto-policies/*/opensslcnf.txt",
    ]).map { ContentNeed($0) }

  /// The last value of each name, by section; names before the first section under `default`.
  private(set) var sections: [String: [String: Effective<String>]] = [:]
  /// Files and folders that are included.
  private(set) var includes: [String] = []
  private var budget = ReadBudget(files: 200)
  /// Bytes that variables may still add.
  private var expansion = 1 << 20

  init(_ evidence: Evidence, path: String) throws(EvidenceGap) {
    self.init()
    var section = Self.unnamed
    try read(path, evidence, depth: 0, &section)
  }

  private init() {}

  /// What a file names by `.include`, also where what it names is not in the evidence yet.
  static func includes(_ evidence: Evidence, path: String) -> [String] {
    var configuration = OpenSSLConfiguration()
    var section = unnamed
    try? configuration.read(path, evidence, depth: 0, &section)
    return configuration.includes
  }

  /// The section of names before the first header, which `[default]` continues.
  private static let unnamed = "default"

  private mutating func read(
    _ path: String, _ evidence: Evidence, depth: Int, _ section: inout String
  ) throws(EvidenceGap) {
    guard depth < 8 else { throw EvidenceGap(path: path, reason: "files include each other too deeply") }
    guard let entry = try evidence.entry(at: path) else { return }
    if entry.type == .directory {
      for pattern in ["*.cnf", "*.conf"] {
        for file in try evidence.entries(matching: GlobPattern("\(entry.path)/\(pattern)")) {
          try read(file.path, evidence, depth: depth + 1, &section)
        }
      }
      return
    }
    let file = try evidence.text(of: entry)
    guard budget.spend(file) else { throw EvidenceGap(path: path, reason: "too much is included") }
    for line in Self.joined(file) {
      try take(
        line.text, Origin(path: path, line: line.number, kind: .explicit, text: line.text), evidence, depth,
        &section)
    }
  }

  private mutating func take(
    _ text: String, _ origin: Origin, _ evidence: Evidence, _ depth: Int, _ section: inout String
  ) throws(EvidenceGap) {
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      section = String(text[text.index(after: text.startIndex)..<end].trimmingBlanks())
      return
    }
    if text.hasPrefix(".include") {
      let target = text.dropFirst(8).drop { $0 == " " || $0 == "\t" || $0 == "=" }.trimmingBlanks()
      includes.append(String(target))
      try read(String(target), evidence, depth: depth + 1, &section)
      return
    }
    guard !text.hasPrefix("."), let equals = text.firstIndex(of: "=") else { return }
    var name = String(text[..<equals].trimmingBlanks())
    var place = section
    if let colons = name.range(of: "::") {
      place = String(name[..<colons.lowerBound])
      name = String(name[colons.upperBound...])
    }
    let text = text[text.index(after: equals)...].trimmingBlanks().filter { $0 != "\"" && $0 != "'" }
    let value = expanded(text, place)
    let old = sections[place]?[name]
    let shadowed =
      old.map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] + $0.shadowed } ?? []
    sections[place, default: [:]][name] = Effective(
      value, origin: origin, shadowed: Array(shadowed.prefix(8)))
  }

  /// `$name`, `${name}`, `$(name)` and the same with `section::` before it: a value that stands above, of the same
  /// section or else of the first (config(5)). What is not known stays as it is.
  private mutating func expanded(_ text: String, _ section: String) -> String {
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$"), expansion > 0 {
      result += rest[..<dollar]
      let name = rest[rest.index(after: dollar)...]
      let closing: Character? = name.first == "{" ? "}" : name.first == "(" ? ")" : nil
      let end =
        closing.map { name.firstIndex(of: $0) }
        ?? name.firstIndex { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") } ?? name.endIndex
      guard let end else { return result + rest[dollar...] }
      let key = name[..<end].drop { $0 == "{" || $0 == "(" }
      let value = variable(String(key), section) ?? String(rest[dollar..<end])
      expansion -= value.utf8.count
      result += value
      rest = closing == nil ? name[end...] : name[name.index(after: end)...]
    }
    return result + rest
  }

  private func variable(_ key: String, _ section: String) -> String? {
    guard let colons = key.range(of: "::") else {
      return (sections[section]?[key] ?? sections[Self.unnamed]?[key])?.value
    }
    return sections[String(key[..<colons.lowerBound])]?[String(key[colons.upperBound...])]?.value
  }

  /// Lines without comments, continued ones as one.
  private static func joined(_ file: TextFile) -> [(number: Int, text: String)] {
    var lines: [(number: Int, text: String)] = []
    var isOpen = false
    for line in file.lines {
      var text = String(line.text.prefix { $0 != "#" }.trimmingBlanks())
      let continues = text.last == "\\"
      if continues { text.removeLast() }
      if isOpen, let last = lines.indices.last, lines[last].text.utf8.count < 1 << 16 {
        lines[last].text += text
      } else {
        lines.append((line.number, text))
      }
      isOpen = continues
    }
    return lines.filter { !$0.text.isEmpty }
  }

  /// The commands for every context, by name in small letters: openssl_conf, ssl_conf and system_default are
  /// followed (ssl/ssl_mcnf.c). What stands before a dot of a command's name is passed over.
  var systemDefault: [String: Effective<String>] {
    guard let start = sections[Self.unnamed]?["openssl_conf"]?.value,
      let modules = sections[start]?["ssl_conf"]?.value,
      let name = sections[modules]?["system_default"]?.value, let commands = sections[name]
    else { return [:] }
    var found: [String: Effective<String>] = [:]
    // Versions of DTLS are not versions of TLS.
    let order = commands.filter { !$0.value.value.hasPrefix("DTLS") && !$0.key.hasPrefix("DTLS.") }
      .sorted { ($0.value.origin.line ?? 0) < ($1.value.origin.line ?? 0) }
    for (key, value) in order {
      let name = key.firstIndex(of: ".").map { key[key.index(after: $0)...] } ?? key[...]
      found[name.lowercased()] = value
    }
    return found
  }
}

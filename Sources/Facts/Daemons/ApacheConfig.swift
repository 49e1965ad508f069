import DiskImages
import Evidence

/// Directives of Apache's configuration, those of virtual hosts apart, with includes and conditions as httpd has
/// them (core: Include, Define, IfModule, IfDefine, IfVersion, VirtualHost; mod_macro: Macro, Use).
struct ApacheConfig {
  struct Directive {
    var name: String
    var words: [String]
    var origin: Origin
  }

  struct Host {
    var addresses: [String]
    /// By name.
    var directives: [String: [Directive]] = [:]
    var origin: Origin
  }

  static let units = ["apache2.service", "httpd.service"]
  /// Packages by which the release is known.
  static let packages = ["apache2-bin", "apache2", "httpd-core", "httpd"]
  static let needs: [ContentNeed] = ["/etc/apache2/**", "/etc/httpd/**"] + InstalledPackages.needs
  static let mains: [(path: String, root: String)] = [
    ("/etc/apache2/apache2.conf", "/etc/apache2"), ("/etc/httpd/conf/httpd.conf", "/etc/httpd"),
    ("/etc/apache2/httpd.conf", "/etc/apache2"),
  ]

  private let evidence: Evidence
  /// ServerRoot, where names without a folder are looked for.
  let root: String
  /// Directives outside of hosts, by name.
  private(set) var main: [String: [Directive]] = [:]
  private var count = 0
  private(set) var hosts: [Host] = []
  /// Those of LoadModule, and those that are in the program itself (`apache2 -l`).
  private(set) var modules: Set<String> = [
    "core.c", "core_module", "http_core.c", "http_module", "log_config_module", "logio_module", "so_module",
    "unixd_module", "version_module", "watchdog_module",
  ]
  /// For each open section whether its content counts for what is read here.
  private var sections: [Bool] = []
  private var closed = 0
  private var host: Host?
  private var defined: [String: String] = [:]
  private var macros: [String: Macro] = [:]
  /// The macro whose lines are being read.
  private var macro: Macro?
  private let release: [Int]
  private var files = 0
  private(set) var patterns: [String] = []

  private struct Macro {
    var name: String
    var parameters: [String]
    var lines: [ConfigurationLine] = []
  }

  /// Nil without a main file.
  ///
  /// - Parameter release: httpd's, by which IfVersion is judged; 2.4 where it is not known.
  init?(_ evidence: Evidence, release: [Int]? = nil) throws(EvidenceGap) {
    for (path, root) in Self.mains where try evidence.entry(at: path) != nil {
      self.init(evidence, root: root, release: release ?? [2, 4])
      try read(path, depth: 0)
      return
    }
    return nil
  }

  /// The addresses of Listen, port 80 where none is named, in their order.
  var listens: [(address: SocketAddress, origin: Origin)] {
    (main["listen"] ?? []).compactMap { listen in
      guard let word = listen.words.first else { return nil }
      var address = SocketAddress(word)
      address.port = address.port ?? 80
      return (address, listen.origin)
    }
  }

  private init(_ evidence: Evidence, root: String, release: [Int]) {
    self.evidence = evidence
    self.root = root
    self.release = release
  }

  private mutating func read(_ pattern: String, depth: Int) throws(EvidenceGap) {
    let clean = pattern.filter { $0 != "\"" }
    let path = clean.hasPrefix("/") ? clean : "\(root)/\(clean)"
    patterns.append(path)
    for entry in try evidence.entries(matching: GlobPattern(path)) {
      guard case .found(let file) = evidence.index.target(of: entry) else { continue }
      files += 1
      guard depth < 16, files < 4096 else {
        throw EvidenceGap(path: path, reason: "too many files are included")
      }
      if file.type == .directory {
        try read(entry.path + "/*", depth: depth + 1)
      } else if file.type == .regular {
        for line in Self.lines(try evidence.text(of: entry)) { try take(line, depth) }
      }
    }
  }

  /// Lines that a backslash continues count as one.
  private static func lines(_ file: TextFile) -> [ConfigurationLine] {
    var joined: [(number: Int, text: String)] = []
    var isOpen = false
    for line in file.lines {
      let continues = line.text.last == "\\"
      let text = continues ? String(line.text.dropLast()) : line.text
      if isOpen, let last = joined.indices.last, joined[last].text.utf8.count < 1 << 16 {
        joined[last].text += " " + text
      } else {
        joined.append((line.number, text))
      }
      isOpen = continues
    }
    return joined.compactMap { number, line in
      let text = String(line.trimmingBlanks())
      guard let first = text.first, first != "#" else { return nil }
      return ConfigurationLine(
        text: text, words: text.split { $0 == " " || $0 == "\t" }.map(String.init),
        origin: Origin(path: file.path, line: number, kind: .explicit, text: String(text.prefix(200))))
    }
  }

  private mutating func take(_ line: ConfigurationLine, _ depth: Int) throws(EvidenceGap) {
    let name = line.words[0].lowercased()
    if record(name, line) { return }
    let isComparison = name == "<ifversion"
    let words = line.words.dropFirst().map { word in
      filled(isComparison ? String(word) : word.filter { $0 != "\"" && $0 != ">" })
    }
    if name.hasPrefix("</") {
      if name.hasPrefix("</virtualhost"), closed == 0, let done = host {
        hosts.append(done)
        host = nil
      }
      if sections.popLast() == false { closed -= 1 }
      return
    }
    if name.hasPrefix("<") {
      let counts = isComparison ? holds(words) : counts(name, words.first ?? "")
      if name == "<virtualhost", closed == 0 { host = Host(addresses: words, origin: line.origin) }
      sections.append(counts)
      if !counts { closed += 1 }
      return
    }
    guard closed == 0 else { return }
    switch name {
    case "define": if let name = words.first { defined[name] = words.count > 1 ? words[1] : "" }
    case "undefine": if let name = words.first { defined[name] = nil }
    case "use": try use(words, depth)
    case "loadmodule": if let module = words.first { modules.insert(module) }
    case "include", "includeoptional": if let path = words.first { try read(path, depth: depth + 1) }
    default:
      count += 1
      guard count < 500_000 else { throw EvidenceGap(path: root, reason: "too many directives") }
      let directive = Directive(name: name, words: words, origin: line.origin)
      if host != nil {
        host?.directives[name, default: []].append(directive)
      } else {
        main[name, default: []].append(directive)
      }
    }
  }

  /// Keeps the lines of a macro; whether the line was one.
  private mutating func record(_ name: String, _ line: ConfigurationLine) -> Bool {
    if macro != nil {
      if name == "</macro>" {
        if let macro { macros[macro.name] = macro }
        macro = nil
      } else if (macro?.lines.count ?? 0) < 10_000 {
        macro?.lines.append(line)
      }
      return true
    }
    guard name == "<macro", closed == 0, line.words.count > 1, macros.count < 1000 else { return false }
    let words = line.words.dropFirst().map { $0.filter { $0 != ">" } }
    macro = Macro(name: words[0].lowercased(), parameters: Array(words.dropFirst()))
    return true
  }

  /// The macro's lines with the arguments in the place of its parameters.
  private mutating func use(_ words: [String], _ depth: Int) throws(EvidenceGap) {
    guard let name = words.first?.lowercased(), let macro = macros[name] else { return }
    guard depth < 16 else { throw EvidenceGap(path: root, reason: "macros use each other too deeply") }
    for line in macro.lines {
      var text = line.text
      for (parameter, argument) in zip(macro.parameters, words.dropFirst()).prefix(10)
      where !parameter.isEmpty {
        text = String(text.replacing(parameter, with: argument).prefix(1 << 16))
      }
      let parts = text.split { $0 == " " || $0 == "\t" }.map(String.init)
      if parts.isEmpty { continue }
      count += 1 + text.utf8.count / 16
      guard count < 500_000 else { throw EvidenceGap(path: root, reason: "too many directives") }
      try take(ConfigurationLine(text: text, words: parts, origin: line.origin), depth + 1)
    }
  }

  /// `${NAME}` of Define; what is not defined stays (server/core.c, ap_resolve_env).
  private func filled(_ word: String) -> String {
    guard word.contains("${"), !defined.isEmpty else { return word }
    var result = ""
    var rest = word[...]
    while let start = rest.range(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
      let name = String(rest[start.upperBound..<end])
      result += rest[..<start.lowerBound] + (defined[name] ?? "${\(name)}")
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  /// `<IfVersion >= 2.4>`; without a sign the versions are equal (mod_version).
  private func holds(_ words: [String]) -> Bool {
    var text = words.joined(separator: " ")
    if text.last == ">" { text.removeLast() }
    let sign = String(text.prefix { "!<>=~ ".contains($0) }.filter { $0 != " " })
    let wanted = text.drop { "!<>=~ ".contains($0) }.prefix { $0.isNumber || $0 == "." }
      .split(separator: ".").prefix(3).map { Int($0) ?? 0 }
    let have = Array(release.prefix(3)) + Array(repeating: 0, count: max(0, 3 - release.count))
    let want = wanted + Array(repeating: 0, count: max(0, 3 - wanted.count))
    let isNegated = sign.hasPrefix("!")
    let holds: Bool
    switch sign.drop(while: { $0 == "!" }) {
    case ">": holds = want.lexicographicallyPrecedes(have)
    case ">=": holds = !have.lexicographicallyPrecedes(want)
    case "<": holds = have.lexicographicallyPrecedes(want)
    case "<=": holds = !want.lexicographicallyPrecedes(have)
    case "", "=", "==": holds = have == want
    default: return true
    }
    return holds != isNegated
  }

  /// What is within Directory, Location and their like says nothing of connections.
  private func counts(_ section: String, _ argument: String) -> Bool {
    let isNegated = argument.hasPrefix("!")
    let name = isNegated ? String(argument.dropFirst()) : argument
    switch section {
    case "<ifmodule":
      let module =
        name.hasPrefix("mod_") && name.hasSuffix(".c") ? name.dropFirst(4).dropLast(2) + "_module" : name[...]
      return modules.contains(String(module)) != isNegated
    case "<ifdefine": return (defined[name] != nil) != isNegated
    case "<virtualhost": return true
    default: return false
    }
  }
}

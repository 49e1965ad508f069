import DiskImages
import Evidence

/// Directives of Apache's configuration, those of virtual hosts apart, with includes and conditions as httpd has
/// them (core: Include, IfModule, IfDefine, VirtualHost).
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

  private static let mains = [
    ("/etc/apache2/apache2.conf", "/etc/apache2"), ("/etc/httpd/conf/httpd.conf", "/etc/httpd"),
    ("/etc/apache2/httpd.conf", "/etc/apache2"),
  ]

  private let evidence: Evidence
  private let root: String
  /// Directives outside of hosts, by name.
  private(set) var main: [String: [Directive]] = [:]
  private var count = 0
  private(set) var hosts: [Host] = []
  private(set) var modules: Set<String> = []
  /// For each open section whether its content counts for what is read here.
  private var sections: [Bool] = []
  private var closed = 0
  private var host: Host?
  private var files = 0
  private(set) var patterns: [String] = []

  /// Nil without a main file.
  init?(_ evidence: Evidence) throws(EvidenceGap) {
    for (path, root) in Self.mains where try evidence.entry(at: path) != nil {
      self.init(evidence, root: root)
      try read(path, depth: 0)
      return
    }
    return nil
  }

  private init(_ evidence: Evidence, root: String) {
    self.evidence = evidence
    self.root = root
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
    let words = line.words.dropFirst().map { $0.filter { $0 != "\"" && $0 != ">" } }
    if name.hasPrefix("</") {
      if name.hasPrefix("</virtualhost"), closed == 0, let done = host {
        hosts.append(done)
        host = nil
      }
      if sections.popLast() == false { closed -= 1 }
      return
    }
    if name.hasPrefix("<") {
      let counts = counts(name, words.first ?? "")
      if name == "<virtualhost", closed == 0 { host = Host(addresses: words, origin: line.origin) }
      sections.append(counts)
      if !counts { closed += 1 }
      return
    }
    guard closed == 0 else { return }
    switch name {
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

  /// What is within Directory, Location and their like says nothing of connections.
  private func counts(_ section: String, _ argument: String) -> Bool {
    let isNegated = argument.hasPrefix("!")
    let name = isNegated ? String(argument.dropFirst()) : argument
    switch section {
    case "<ifmodule":
      let module =
        name.hasPrefix("mod_") && name.hasSuffix(".c") ? name.dropFirst(4).dropLast(2) + "_module" : name[...]
      return modules.contains(String(module)) != isNegated
    case "<ifdefine": return isNegated
    case "<virtualhost", "<ifversion": return true
    default: return false
    }
  }
}

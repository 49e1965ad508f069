import DiskImages
import Evidence

/// Directives of proftpd.conf for the server, for all servers and for each virtual host; the first of a name counts
/// (ProFTPD, "Configuration: Contexts").
struct ProFTPDConfig {
  static let units = ["proftpd.service"]
  static let needs: [ContentNeed] = ["/etc/proftpd/**", "/etc/proftpd.conf"]
  static let paths = ["/etc/proftpd/proftpd.conf", "/etc/proftpd.conf"]
  /// Directives that are kept, beside those of mod_tls.
  private static let kept: Set<String> = ["port", "defaultaddress", "servertype", "socketbindtight"]

  private let evidence: Evidence
  private(set) var main: [String: Effective<String>] = [:]
  private(set) var global: [String: Effective<String>] = [:]
  /// By address.
  private(set) var hosts: [String: [String: Effective<String>]] = [:]
  private var modules: Set<String> = []
  private var sections: [(name: String, argument: String, counts: Bool)] = []
  private var budget = ReadBudget(files: 500)

  /// Nil without a main file.
  init?(_ evidence: Evidence) throws(EvidenceGap) {
    self.evidence = evidence
    for path in Self.paths where try evidence.entry(at: path) != nil {
      try read(path, depth: 0)
      return
    }
    return nil
  }

  private mutating func read(_ pattern: String, depth: Int) throws(EvidenceGap) {
    guard depth < 8 else { throw EvidenceGap(path: pattern, reason: "files include each other too deeply") }
    for entry in try evidence.entries(matching: GlobPattern(pattern)) {
      guard case .found(let file) = evidence.index.target(of: entry) else { continue }
      if file.type == .directory {
        try read(entry.path + "/*", depth: depth + 1)
        continue
      }
      let text = try evidence.text(of: entry)
      guard budget.spend(text) else { throw EvidenceGap(path: pattern, reason: "too much is included") }
      for line in ConfigurationLine.read(text) { try take(line, depth) }
    }
  }

  private mutating func take(_ line: ConfigurationLine, _ depth: Int) throws(EvidenceGap) {
    let name = line.words[0].lowercased()
    let words = line.words.dropFirst().map { $0.filter { $0 != ">" && $0 != "\"" } }
    if name.hasPrefix("</") {
      _ = sections.popLast()
      return
    }
    if name.hasPrefix("<") {
      let section = name.filter { $0 != "<" && $0 != ">" }
      let argument = words.first ?? ""
      guard sections.count < 100 else {
        throw EvidenceGap(path: line.origin.path ?? "", reason: "sections too deep")
      }
      sections.append((section, argument, counts(section, argument)))
      if section == "virtualhost", sections.allSatisfy(\.counts) {
        hosts[argument, default: [:]] = hosts[argument] ?? [:]
      }
      return
    }
    guard sections.allSatisfy(\.counts) else { return }
    if name == "loadmodule", let module = words.first { modules.insert(module) }
    if name == "include", let path = words.first { try read(path, depth: depth + 1) }
    guard name.hasPrefix("tls") || Self.kept.contains(name) else { return }
    let value = Effective(words.joined(separator: " "), origin: line.origin)
    // An option adds to those before it.
    func keep(_ old: Effective<String>?) -> Effective<String> {
      guard let old, name == "tlsoptions" else { return old ?? value }
      return Effective(String("\(old.value) \(value.value)".prefix(1 << 16)), origin: value.origin)
    }
    if let host = sections.last(where: { $0.name == "virtualhost" }) {
      hosts[host.argument, default: [:]][name] = keep(hosts[host.argument]?[name])
    } else if sections.contains(where: { $0.name == "global" }) {
      global[name] = keep(global[name])
    } else {
      main[name] = keep(main[name])
    }
  }

  /// mod_tls is a module of its own in Debian, loaded by modules.conf.
  private func counts(_ section: String, _ argument: String) -> Bool {
    let isNegated = argument.hasPrefix("!")
    let module = isNegated ? String(argument.dropFirst()) : argument
    switch section {
    case "ifmodule":
      return (modules.contains(module) || (modules.isEmpty && module == "mod_tls.c")) != isNegated
    case "ifdefine": return isNegated
    case "virtualhost", "global": return true
    default: return false
    }
  }
}

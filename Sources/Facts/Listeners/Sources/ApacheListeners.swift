import DiskImages
import Evidence

/// Apache: every Listen that is not in a section for a module that is not loaded (mpm_common, core).
enum ApacheListeners: ListenerSource {
  static let daemon = "apache2"
  static let units = ["apache2.service", "httpd.service"]
  private static let mains = [
    ("/etc/apache2/apache2.conf", "/etc/apache2"), ("/etc/httpd/conf/httpd.conf", "/etc/httpd"),
    ("/etc/apache2/httpd.conf", "/etc/apache2"),
  ]
  static let needs: [ContentNeed] = ["/etc/apache2/**", "/etc/httpd/**"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    for (path, root) in mains where try context.evidence.entry(at: path) != nil {
      var reader = Reader(context: context, root: root)
      try reader.read(path, depth: 0)
      return reader.sockets
    }
    return []
  }

  private struct Reader {
    let context: ListenerContext
    let root: String
    var sockets: [ListenerContext.Socket] = []
    private var modules: Set<String> = []
    /// For each open section whether its content counts, and how many of them do not.
    private var sections: [Bool] = []
    private var closedSections = 0
    private var files = 0

    init(context: ListenerContext, root: String) {
      self.context = context
      self.root = root
    }

    mutating func read(_ pattern: String, depth: Int) throws(EvidenceGap) {
      let clean = pattern.filter { $0 != "\"" }
      let path = clean.hasPrefix("/") ? clean : "\(root)/\(clean)"
      for entry in try context.evidence.entries(matching: GlobPattern(path)) {
        guard case .found(let file) = context.evidence.index.target(of: entry) else { continue }
        files += 1
        guard depth < 16, files < 4096 else {
          throw EvidenceGap(path: path, reason: "too many files are included")
        }
        if file.type == .directory {
          try read(entry.path + "/*", depth: depth + 1)
        } else if file.type == .regular {
          for line in ConfigurationLine.read(try context.evidence.text(of: entry)) { try take(line, depth) }
        }
      }
    }

    private mutating func take(_ line: ConfigurationLine, _ depth: Int) throws(EvidenceGap) {
      let words = line.words
      let name = words[0].lowercased()
      if name.hasPrefix("</") {
        if sections.popLast() == false { closedSections -= 1 }
        return
      }
      let argument = words.count > 1 ? words[1].filter { $0 != ">" && $0 != "\"" } : ""
      if name.hasPrefix("<") {
        sections.append(counts(name, argument))
        if sections.last == false { closedSections += 1 }
        return
      }
      guard closedSections == 0, !argument.isEmpty else { return }
      switch name {
      case "loadmodule": modules.insert(argument)
      case "include", "includeoptional": try read(argument, depth: depth + 1)
      case "listen":
        let address = SocketAddress(argument)
        sockets.append(
          .init(transport: "tcp", address: address.address, port: address.port ?? 80, origin: line.origin))
      default: return
      }
    }

    /// `<IfModule ssl_module>`, `<IfModule mod_ssl.c>`, `<IfModule !…>`; definitions are never given.
    private func counts(_ section: String, _ argument: String) -> Bool {
      let isNegated = argument.hasPrefix("!")
      let name = isNegated ? String(argument.dropFirst()) : argument
      switch section {
      case "<ifmodule":
        let file =
          name.hasPrefix("mod_") && name.hasSuffix(".c")
          ? name.dropFirst(4).dropLast(2) + "_module" : name[...]
        return modules.contains(String(file)) != isNegated
      case "<ifdefine": return isNegated
      default: return true
      }
    }
  }
}

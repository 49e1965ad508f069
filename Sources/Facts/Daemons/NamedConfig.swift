import DiskImages
import Evidence

/// named.conf with what it includes, and where named listens (BIND 9 Administrator Reference Manual, "listen-on").
struct NamedConfig {
  static let units = ["named.service", "bind9.service"]
  static let needs: [ContentNeed] = ["/etc/bind/*", "/etc/named.conf", "/etc/named/*"]
  static let paths = ["/etc/bind/named.conf", "/etc/named.conf"]

  /// One `listen-on` or `listen-on-v6`.
  struct Listen {
    enum Kind: String { case plain, tls, http, https }
    var kind: Kind
    var port: Int
    /// None where `none` or exceptions alone are written.
    var addresses: [String]
    /// The name of the block `tls`.
    var tls: String?
    /// The statement; nil for what is there without one.
    var block: BraceBlock?
    var origin: Origin
  }

  let path: String
  /// Everything that was read.
  let root: BraceBlock
  /// Files that are included.
  let patterns: [String]

  /// Nil without a main file.
  init?(_ evidence: Evidence) throws(EvidenceGap) {
    for path in Self.paths where try evidence.entry(at: path) != nil {
      let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
      var reader = BraceReader(evidence, folder: folder, hasOtherComments: true)
      root = try reader.block(path)
      patterns = reader.patterns
      self.path = path
      return
    }
    return nil
  }

  /// The options of the server.
  var options: [BraceBlock] { root.blocks("options") }

  /// Where it listens; port 53 of every address where nothing is said of a family.
  var listens: [Listen] {
    ["listen-on", "listen-on-v6"].flatMap { name -> [Listen] in
      let set = options.flatMap { options in options.blocks(name).prefix(1000).map { (options, $0) } }
      if set.isEmpty {
        let port = value("port").flatMap { Int($0) } ?? 53
        let origin = Origin.compiledDefault("named.conf(5), \(name)")
        return [Listen(kind: .plain, port: port, addresses: ["*"], origin: origin)]
      }
      return set.map { listen($1) }
    }
  }

  private func listen(_ block: BraceBlock) -> Listen {
    let tls = Self.word(after: "tls", block)
    let isHTTP = block.words.contains("http")
    let kind: Listen.Kind =
      isHTTP ? (tls == "none" ? .http : .https) : tls == nil || tls == "none" ? .plain : .tls
    let named = Self.word(after: "port", block) ?? value(kind == .plain ? "port" : "\(kind)-port")
    let usual: [Listen.Kind: Int] = [.plain: 53, .tls: 853, .http: 80, .https: 443]
    return Listen(
      kind: kind, port: named.flatMap { Int($0) } ?? usual[kind] ?? 53,
      addresses: block.names.filter { !$0.hasPrefix("!") && $0 != "none" }.map {
        SocketAddress(address: $0, port: nil).address
      },
      tls: tls, block: block, origin: block.origin)
  }

  private func value(_ option: String) -> String? {
    options.compactMap { $0.last(option)?.words.dropFirst().first }.last
  }

  private static func word(after name: String, _ block: BraceBlock) -> String? {
    guard let position = block.words.firstIndex(of: name), position + 1 < block.words.count else {
      return nil
    }
    return block.words[position + 1]
  }
}

import DiskImages
import Evidence

/// The servers of nginx.conf with what it includes, and where they listen (ngx_http_core_module, ngx_stream_core_module,
/// ngx_mail_core_module: `listen`).
struct NginxConfig {
  static let units = ["nginx.service"]
  static let needs: [ContentNeed] = ["/etc/nginx/**", "/usr/share/nginx/modules/*.conf"]
  static let main = "/etc/nginx/nginx.conf"

  /// One `listen` of a server.
  struct Listen {
    var transport: String
    var address: SocketAddress
    var isTLS: Bool
    var isDefault: Bool
    var origin: Origin
  }

  /// Everything that was read.
  let root: BraceBlock
  /// Files that are included.
  let patterns: [String]

  init(_ evidence: Evidence) throws(EvidenceGap) {
    var reader = BraceReader(evidence, folder: "/etc/nginx")
    root = try reader.block(Self.main)
    patterns = reader.patterns
    let listens = Self.kinds.flatMap { root.blocks($0) }.flatMap { $0.blocks("server") }
      .reduce(0) { $0 + $1.all("listen").count }
    guard listens < 10_000 else { throw EvidenceGap(path: Self.main, reason: "more than 10 000 addresses") }
  }

  /// Blocks that hold servers.
  static let kinds = ["http", "stream", "mail"]

  /// Where a server listens; one of http without a `listen` does on port 80.
  static func listens(_ server: BraceBlock, _ kind: String) -> [Listen] {
    let isTLS = server.last("ssl")?.words.dropFirst().first == "on"
    let lines = server.all("listen").filter { $0.words.count > 1 }
    if lines.isEmpty {
      guard kind == "http" else { return [] }
      let origin = Origin.compiledDefault("ngx_http_core_module: a server without listen, port 80")
      return [
        Listen(
          transport: "tcp", address: SocketAddress(address: "*", port: 80), isTLS: isTLS, isDefault: false,
          origin: origin)
      ]
    }
    return lines.map { line in
      let words = Set(line.words.dropFirst(2))
      let isDefault = words.contains("default_server") || words.contains("default")
      func listen(_ transport: String, _ address: SocketAddress) -> Listen {
        Listen(
          transport: transport, address: address, isTLS: isTLS || words.contains("ssl"), isDefault: isDefault,
          origin: line.origin)
      }
      if line.words[1].hasPrefix("unix:") {
        return listen("unix", SocketAddress(address: String(line.words[1].dropFirst(5)), port: nil))
      }
      var address = SocketAddress(line.words[1])
      address.port = address.port ?? 80
      return listen(words.contains("udp") || words.contains("quic") ? "udp" : "tcp", address)
    }
  }
}

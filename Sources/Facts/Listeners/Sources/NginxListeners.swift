import DiskImages
import Evidence

/// nginx: the `listen` of every server block; without one, port 80 (ngx_http_core_module).
enum NginxListeners: ListenerSource {
  static let daemon = "nginx"
  static let units = ["nginx.service"]
  static let needs: [ContentNeed] = ["/etc/nginx/**", "/usr/share/nginx/modules/*.conf"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var reader = Reader(context: context)
    try reader.read("/etc/nginx/nginx.conf", depth: 0)
    return reader.sockets
  }

  private struct Reader {
    let context: ListenerContext
    var sockets: [ListenerContext.Socket] = []
    /// Names of the open blocks, the innermost last, each with whether it has a `listen`.
    private var blocks: [(name: String, hasListen: Bool)] = []
    private var files = 0

    init(context: ListenerContext) { self.context = context }

    mutating func read(_ pattern: String, depth: Int) throws(EvidenceGap) {
      let path = pattern.hasPrefix("/") ? pattern : "/etc/nginx/\(pattern)"
      for entry in try context.evidence.entries(matching: GlobPattern(path)) {
        guard case .found(let file) = context.evidence.index.target(of: entry), file.type == .regular else {
          continue
        }
        files += 1
        guard depth < 16, files < 4096 else {
          throw EvidenceGap(path: path, reason: "too many files are included")
        }
        try read(try context.evidence.text(of: entry), depth: depth)
      }
    }

    private mutating func read(_ file: TextFile, depth: Int) throws(EvidenceGap) {
      var words: [String] = []
      for token in NftablesScanner(file).tokens {
        switch token.kind {
        case .word, .quoted, .comma: if words.count < 256 { words.append(token.text) }
        case .open:
          blocks.append((words.first ?? "", false))
          words = []
        case .close:
          close()
          words = []
        case .separator where token.text == ";":
          let text = words.joined(separator: " ")
          try take(words, Origin(path: file.path, line: token.line, kind: .explicit, text: text), depth)
          words = []
        case .separator: continue
        }
      }
    }

    private mutating func take(_ words: [String], _ origin: Origin, _ depth: Int) throws(EvidenceGap) {
      guard words.count >= 2 else { return }
      if words[0] == "include" {
        try read(words[1], depth: depth + 1)
      } else if words[0] == "listen", blocks.last?.name == "server" {
        blocks[blocks.count - 1].hasListen = true
        if words[1].hasPrefix("unix:") {
          sockets.append(.init(transport: "unix", address: String(words[1].dropFirst(5)), origin: origin))
          return
        }
        let address = SocketAddress(words[1])
        let isUDP = words.contains("udp") || words.contains("quic")
        sockets.append(
          .init(
            transport: isUDP ? "udp" : "tcp", address: address.address, port: address.port ?? 80,
            origin: origin))
      }
    }

    private mutating func close() {
      guard let block = blocks.popLast() else { return }
      if block.name == "server", !block.hasListen, blocks.last?.name == "http" {
        sockets.append(
          .init(
            transport: "tcp", address: "*", port: 80,
            origin: .compiledDefault("nginx: a server without listen")))
      }
    }
  }
}

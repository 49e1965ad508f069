import DiskImages
import Evidence

/// haproxy.cfg, or the files that `-f` of the command names: the lines of `global`, and each `bind` with what its section
/// says (configuration manual 2.4 and 4.2; management guide 3).
struct HAProxyConfig {
  static let units = ["haproxy.service"]
  static let needs: [ContentNeed] = [
    "/etc/haproxy/haproxy.cfg", "/etc/haproxy/conf.d/*", "/etc/default/haproxy", "/etc/sysconfig/haproxy",
  ]

  /// One address of a frontend or listen section.
  struct Bind {
    /// The section's name.
    var section: String
    var isHTTP = false
    /// Whether the section leads everybody who speaks without TLS to https.
    var redirects = false
    var transport: String
    var address: String
    /// One port, or a range of them; none for an address that names none.
    var ports: ClosedRange<Int>?
    /// What follows the address.
    var options: [String]
    var origin: Origin
  }

  typealias Line = (words: [String], origin: Origin)

  /// Of all sections `global`, in their order.
  private(set) var global: [Line] = []
  private(set) var binds: [Bind] = []
  /// Whether any of its files is there.
  private(set) var isConfigured = false
  private var section = ""
  private var name = ""
  private var isHTTP = false
  private var defaultsHTTP = false
  private var redirects = false
  /// Of the section that is being read.
  private var waiting: [Bind] = []
  /// For each open `.if` whether its lines count; nil for a condition that the file does not tell.
  private var conditions: [Bool?] = []

  /// - Parameter command: that of its unit.
  init(_ command: ServiceCommand?, _ evidence: Evidence) throws(EvidenceGap) {
    for path in try Self.files(command, evidence) where try evidence.entry(at: path) != nil {
      isConfigured = true
      for line in try evidence.configurationLines(at: path, comments: "#") { take(line) }
    }
    close()
  }

  /// HAProxy includes nothing; each `-f` of its command names a file, or a folder of which it reads what ends in .cfg.
  private static func files(_ command: ServiceCommand?, _ evidence: Evidence) throws(EvidenceGap) -> [String]
  {
    let named = command?.values("-f").map(\.value) ?? []
    var files: [String] = []
    for path in named.isEmpty ? ["/etc/haproxy/haproxy.cfg"] : named {
      let isFolder = try evidence.entry(at: path)?.type == .directory
      files += isFolder ? try evidence.entries(matching: GlobPattern("\(path)/*.cfg")).map(\.path) : [path]
    }
    return files
  }

  private mutating func take(_ line: ConfigurationLine) {
    let words = line.words.prefix { !$0.hasPrefix("#") }.map { $0.filter { $0 != "\"" } }
    guard let first = words.first else { return }
    if first.hasPrefix(".") { return condition(words) }
    if conditions.contains(false) { return }
    if Self.sections.contains(first) {
      close()
      (section, name) = (first, words.count > 1 ? words[1] : "")
      isHTTP = defaultsHTTP
      if first == "defaults" { (isHTTP, defaultsHTTP) = (false, false) }
      return
    }
    switch (section, first) {
    case ("global", _): global.append((Array(words), line.origin))
    case (_, "mode") where words.count > 1:
      isHTTP = words[1] == "http"
      if section == "defaults" { defaultsHTTP = isHTTP }
    case ("frontend", "bind"), ("listen", "bind"):
      if words.count > 1 { bind(words[1], Array(words.dropFirst(2)), line.origin) }
    case (_, "redirect"), (_, "http-request"): if Self.leadsToTLS(Array(words)) { redirects = true }
    default: return
    }
  }

  private static let sections: Set<String> = [
    "global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "userlist",
  ]

  /// `.if`, `.elif`, `.else` and `.endif` (configuration manual 2.4). What depends on the build or the environment
  /// counts in either branch; `defined(…)` is false, since nothing in the file sets a variable for it.
  private mutating func condition(_ words: [String]) {
    let text = words.dropFirst().joined(separator: " ")
    let value: Bool? =
      ["0", "false", ""].contains(text) || text.hasPrefix("defined(") && !text.contains("HAPROXY_")
      ? false : nil
    switch words[0] {
    case ".if": if conditions.count < 100 { conditions.append(value) }
    case ".elif": if !conditions.isEmpty { conditions[conditions.count - 1] = value }
    case ".else":
      if let last = conditions.last { conditions[conditions.count - 1] = last.map { !$0 } }
    case ".endif": _ = conditions.popLast()
    default: return
    }
  }

  /// `redirect scheme https [code 301] [if !{ ssl_fc }]`.
  private static func leadsToTLS(_ words: [String]) -> Bool {
    let text = words.joined(separator: " ")
    guard text.contains("redirect scheme https") else { return false }
    let parts = text.components(after: " if ") ?? text.components(after: " unless ")
    guard let condition = parts else { return true }
    return condition.filter { $0 != " " } == (text.contains(" unless ") ? "{ssl_fc}" : "!{ssl_fc}")
  }

  /// `:443,ipv6@:443,quic4@:443,/run/h.sock`; what is inherited as a descriptor is on no network.
  private mutating func bind(_ addresses: String, _ options: [String], _ origin: Origin) {
    let transports = [
      "ipv4": "tcp", "ipv6": "tcp", "quic4": "udp", "quic6": "udp", "udp4": "udp", "udp6": "udp",
    ]
    for text in addresses.split(separator: ",") where waiting.count < 10_000 {
      var plain = text
      var transport = "tcp"
      if let at = text.firstIndex(of: "@") {
        guard let named = transports[String(text[..<at])] else { continue }
        (transport, plain) = (named, text[text.index(after: at)...])
      }
      if plain.hasPrefix("/") { continue }
      let (address, ports) = Self.address(plain)
      waiting.append(
        Bind(
          section: name, transport: transport, address: address, ports: ports, options: options,
          origin: origin))
    }
  }

  /// `:443`, `*:443`, `10.0.0.1:443`, `:::443`, `[::]:443`, `:8001-8099`.
  private static func address(_ text: Substring) -> (String, ClosedRange<Int>?) {
    let (host, rest) =
      text.lastIndex(of: ":").map { (text[..<$0], text[text.index(after: $0)...]) } ?? (text, "")
    let bare = host.hasPrefix("[") ? host.dropFirst().prefix { $0 != "]" } : host
    let ports = FirewallPorts.range(String(rest)).flatMap { $0.upperBound <= 65_535 ? $0 : nil }
    return (SocketAddress(address: String(bare), port: nil).address, ports)
  }

  private mutating func close() {
    for var bind in waiting {
      (bind.isHTTP, bind.redirects) = (isHTTP, redirects)
      binds.append(bind)
    }
    waiting = []
    redirects = false
  }
}

extension String {
  /// What follows the first occurrence of a text.
  fileprivate func components(after mark: String) -> String? {
    range(of: mark).map { String(self[$0.upperBound...]) }
  }
}

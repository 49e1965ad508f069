import DiskImages
import Evidence

/// Ports by the names of services(5): those of the guest's /etc/services, else the usual ones.
struct ServiceNames {
  static let needs: [ContentNeed] = ["/etc/services"]
  private static let path = "/etc/services"

  private var ports: [String: Int] = [:]

  init(_ evidence: Evidence, transport: String = "tcp") throws(EvidenceGap) {
    for line in try evidence.configurationLines(at: Self.path, comments: "#") where line.words.count > 1 {
      let parts = line.words[1].split(separator: "/")
      guard parts.count == 2, parts[1] == transport, let port = UInt16(parts[0]) else { continue }
      let aliases = line.words.dropFirst(2).prefix { !$0.hasPrefix("#") }
      for name in [line.words[0]] + aliases where ports[name] == nil { ports[name] = Int(port) }
    }
  }

  /// A port by its number or name.
  ///
  /// - Throws: for a name that is not known, with which a daemon does not start.
  func port(_ text: String) throws(EvidenceGap) -> Int {
    if let number = UInt16(text) { return Int(number) }
    if let port = ports[text] ?? FirewallPorts.names[text] { return port }
    throw EvidenceGap(path: Self.path, reason: "no service '\(text.prefix(100))' is known")
  }
}

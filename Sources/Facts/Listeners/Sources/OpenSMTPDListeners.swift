import DiskImages
import Evidence

/// OpenSMTPD: `listen on INTERFACE|ADDRESS [port PORT]` (smtpd.conf(5)).
enum OpenSMTPDListeners: ListenerSource {
  static let daemon = "opensmtpd"
  static let units = ["opensmtpd.service", "smtpd.service"]
  static let needs: [ContentNeed] = ["/etc/smtpd.conf", "/etc/smtpd/smtpd.conf"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let lines = try context.lines("/etc/smtpd.conf") + context.lines("/etc/smtpd/smtpd.conf")
    let sockets = lines.filter { $0.words.count >= 3 && $0.words[0] == "listen" && $0.words[1] == "on" }
      .compactMap {
        line -> ListenerContext.Socket? in
        if line.words[2] == "socket" { return nil }
        let position = line.words.firstIndex(of: "port").map { $0 + 1 }
        let port = position.flatMap {
          $0 < line.words.count ? FirewallPorts.range(line.words[$0])?.lowerBound : nil
        }
        return .init(
          transport: "tcp", address: SocketAddress(address: line.words[2], port: nil).address,
          port: port ?? 25,
          origin: line.origin)
      }
    return sockets.isEmpty ? [context.usual("tcp", "localhost", 25, "smtpd.conf(5)")] : sockets
  }
}

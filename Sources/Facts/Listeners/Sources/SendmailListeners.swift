import DiskImages
import Evidence

/// sendmail: DaemonPortOptions of sendmail.cf; without one, port 25 on every address.
enum SendmailListeners: ListenerSource {
  static let daemon = "sendmail"
  static let units = ["sendmail.service"]
  static let needs: [ContentNeed] = ["/etc/mail/sendmail.cf"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var sockets: [ListenerContext.Socket] = []
    for line in try context.lines("/etc/mail/sendmail.cf") where line.text.hasPrefix("O DaemonPortOptions=") {
      var address = "*"
      var port = 25
      for option in line.text.dropFirst(20).split(separator: ",") {
        let pair = option.split(separator: "=").map { $0.trimmingBlanks() }
        guard pair.count == 2 else { continue }
        if pair[0].lowercased().hasPrefix("a") { address = String(pair[1]) }
        if pair[0].lowercased().hasPrefix("p") {
          port = FirewallPorts.range(String(pair[1]))?.lowerBound ?? port
        }
      }
      sockets.append(
        .init(
          transport: "tcp", address: SocketAddress(address: address, port: nil).address, port: port,
          origin: line.origin))
    }
    return sockets.isEmpty ? [context.usual("tcp", "*", 25, "sendmail")] : sockets
  }
}

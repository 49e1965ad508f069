import DiskImages
import Evidence

/// rsyslogd: what it takes from the network and what it sends (rsyslog manual, "Network Stream Drivers"). The
/// driver gtls uses GnuTLS, ossl OpenSSL, each with the library's defaults.
enum RsyslogTLS: TLSService {
  static let name = "rsyslog"
  static let units = ["rsyslog.service"]
  static let needs: [ContentNeed] = RsyslogConfiguration.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    RsyslogConfiguration.furtherNeeds(evidence)
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let rsyslog = try context.facts.model(RsyslogConfiguration.self)
    var ends: [TLSEndpoint] = []
    for listener in rsyslog.listeners {
      let isTLS = listener.module == "imtcp" ? try driverMode(context) : nil
      let isOpen = !(listener.address.map { Listener.isLoopback($0) } ?? false)
      var end = TLSEndpoint(
        "rsyslog", "\(listener.module) \(listener.port)", onNetwork: isOpen,
        use: Effective(isTLS == nil ? .none : .required, origin: isTLS?.origin ?? listener.origin))
      if let isTLS { take(isTLS.value, &end, context) }
      ends.append(end)
    }
    for action in rsyslog.actions {
      guard case .remote(let remote) = action.target, action.isReached else { continue }
      var end = TLSEndpoint(
        "rsyslog", "to \(remote.host)", .client, onNetwork: !Listener.isLoopback(remote.host),
        use: Effective(remote.isEncrypted ? .required : .none, origin: action.origin))
      if remote.isEncrypted { take(remote.driver, &end, context) }
      if let mode = remote.authentication { end.verification = Effective(mode, origin: action.origin) }
      ends.append(end)
    }
    return ends
  }

  private static func take(_ driver: String, _ end: inout TLSEndpoint, _ context: TLSContext) {
    end.take(driver == "gtls" ? context.gnuTLS.offer(nil) : context.openSSL.offer(nil, ciphers: nil))
  }

  /// The driver of imtcp if it is in its mode for TLS, which is 1: `module(load="imtcp" StreamDriver.Name="gtls"
  /// StreamDriver.Mode="1")`, or the older `$InputTCPServerStreamDriverMode 1`.
  private static func driverMode(_ context: TLSContext) throws(EvidenceGap) -> Effective<String>? {
    var driver: String?
    var mode: Effective<String>?
    var lines = try context.lines("/etc/rsyslog.conf")
    for file in try context.files("/etc/rsyslog.d/*.conf") { lines += try context.lines(file.path) }
    for line in lines {
      let text = line.text.lowercased()
      if line.words.count > 1 {
        if text.hasPrefix("$defaultnetstreamdriver ") { driver = line.words[1] }
        if text.hasPrefix("$inputtcpserverstreamdrivermode") {
          mode = Effective(line.words[1], origin: line.origin)
        }
      }
      func value(_ key: String) -> String? {
        guard let start = text.range(of: key + "=") else { return nil }
        return String(text[start.upperBound...].drop { $0 == "\"" }.prefix { $0.isLetter || $0.isNumber })
      }
      driver = value("streamdriver.name") ?? value("defaultnetstreamdriver") ?? driver
      if let number = value("streamdriver.mode") { mode = Effective(number, origin: line.origin) }
    }
    guard let mode, mode.value == "1", let driver, driver != "ptcp" else { return nil }
    return Effective(driver, origin: mode.origin)
  }
}

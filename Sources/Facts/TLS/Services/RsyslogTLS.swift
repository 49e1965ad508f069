import DiskImages
import Evidence

/// rsyslogd: what it takes from the network and what it sends (rsyslog manual, "Network Stream Drivers"). The
/// driver gtls uses GnuTLS, ossl OpenSSL, each with the library's defaults; neither has parameters for DHE. Groups that
/// OpenSSL does not take in gnutlsPriorityString are passed over.
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
      let isOpen = !(listener.address.map { Listener.isLoopback($0) } ?? false)
      var end = TLSEndpoint(
        "rsyslog", "\(listener.module) \(listener.port)", onNetwork: isOpen,
        use: Effective(
          listener.stream == nil ? .none : .required, origin: listener.stream?.origin ?? listener.origin))
      if let stream = listener.stream {
        take(stream.driver, stream.authentication, stream.priority, stream.origin, &end, context)
        end.verification = stream.authentication.map { Effective($0, origin: stream.origin) }
      }
      ends.append(end)
    }
    for action in rsyslog.actions {
      guard case .remote(let remote) = action.target, action.isReached else { continue }
      var end = TLSEndpoint(
        "rsyslog", "to \(remote.host)", .client, onNetwork: !Listener.isLoopback(remote.host),
        use: Effective(remote.isEncrypted ? .required : .none, origin: action.origin))
      if remote.isEncrypted { take(remote.driver, remote.authentication, nil, action.origin, &end, context) }
      if let mode = remote.authentication { end.verification = Effective(mode, origin: action.origin) }
      ends.append(end)
    }
    return ends
  }

  /// With `anon`, ossl takes suites without authentication too and lowers the level for them
  /// (runtime/nsd_ossl.c: "ALL:+COMPLEMENTOFDEFAULT:+ADH:+ECDH:+aNULL@SECLEVEL=0"), and gtls takes them in place of
  /// TLS 1.3; a string of one's own replaces either. Tried on 8.2302.
  private static func take(
    _ driver: String, _ authentication: String?, _ priority: String?, _ origin: Origin,
    _ end: inout TLSEndpoint, _ context: TLSContext
  ) {
    let isAnonymous = authentication?.lowercased() == "anon"
    if driver == "gtls" {
      let text = isAnonymous ? "NORMAL:-VERS-TLS1.3" : "NORMAL"
      let usual = Effective(text, origin: Origin.compiledDefault("rsyslog, nsd_gtls.c"))
      var offer = context.gnuTLS.offer(priority.map { Effective($0, origin: origin) } ?? usual)
      if isAnonymous, priority == nil, let known = offer.ciphers.effective {
        offer.ciphers = .value(known.value + [TLSCipher("ANON-DH", ["anon"])], origin)
      }
      end.take(offer)
      return
    }
    let open = Effective("ALL:+COMPLEMENTOFDEFAULT:+ADH:+ECDH:+aNULL@SECLEVEL=0", origin: origin)
    var ciphers = isAnonymous && priority == nil ? open : nil
    var versions = context.openSSL.systemVersions
    let commands = (priority ?? "").split { $0 == "\n" || $0 == "\r" }.prefix(100).compactMap { line in
      let parts = line.split(separator: "=", maxSplits: 1)
      return parts.count == 2
        ? (
          name: String(parts[0].trimmingBlanks()),
          value: Effective(String(parts[1].trimmingBlanks()), origin: origin)
        )
        : nil
    }
    OpenSSLLibrary.apply(commands, &versions, &ciphers)
    var exchange = OpenSSLKeyExchange()
    for (name, value) in commands {
      if let groups = context.openSSL.groups(of: name, value.value) {
        exchange.groups = .known(Effective(groups, origin: value.origin))
      }
    }
    end.take(context.openSSL.offer(versions, ciphers: ciphers, exchange: exchange))
  }
}

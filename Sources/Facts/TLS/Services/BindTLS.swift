import DiskImages
import Evidence

/// BIND: DNS over TLS and over HTTPS, `listen-on … tls NAME [http NAME]` with the blocks `tls` (BIND 9
/// Administrator Reference Manual, "tls Block Grammar"). Plain DNS on port 53 has no TLS to judge and is no end.
///
/// named turns what is older than TLS 1.2 off and takes no older version in `protocols`; the bounds of openssl.cnf stay.
/// Suites are the library's unless `ciphers` names them, and so are groups. Without dhparam-file there is no DHE;
/// it is read before the suites. Tried on 9.18.
enum BindTLS: TLSService {
  static let name = "named"
  static let units = NamedConfig.units
  static let needs = NamedConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    guard let config = try? NamedConfig(evidence) else { return [] }
    let files = config.root.everywhere("dhparam-file").compactMap { $0.words.dropFirst().first }
    return (config.patterns + files.prefix(1000)).map { ContentNeed($0) }
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    guard let config = try NamedConfig(context.evidence) else { return [] }
    let tls = Dictionary(config.root.blocks("tls").map { ($0.words.dropFirst().first ?? "", $0) }) {
      _, last in last
    }
    var ends: [TLSEndpoint] = []
    for listen in config.listens where listen.kind != .plain {
      let isOpen = listen.addresses.contains { !Listener.isLoopback($0) && $0 != "127" }
      let use: TLSUse = listen.kind == .http ? .none : .required
      var end = TLSEndpoint(
        name, "\(listen.kind) \(listen.port)", onNetwork: isOpen, use: Effective(use, origin: listen.origin))
      if end.speaksTLS {
        let isEphemeral = listen.tls == "ephemeral"
        guard let block = listen.tls.flatMap({ tls[$0] }) ?? (isEphemeral ? listen.block : nil) else {
          let reason = "no block tls \(listen.tls ?? ""): named does not start"
          throw EvidenceGap(path: config.path, reason: reason)
        }
        end.take(offer(block, isEphemeral: isEphemeral, context))
        end.certificate = value("cert-file", block)
        end.key = value("key-file", block)
        end.verification = value("ca-file", block)
      }
      ends.append(end)
    }
    return ends
  }

  private static func value(_ name: String, _ block: BraceBlock) -> Effective<String>? {
    guard let line = block.last(name), line.words.count > 1 else { return nil }
    return Effective(line.words[1], origin: line.origin)
  }

  private static func offer(_ block: BraceBlock, isEphemeral: Bool, _ context: TLSContext) -> TLSOffer {
    let protocols = isEphemeral ? nil : block.blocks("protocols").last
    let new = TLSVersion.range(from: .tls12)
    let asked =
      protocols.map { Effective(new.intersection($0.names.compactMap { TLSVersion($0) }), origin: $0.origin) }
      ?? Effective(new, origin: .compiledDefault("named.conf(5), protocols: TLS 1.2 and later"))
    var exchange = OpenSSLKeyExchange()
    if !isEphemeral, let file = value("dhparam-file", block) {
      exchange.parameters = context.parameters(file)
      exchange.parameters.isSetBeforeCiphers = true
    }
    var offer = context.openSSL.offer(
      context.openSSL.bounded(asked), ciphers: isEphemeral ? nil : value("ciphers", block),
      exchange: exchange)
    if isEphemeral, case .known(var ciphers) = offer.ciphers {
      // The key that named makes for itself is one of ECDSA.
      ciphers.value.removeAll { $0.classes.contains("kRSA") }
      offer.ciphers = .known(ciphers)
    }
    return offer
  }
}

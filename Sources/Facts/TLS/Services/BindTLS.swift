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
  static let units = ["named.service", "bind9.service"]
  static let needs: [ContentNeed] = ["/etc/bind/*", "/etc/named.conf", "/etc/named/*"]
  private static let paths = ["/etc/bind/named.conf", "/etc/named.conf"]

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    var reader = reader(evidence)
    let roots = paths.compactMap { try? reader.block($0) }
    let files = roots.flatMap { $0.everywhere("dhparam-file") }.compactMap { $0.words.dropFirst().first }
    return (reader.patterns + files.prefix(1000)).map { ContentNeed($0) }
  }

  private static func reader(_ evidence: Evidence) -> BraceReader {
    BraceReader(evidence, folder: "/etc/bind", hasOtherComments: true)
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    guard let path = try context.first(paths) else { return [] }
    var reader = reader(context.evidence)
    let root = try reader.block(path)
    let tls = Dictionary(root.blocks("tls").map { ($0.words.dropFirst().first ?? "", $0) }) { _, last in last
    }
    var ends: [TLSEndpoint] = []
    for options in root.blocks("options") {
      for listen in (options.blocks("listen-on") + options.blocks("listen-on-v6")).prefix(1000) {
        guard let name = word(after: "tls", listen) else { continue }
        let isHTTP = listen.words.contains("http")
        if name == "none" {
          if isHTTP { ends.append(end("http", listen, options, 80, context, .none)) }
          continue
        }
        guard let block = tls[name] ?? (name == "ephemeral" ? listen : nil) else {
          throw EvidenceGap(path: path, reason: "no block tls \(name): named does not start")
        }
        var end = end(isHTTP ? "https" : "tls", listen, options, isHTTP ? 443 : 853, context, .required)
        end.take(offer(block, isEphemeral: name == "ephemeral", context))
        end.certificate = value("cert-file", block)
        end.key = value("key-file", block)
        end.verification = value("ca-file", block)
        ends.append(end)
      }
    }
    return ends
  }

  private static func word(after name: String, _ block: BraceBlock) -> String? {
    guard let position = block.words.firstIndex(of: name), position + 1 < block.words.count else {
      return nil
    }
    return block.words[position + 1]
  }

  private static func value(_ name: String, _ block: BraceBlock) -> Effective<String>? {
    guard let line = block.last(name), line.words.count > 1 else { return nil }
    return Effective(line.words[1], origin: line.origin)
  }

  private static func end(
    _ kind: String, _ listen: BraceBlock, _ options: BraceBlock, _ usual: Int, _ context: TLSContext,
    _ use: TLSUse
  ) -> TLSEndpoint {
    let own = word(after: "port", listen) ?? value("\(kind)-port", options)?.value
    let port = own.flatMap { Int($0) } ?? usual
    let isOpen = !listen.names.allSatisfy {
      $0.hasPrefix("!") || $0 == "none" || Listener.isLoopback($0) || $0 == "127"
    }
    return TLSEndpoint(
      name, "\(kind) \(port)", onNetwork: isOpen, use: Effective(use, origin: listen.origin))
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

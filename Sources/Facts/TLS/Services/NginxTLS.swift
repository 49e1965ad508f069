import DiskImages
import Evidence

/// nginx: ssl_* of http and server blocks, also in stream and mail (ngx_http_ssl_module).
///
/// The version is agreed on before the name of the server is known, so the default server of an address decides
/// for all that share it; suites are those of the server that the name selects. Both were tried on nginx 1.22.1.
/// ssl_protocols replaces MinProtocol and MaxProtocol of openssl.cnf (ngx_event_openssl.c, ngx_ssl_create).
/// Groups are those of the default server too; without ssl_ecdh_curve the library's (`auto`). Without ssl_dhparam there
/// is no DHE, and with a file that cannot be read or is refused nginx does not start.
enum NginxTLS: TLSService {
  static let name = "nginx"
  static let units = NginxConfig.units
  static let needs = NginxConfig.needs + InstalledPackages.needs
  private static let packages = [
    "nginx", "nginx-core", "nginx-light", "nginx-full", "nginx-extras", "nginx-common",
  ]

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    guard let config = try? NginxConfig(evidence) else { return [] }
    let parameters = config.root.everywhere("ssl_dhparam").compactMap { $0.words.dropFirst().first }
    let commands = config.root.everywhere("ssl_conf_command").filter {
      $0.words.count > 2 && $0.words[1].lowercased() == "dhparameters"
    }
    let files = (parameters + commands.map { $0.words[2] }).prefix(1000).compactMap {
      TLSContext.path($0, in: "/etc/nginx")
    }
    return (config.patterns + files).map { ContentNeed($0) }
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let root = try NginxConfig(context.evidence).root
    return NginxConfig.kinds.flatMap { kind in
      root.blocks(kind).flatMap { Group($0, kind, root, context).endpoints }
    }
  }

  /// One `listen` of a server.
  private struct Socket {
    var server: Int
    var listen: NginxConfig.Listen
  }

  /// The servers of an http, stream or mail block.
  private struct Group {
    let kind: String
    let block: BraceBlock
    let root: BraceBlock
    let servers: [BraceBlock]
    let context: TLSContext

    init(_ block: BraceBlock, _ kind: String, _ root: BraceBlock, _ context: TLSContext) {
      (self.block, self.kind, self.root, self.context) = (block, kind, root, context)
      servers = block.blocks("server")
    }

    var endpoints: [TLSEndpoint] {
      var bySocket: [SocketAddress: [Socket]] = [:]
      var order: [SocketAddress] = []
      for socket in sockets {
        if bySocket[socket.listen.address] == nil { order.append(socket.listen.address) }
        bySocket[socket.listen.address, default: []].append(socket)
      }
      return order.flatMap { address in
        let all = bySocket[address] ?? []
        let first = all.first { $0.listen.isDefault } ?? all[0]
        let tls = all.first { $0.listen.isTLS }
        return all.map { endpoint($0, of: first, tls) }
      }
    }

    /// QUIC is TLS 1.3 always, and a Unix socket on no network.
    private var sockets: [Socket] {
      servers.enumerated().flatMap { number, server in
        NginxConfig.listens(server, kind).filter { $0.transport == "tcp" }.map {
          Socket(server: number, listen: $0)
        }
      }
    }

    private func endpoint(_ socket: Socket, of first: Socket, _ tls: Socket?) -> TLSEndpoint {
      let server = servers[socket.server]
      let names = server.last("server_name")?.words.dropFirst().first { $0 != "_" && !$0.isEmpty }
      let name = (names ?? (kind == "http" ? "default" : kind)) + ":\(socket.listen.address.port ?? 80)"
      let isOpen = !Listener.isLoopback(socket.listen.address.address)
      let startTLS = kind == "mail" ? value("starttls", server) : nil
      guard tls != nil || startTLS.map({ $0.value != "off" }) == true else {
        let use: TLSUse = kind == "http" && onlyRedirects(server) ? .redirects : .none
        // Bytes that a stream passes on may be TLS of the server behind.
        return TLSEndpoint(
          "nginx", name, onNetwork: isOpen && kind != "stream",
          use: Effective(use, origin: socket.listen.origin))
      }
      let use: TLSUse = tls == nil && startTLS?.value != "only" ? .optional : .required
      var end = TLSEndpoint(
        "nginx", name, onNetwork: isOpen, use: Effective(use, origin: (tls ?? socket).listen.origin))
      var (versions, ciphers, exchange) = settings(server)
      // The default server has to let the version through with its own level before the name is looked at.
      let outer = settings(servers[first.server])
      let gate = context.openSSL.offer(outer.versions, ciphers: outer.ciphers, exchange: outer.exchange)
      versions = outer.versions
      if first.server != socket.server, let passed = gate.protocols.effective { versions = passed }
      exchange.groups = outer.exchange.groups
      var offer = context.openSSL.offer(versions, ciphers: ciphers, exchange: exchange)
      if socket.server != first.server { offer.refused = offer.refused ?? gate.refused }
      end.take(offer)
      end.certificate = value("ssl_certificate", server)
      end.key = value("ssl_certificate_key", server)
      end.verification = value("ssl_verify_client", server)
      return end
    }

    /// What the library is told: ssl_protocols and ssl_ciphers, then each ssl_conf_command (ngx_ssl_conf_commands).
    private func settings(
      _ server: BraceBlock
    ) -> (versions: Effective<Set<TLSVersion>>, ciphers: Effective<String>?, exchange: OpenSSLKeyExchange) {
      var versions = protocols(server)
      var ciphers: Effective<String>? =
        value("ssl_ciphers", server)
        ?? Effective("HIGH:!aNULL:!MD5", origin: .compiledDefault("ngx_http_ssl_module, ssl_ciphers"))
      let own = server.all("ssl_conf_command")
      let lines = (own.isEmpty ? block.all("ssl_conf_command") : own).filter { $0.words.count > 2 }
      let commands = lines.suffix(100).map { ($0.words[1], Effective($0.words[2], origin: $0.origin)) }
      OpenSSLLibrary.apply(commands, &versions, &ciphers)
      var exchange = exchange(server)
      exchange.apply(commands, context.openSSL) { parameters($0) }
      return (versions, ciphers, exchange)
    }

    private func exchange(_ server: BraceBlock) -> OpenSSLKeyExchange {
      var exchange = OpenSSLKeyExchange()
      if let curves = value("ssl_ecdh_curve", server), curves.value != "auto" {
        exchange.groups = context.openSSL.choice(curves)
      }
      if let file = value("ssl_dhparam", server) { exchange.parameters = parameters(file) }
      return exchange
    }

    private func parameters(_ file: Effective<String>) -> DHSource {
      context.parameters(file, in: "/etc/nginx")
    }

    /// A directive of the server, or of the block around it.
    private func value(_ name: String, _ server: BraceBlock) -> Effective<String>? {
      let own = server.last(name)
      let around = block.last(name)
      guard let line = own ?? around, line.words.count > 1 else { return nil }
      let text = line.words.dropFirst().joined(separator: " ")
      let shadowed = own != nil ? around : nil
      return Effective(
        text, origin: line.origin,
        shadowed: shadowed.map {
          [.init(value: $0.words.dropFirst().joined(separator: " "), origin: $0.origin)]
        } ?? [])
    }

    private func protocols(_ server: BraceBlock) -> Effective<Set<TLSVersion>> {
      func read(_ text: String) -> Set<TLSVersion> {
        Set(text.split(separator: " ").compactMap { TLSVersion($0) })
      }
      if let set = value("ssl_protocols", server) {
        return Effective(
          read(set.value), origin: set.origin,
          shadowed: set.shadowed.map { .init(value: read($0.value), origin: $0.origin) })
      }
      // Without a package, the older default, which is the weaker one.
      let isNew = context.isAtLeast([1, 27, 3], NginxTLS.packages) ?? false
      let has13 = context.isAtLeast([1, 23, 4], NginxTLS.packages) ?? true
      let versions = TLSVersion.range(from: isNew ? .tls12 : .tls10, to: has13 ? .tls13 : .tls12)
      return Effective(versions, origin: .compiledDefault("ngx_http_ssl_module, ssl_protocols"))
    }

    /// A server that answers everything with a redirection to https.
    private func onlyRedirects(_ server: BraceBlock) -> Bool {
      func redirects(_ block: BraceBlock) -> Bool {
        if let answer = block.last("return"), let target = answer.words.last {
          return target.hasPrefix("https://")
            && ["301", "302", "307", "308"].contains { answer.words[1] == $0 }
        }
        return block.all("rewrite").contains {
          $0.words.count > 2 && ["^", ".*", "^(.*)$", "^(.*)", "^/(.*)$", "^/(.*)"].contains($0.words[1])
            && $0.words[2].hasPrefix("https://")
        }
      }
      if redirects(server) { return true }
      let places = server.blocks("location")
      // Challenges of certificate authorities come in clear.
      let others = places.filter { !$0.words.contains { $0.contains(".well-known") } }
      return others.contains { $0.words.last == "/" } && others.allSatisfy(redirects)
    }
  }
}

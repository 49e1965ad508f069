import DiskImages
import Evidence

/// The Docker daemon: `hosts` of daemon.json and `-H` of the unit; a port without tlsverify is root for everybody who
/// reaches it (dockerd(8), "Protect the Docker daemon socket").
///
/// dockerd is written in Go; its lowest version is TLS 1.2 (go-connections, tlsconfig), and openssl.cnf does not count.
/// `tlsverify` turns TLS on whatever its value; since 20.10 `tls` alone asks for a certificate of the client too
/// (cmd/dockerd/daemon.go, loadDaemonCliConfig). Tried on 20.10.24 and 26.1.5.
enum DockerTLS: TLSService {
  static let name = "docker"
  static let units = ["docker.service"]
  static let needs: [ContentNeed] = [
    "/etc/docker/*.json", "/etc/default/docker", "/etc/sysconfig/docker",
  ]
  private static let packages = ["docker.io", "docker-ce", "moby-engine", "docker"]
  private static let path = "/etc/docker/daemon.json"

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    UnitFilePaths.named(by: units, evidence).map { ContentNeed($0) }
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let command = try context.unit(units).map { unit throws(EvidenceGap) in
      try context.command(unit, ["/etc/default/docker"])
    }
    let settings = try Settings(context, command)
    let tls = settings.tls
    let listeners = settings.hosts.compactMap { listener($0, tls, settings, context) }
    return listeners + settings.insecureRegistries
  }

  private static func listener(
    _ host: Effective<String>, _ tls: Effective<Bool>, _ settings: Settings, _ context: TLSContext
  ) -> TLSEndpoint? {
    guard let address = address(host.value) else { return nil }
    var end = TLSEndpoint(
      "docker", "tcp:\(address.port ?? 2375)", onNetwork: !Listener.isLoopback(address.address),
      use: Effective(tls.value ? .required : .none, origin: tls.value ? tls.origin : host.origin))
    end.verification = Effective("none", origin: host.origin)
    guard tls.value else { return end }
    let source = Origin.compiledDefault("go-connections, tlsconfig: TLS 1.2")
    end.protocols = .value([.tls12, .tls13], source)
    end.ciphers = .value(blockCiphers, source)
    let groups = ["x25519", "secp256r1", "secp384r1", "secp521r1"].compactMap { TLSGroup.named($0) }
    end.groups = .value(groups, .compiledDefault("Go, crypto/tls: CurvePreferences"))
    end.finiteField = .value(.none("Go has none"), source)
    let isNew = context.isAtLeast([20, 10], packages) ?? false
    let verifies = settings["tlsverify"] ?? (isNew ? settings["tls"] : nil)
    if let verifies {
      end.verification = Effective(
        Settings.isOn(verifies.value) ? "tlsverify" : "none", origin: verifies.origin)
    }
    end.certificate = settings["tlscert"]
    end.key = settings["tlskey"]
    return end
  }

  /// Beside suites of AES-GCM (DefaultServerAcceptedCiphers).
  private static let blockCiphers = ["AES256", "AES128"].map {
    TLSCipher("ECDHE-RSA-\($0)-SHA", ["CBC", "SHA1"])
  }

  /// A host without a scheme is tcp; without an address it is localhost, without a port 2375, also with TLS
  /// (opts/hosts.go, parseDaemonHost and ParseTCPAddr).
  private static func address(_ host: String) -> SocketAddress? {
    var text = host[...]
    if let colon = host.range(of: "://") {
      guard host.hasPrefix("tcp://") else { return nil }
      text = host[colon.upperBound...]
    }
    text = text.prefix { $0 != "/" }
    if text.isEmpty || text.hasPrefix(":") { text = "localhost" + text }
    return SocketAddress(text)
  }

  /// daemon.json and the options of the command.
  private struct Settings {
    private let root: ConfigValue?
    private let path: String
    private let command: ServiceCommand?
    private static let keys = ["hosts", "tls", "tlsverify", "tlscert", "tlskey"]

    init(_ context: TLSContext, _ command: ServiceCommand?) throws(EvidenceGap) {
      self.command = command
      path = command?.values("--config-file").last?.value ?? DockerTLS.path
      var root: ConfigValue?
      if let file = try context.evidence.text(at: path), file.lines.contains(where: { !$0.text.isEmpty }) {
        do { root = try JSONFormat.parse(file) } catch {
          throw EvidenceGap(path: path, reason: "cannot be read: \(error)")
        }
      }
      self.root = root
      for key in Self.keys where root?[key] != nil && option(key) != nil {
        throw EvidenceGap(
          path: path, reason: "\(key) is set here and on the command line: dockerd does not start")
      }
    }

    static func isOn(_ text: String) -> Bool { ["true", "1", "t"].contains(text.lowercased()) }

    /// The last option of a name; a truth value may stand alone.
    private func option(_ key: String) -> Effective<String>? {
      guard let command else { return nil }
      if key == "hosts" { return options.first }
      let word = command.arguments.last { $0.value == "--\(key)" || $0.value.hasPrefix("--\(key)=") }
      guard let word else { return nil }
      if !word.value.contains("="), ["tls", "tlsverify"].contains(key) {
        return Effective("true", origin: word.origin)
      }
      return command.values("--\(key)").last
    }

    /// `-H x`, `-Hx`, `-H=x`, `--host x`, `--host=x`.
    private var options: [Effective<String>] {
      guard let command else { return [] }
      let glued = command.arguments.filter {
        $0.value.hasPrefix("-H") && $0.value.utf8.count > 2 && !$0.value.hasPrefix("-H=")
      }
      return command.values("-H", "--host")
        + glued.map { Effective(String($0.value.dropFirst(2)), origin: $0.origin) }
    }

    subscript(_ key: String) -> Effective<String>? {
      option(key)
        ?? root?[key].flatMap { value in value.texts.first.map { Effective($0, origin: origin(value)) } }
    }

    var hosts: [Effective<String>] {
      options + (root?["hosts"]?.texts ?? []).map { Effective($0, origin: origin(root?["hosts"])) }
    }

    /// Whether TLS is on, and by which setting.
    var tls: Effective<Bool> {
      if let verify = self["tlsverify"] { return Effective(true, origin: verify.origin) }
      guard let tls = self["tls"] else {
        return Effective(false, origin: .compiledDefault("dockerd(8), --tls: false"))
      }
      return Effective(Self.isOn(tls.value), origin: tls.origin)
    }

    /// Registries that are asked without TLS, or without looking at their certificate.
    var insecureRegistries: [TLSEndpoint] {
      let list = root?["insecure-registries"]
      return (list?.texts ?? []).filter { !$0.hasPrefix("127.") && $0 != "::1/128" }.map {
        TLSEndpoint(
          "docker", "registry \($0)", .client, onNetwork: true, use: Effective(.none, origin: origin(list)))
      }
    }

    private func origin(_ value: ConfigValue?) -> Origin {
      Origin(path: path, line: value?.line, kind: .explicit, text: value?.texts.joined(separator: ", "))
    }
  }
}

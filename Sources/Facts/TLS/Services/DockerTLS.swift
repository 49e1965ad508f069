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
  static let units = DockerSettings.units
  static let needs = DockerSettings.needs + InstalledPackages.needs
  private static let packages = ["docker.io", "docker-ce", "moby-engine", "docker"]

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    UnitFilePaths.named(by: units, evidence).map { ContentNeed($0) }
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let command = try context.unit(units).map { unit throws(EvidenceGap) in
      try context.command(unit, DockerSettings.environment)
    }
    let settings = try DockerSettings(command, context.evidence)
    let tls = settings.tls
    let listeners = settings.hosts.compactMap { listener($0, tls, settings, context) }
    let registries = settings.insecureRegistries.map {
      TLSEndpoint(
        "docker", "registry \($0.value)", .client, onNetwork: true, use: Effective(.none, origin: $0.origin))
    }
    return listeners + registries
  }

  private static func listener(
    _ host: Effective<String>, _ tls: Effective<Bool>, _ settings: DockerSettings, _ context: TLSContext
  ) -> TLSEndpoint? {
    guard let address = DockerSettings.address(host.value) else { return nil }
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
        DockerSettings.isOn(verifies.value) ? "tlsverify" : "none", origin: verifies.origin)
    }
    end.certificate = settings["tlscert"]
    end.key = settings["tlskey"]
    return end
  }

  /// Beside suites of AES-GCM (DefaultServerAcceptedCiphers).
  private static let blockCiphers = ["AES256", "AES128"].map {
    TLSCipher("ECDHE-RSA-\($0)-SHA", ["CBC", "SHA1"])
  }
}

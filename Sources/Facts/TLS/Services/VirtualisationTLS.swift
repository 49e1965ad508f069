import DiskImages
import Evidence

/// The Docker daemon: `hosts` of daemon.json and `-H` of the unit; tcp:// without tlsverify is root for everybody who
/// reaches it (dockerd(8), "Protect the Docker daemon socket").
///
/// dockerd is written in Go; its lowest version is TLS 1.2 (go-connections, tlsconfig).
enum DockerTLS: TLSService {
  static let name = "docker"
  static let units = ["docker.service"]
  static let needs: [ContentNeed] = [
    "/etc/docker/daemon.json", "/etc/default/docker", "/etc/sysconfig/docker",
  ]

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let path = "/etc/docker/daemon.json"
    var root: ConfigValue?
    if let file = try context.evidence.text(at: path), file.lines.contains(where: { !$0.text.isEmpty }) {
      do { root = try JSONFormat.parse(file) } catch {
        throw EvidenceGap(path: path, reason: "cannot be read: \(error)")
      }
    }
    func origin(_ value: ConfigValue?) -> Origin {
      Origin(path: path, line: value?.line, kind: .explicit, text: value?.texts.joined(separator: ", "))
    }
    var hosts = (root?["hosts"]?.texts ?? []).map { ($0, origin(root?["hosts"])) }
    var words: [String] = []
    if let unit = try context.unit(units) {
      let command = try ListenerContext(evidence: context.evidence, unit: unit).command([
        "/etc/default/docker"
      ])
      words = command.words
      for (position, word) in words.enumerated() {
        if word == "-H" || word == "--host", position + 1 < words.count {
          hosts.append((words[position + 1], command.origin))
        } else if word.hasPrefix("--host=") || word.hasPrefix("-H=") {
          hosts.append((String(word.drop { $0 != "=" }.dropFirst()), command.origin))
        }
      }
    }
    func isSet(_ key: String) -> Bool {
      root?[key]?.texts.first == "true" || words.contains("--\(key)") || words.contains("--\(key)=true")
    }
    let verifies = isSet("tlsverify")
    let encrypts = verifies || isSet("tls")
    var ends = hosts.filter { $0.0.hasPrefix("tcp://") }.map { host, origin -> TLSEndpoint in
      let address = SocketAddress(host.dropFirst(6))
      var end = TLSEndpoint(
        "docker", "tcp:\(address.port ?? (encrypts ? 2376 : 2375))",
        onNetwork: !Listener.isLoopback(address.address),
        use: Effective(encrypts ? .required : .none, origin: origin))
      if encrypts {
        let source = Origin.compiledDefault("go-connections, tlsconfig: TLS 1.2")
        end.protocols = .value([.tls12, .tls13], source)
        end.ciphers = .value([], source)
        let groups = ["x25519", "secp256r1", "secp384r1", "secp521r1"].compactMap { TLSGroup.named($0) }
        end.groups = .value(groups, .compiledDefault("Go, crypto/tls: CurvePreferences"))
        end.finiteField = .value(.none("Go has none"), source)
      }
      end.verification = Effective(verifies ? "tlsverify" : "none", origin: origin)
      // Without a certificate of the client, whoever connects is root.
      end.secretsInClear = nil
      return end
    }
    let insecure = root?["insecure-registries"]
    ends += (insecure?.texts ?? []).filter { !$0.hasPrefix("127.") && $0 != "::1/128" }.map {
      TLSEndpoint(
        "docker", "registry \($0)", .client, onNetwork: true, use: Effective(.none, origin: origin(insecure)))
    }
    return ends
  }
}

/// libvirtd: listen_tcp in clear and listen_tls, where the daemon listens at all (libvirtd.conf; libvirtd(8)).
///
/// With socket activation the sockets libvirtd-tcp.socket and libvirtd-tls.socket decide; `--listen` does without
/// it. It uses GnuTLS with tls_priority.
enum LibvirtTLS: TLSService {
  static let name = "libvirtd"
  static let units = [
    "libvirtd.service", "libvirtd.socket", "libvirtd-tcp.socket", "libvirtd-tls.socket", "virtproxyd.service",
    "virtproxyd-tcp.socket", "virtproxyd-tls.socket",
  ]
  static let needs: [ContentNeed] = [
    "/etc/libvirt/libvirtd.conf", "/etc/libvirt/virtproxyd.conf", "/etc/default/libvirtd",
    "/etc/sysconfig/libvirtd",
  ]

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    try endpoints("libvirtd", context) + endpoints("virtproxyd", context)
  }

  private static func endpoints(_ daemon: String, _ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint]
  {
    var values: [String: Effective<String>] = [:]
    for line in try context.lines("/etc/libvirt/\(daemon).conf") {
      // The first line of a name counts (util/virconf.c, virConfGetValue).
      guard let (key, text) = line.assignment, values[key] == nil else { continue }
      let value = text.hasPrefix("\"") ? String(text.dropFirst().prefix { $0 != "\"" }) : text
      values[key] = Effective(value, origin: line.origin)
    }
    let isListening = try listens(daemon, context)
    var ends: [TLSEndpoint] = []
    let tcp =
      socket("\(daemon)-tcp.socket", context) ?? (isListening ? values["listen_tcp"].flatMap(isOn) : nil)
    if let tcp {
      let authentication =
        values["auth_tcp"] ?? Effective("sasl", origin: .compiledDefault("libvirtd.conf, auth_tcp"))
      var end = TLSEndpoint("libvirtd", "tcp", onNetwork: isOpen(values), use: Effective(.none, origin: tcp))
      end.verification = authentication
      ends.append(end)
    }
    let usual = Origin.compiledDefault("libvirtd.conf, listen_tls: 1")
    let tls =
      socket("\(daemon)-tls.socket", context)
      ?? (isListening ? (values["listen_tls"].map { isOn($0) } ?? usual) : nil)
    if let tls {
      var end = TLSEndpoint(
        "libvirtd", "tls", onNetwork: isOpen(values), use: Effective(.required, origin: tls))
      end.take(context.gnuTLS.offer(values["tls_priority"]))
      end.certificate =
        values["cert_file"]
        ?? Effective("/etc/pki/libvirt/servercert.pem", origin: .compiledDefault("libvirtd.conf, cert_file"))
      end.key = values["key_file"]
      end.verification =
        values["tls_no_verify_certificate"] ?? Effective("0", origin: .compiledDefault("libvirtd.conf"))
      ends.append(end)
    }
    return ends
  }

  private static func isOn(_ value: Effective<String>) -> Origin? { value.value == "1" ? value.origin : nil }

  private static func isOpen(_ values: [String: Effective<String>]) -> Bool {
    values["listen_addr"].map { !Listener.isLoopback($0.value) } ?? true
  }

  private static func socket(_ name: String, _ context: TLSContext) -> Origin? {
    context.units?.startReason(of: name)?.origin
  }

  private static func listens(_ daemon: String, _ context: TLSContext) throws(EvidenceGap) -> Bool {
    guard let unit = try context.unit(["\(daemon).service"]) else { return false }
    let words = try ListenerContext(evidence: context.evidence, unit: unit).command(["/etc/default/\(daemon)"]
    ).words
    return words.contains { $0 == "--listen" || $0 == "-l" }
  }
}

import DiskImages
import Evidence

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
    let command = try context.command(unit, ["/etc/default/\(daemon)"])
    return command.words.contains { $0 == "--listen" || $0 == "-l" }
  }
}

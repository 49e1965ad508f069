import DiskImages
import Evidence

/// daemon.json and the options of the command (dockerd(8)).
struct DockerSettings {
  static let units = ["docker.service"]
  static let needs: [ContentNeed] = ["/etc/docker/*.json"] + environment.map { ContentNeed($0) }
  /// Files that the unit or a script may take options from.
  static let environment = ["/etc/default/docker", "/etc/sysconfig/docker"]

  private let root: ConfigValue?
  private let path: String
  private let command: ServiceCommand?
  private static let keys = ["hosts", "tls", "tlsverify", "tlscert", "tlskey"]

  /// - Parameter command: that of its unit.
  init(_ command: ServiceCommand?, _ evidence: Evidence) throws(EvidenceGap) {
    self.command = command
    path = command?.values("--config-file").last?.value ?? "/etc/docker/daemon.json"
    var root: ConfigValue?
    if let file = try evidence.text(at: path), file.lines.contains(where: { !$0.text.isEmpty }) {
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

  /// A host without a scheme is tcp; without an address it is localhost, without a port 2375, also with TLS
  /// (opts/hosts.go, parseDaemonHost and ParseTCPAddr).
  static func address(_ host: String) -> SocketAddress? {
    var text = host[...]
    if let colon = host.range(of: "://") {
      guard host.hasPrefix("tcp://") else { return nil }
      text = host[colon.upperBound...]
    }
    text = text.prefix { $0 != "/" }
    if text.isEmpty || text.hasPrefix(":") { text = "localhost" + text }
    return SocketAddress(text)
  }

  /// Whether TLS is on, and by which setting.
  var tls: Effective<Bool> {
    if let verify = self["tlsverify"] { return Effective(true, origin: verify.origin) }
    guard let tls = self["tls"] else {
      return Effective(false, origin: .compiledDefault("dockerd(8), --tls: false"))
    }
    return Effective(Self.isOn(tls.value), origin: tls.origin)
  }

  /// Registries that are asked without TLS, or without looking at their certificate; those of loopback addresses are
  /// always.
  var insecureRegistries: [Effective<String>] {
    let list = root?["insecure-registries"]
    return (list?.texts ?? []).filter { !$0.hasPrefix("127.") && $0 != "::1/128" }.map {
      Effective($0, origin: origin(list))
    }
  }

  private func origin(_ value: ConfigValue?) -> Origin {
    Origin(path: path, line: value?.line, kind: .explicit, text: value?.texts.joined(separator: ", "))
  }
}

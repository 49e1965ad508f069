import DiskImages
import Evidence

/// What would listen after the next boot: the sockets that systemd opens, and the services that it starts with the
/// addresses of their configuration.
public struct Listeners: FactModel {
  public static let needs: [ContentNeed] =
    SystemdUnits.needs + InstalledPackages.needs + ListenerSources.all.flatMap { $0.needs }

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    ListenerSources.all.flatMap { $0.furtherNeeds(evidence) }
      + UnitFilePaths.named(by: ListenerSources.all.flatMap { $0.units }, evidence).map { ContentNeed($0) }
  }

  /// By unit.
  public let listeners: [Listener]
  /// Services that are started and about which it is not known whether they listen.
  public let unknown: [UnitName]
  /// Services whose configuration could not be read, by unit.
  public let gaps: [String: EvidenceGap]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let units = try SystemdUnits.started(facts)
    let packages = try? facts.model(InstalledPackages.self)
    var listeners: [Listener] = []
    var unknown: [UnitName] = []
    var gaps: [String: EvidenceGap] = [:]
    for name in units.startedAtBoot {
      guard case .loaded(let unit) = try units.state(of: name.description) else { continue }
      let context = ListenerContext(evidence: facts.evidence, unit: unit, packages: packages)
      if name.type == "socket" {
        listeners += try Self.socketListeners(unit, context)
      } else if name.type == "service" {
        let sources = ListenerSources.all.filter { Self.starts($0, unit) }
        do {
          for source in sources {
            listeners += try source.sockets(context).map {
              Listener(
                transport: $0.transport, address: $0.address, port: $0.port, unit: name.description,
                daemon: source.daemon, origin: $0.origin)
            }
          }
        } catch {
          gaps[name.description] = error
        }
        if sources.isEmpty && !Self.isSilent(unit) { unknown.append(name) }
      }
    }
    // One server on IPv4 and IPv6 is one listener on every address.
    var seen: Set<[String]> = []
    self.listeners = listeners.filter { seen.insert([$0.words, $0.unit]).inserted }
    self.unknown = unknown
    self.gaps = gaps
  }

  /// Ubuntu's sshd-socket-generator gives ssh.socket the ports and addresses of sshd_config.
  private static func socketListeners(_ unit: LoadedUnit, _ context: ListenerContext) throws(EvidenceGap)
    -> [Listener]
  {
    let own = SocketUnitListeners.listeners(unit)
    let generator = "/usr/lib/systemd/system-generators/sshd-socket-generator"
    guard unit.name.description == "ssh.socket", try context.evidence.entry(at: generator) != nil else {
      return own
    }
    let set = try SSHDListeners.sockets(context).filter { $0.origin.kind != .compiledDefault }
    if set.isEmpty { return own }
    return set.map {
      Listener(
        transport: $0.transport, address: $0.address, port: $0.port, unit: "ssh.socket", daemon: "ssh",
        origin: $0.origin)
    }
  }

  private static func starts(_ source: any ListenerSource.Type, _ unit: LoadedUnit) -> Bool {
    let names = ([unit.name] + unit.aliases).flatMap { [$0.description, $0.template?.description ?? ""] }
    return source.units.contains { names.contains($0) }
  }

  private static func isSilent(_ unit: LoadedUnit) -> Bool {
    let name = unit.name.description
    if ListenerSources.silent.contains(where: { fnmatch(pattern: $0, name) }) { return true }
    // What ends before the boot goes on leaves nothing behind that listens.
    if unit.value("Service", "Type")?.value == "oneshot" { return true }
    // Without a network of its own, or with Unix sockets alone, nothing of it can be reached.
    if unit.isTrue("Service", "PrivateNetwork") == true { return true }
    let families = unit.words("Service", "RestrictAddressFamilies")
    return !families.isEmpty && !families[0].hasPrefix("~") && !families.contains { $0.hasPrefix("AF_INET") }
  }
}

/// The addresses of a socket unit (systemd.socket(5)).
enum SocketUnitListeners {
  static func listeners(_ unit: LoadedUnit) -> [Listener] {
    [("ListenStream", "tcp"), ("ListenDatagram", "udp"), ("ListenSequentialPacket", "unix")].flatMap {
      key, transport in
      unit.list("Socket", key).compactMap { candidate in
        listener(candidate.value, transport, unit, candidate.origin)
      }
    }
  }

  private static func listener(_ value: String, _ transport: String, _ unit: LoadedUnit, _ origin: Origin)
    -> Listener?
  {
    let text = UnitSpecifiers.expand(value, in: unit.name)
    func make(_ transport: String, _ address: String, _ port: Int?) -> Listener {
      Listener(
        transport: transport, address: address, port: port, unit: unit.name.description,
        daemon: unit.name.prefix,
        origin: origin)
    }
    if text.hasPrefix("/") || text.hasPrefix("@") || text.hasPrefix("%") { return make("unix", text, nil) }
    if text.hasPrefix("vsock:") { return make("vsock", text, nil) }
    let address = SocketAddress(text)
    return address.port.map { make(transport, address.address, $0) }
  }
}

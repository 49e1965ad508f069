import DiskImages
import Evidence

/// HAProxy: each address of `bind`, with every port of a range.
enum HAProxyListeners: ListenerSource {
  static let daemon = "haproxy"
  static let units = HAProxyConfig.units
  static let needs = HAProxyConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    UnitFilePaths.named(by: units, evidence).flatMap { [$0, "\($0)/*.cfg"] }.map { ContentNeed($0) }
  }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let config = try HAProxyConfig(context.command(), context.evidence)
    guard config.isConfigured else {
      throw EvidenceGap(
        path: "/etc/haproxy/haproxy.cfg", reason: "there is none, and HAProxy does not start without one")
    }
    var sockets: [ListenerContext.Socket] = []
    for bind in config.binds {
      guard let ports = bind.ports else {
        throw EvidenceGap(
          path: bind.origin.path ?? "/etc/haproxy",
          reason: "an address without a port, or one of the environment")
      }
      guard sockets.count + ports.count <= 10_000 else {
        throw EvidenceGap(path: bind.origin.path ?? "/etc/haproxy", reason: "more than 10 000 ports")
      }
      sockets += ports.map {
        .init(transport: bind.transport, address: bind.address, port: $0, origin: bind.origin)
      }
    }
    return sockets
  }
}

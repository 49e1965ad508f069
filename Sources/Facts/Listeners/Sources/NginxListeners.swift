import DiskImages
import Evidence

/// nginx: the `listen` of every server block.
enum NginxListeners: ListenerSource {
  static let daemon = "nginx"
  static let units = NginxConfig.units
  static let needs = NginxConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    ((try? NginxConfig(evidence))?.patterns ?? []).map { ContentNeed($0) }
  }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    try context.requireUsual([NginxConfig.main], option: "-c")
    let config = try NginxConfig(context.evidence)
    return NginxConfig.kinds.flatMap { kind in
      config.root.blocks(kind).flatMap { $0.blocks("server") }.flatMap { NginxConfig.listens($0, kind) }
    }
    .map {
      .init(transport: $0.transport, address: $0.address.address, port: $0.address.port, origin: $0.origin)
    }
  }
}

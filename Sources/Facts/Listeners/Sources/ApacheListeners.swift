import DiskImages
import Evidence

/// Apache: every Listen that counts (mpm_common, core).
enum ApacheListeners: ListenerSource {
  static let daemon = "apache2"
  static let units = ApacheConfig.units
  static let needs = ApacheConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    ((try? ApacheConfig(evidence))?.patterns ?? []).map { ContentNeed($0) }
  }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    try context.requireUsual(ApacheConfig.mains.map(\.path), option: "-f")
    let release = context.packages?.release(ApacheConfig.packages)
    return (try ApacheConfig(context.evidence, release: release)?.listens ?? []).map {
      .init(transport: "tcp", address: $0.address.address, port: $0.address.port, origin: $0.origin)
    }
  }
}

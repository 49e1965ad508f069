import DiskImages
import Evidence

/// dockerd: each `tcp://` of its hosts; by default a Unix socket alone (dockerd(8), -H).
enum DockerListeners: ListenerSource {
  static let daemon = "docker"
  static let units = DockerSettings.units
  static let needs = DockerSettings.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    UnitFilePaths.named(by: units, evidence).map { ContentNeed($0) }
  }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let settings = try DockerSettings(context.command(DockerSettings.environment), context.evidence)
    return settings.hosts.compactMap { host in
      DockerSettings.address(host.value).map {
        .init(transport: "tcp", address: $0.address, port: $0.port ?? 2375, origin: host.origin)
      }
    }
  }
}

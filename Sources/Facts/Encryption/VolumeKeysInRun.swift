import DiskImages

/// Volumes of the images that were judged before in the same run, to find those that share a volume key.
public struct VolumeKeysInRun: Sendable {
  private var targets: [String: [String]] = [:]

  /// Nothing seen.
  public init() {}

  /// Notes the volumes of a target.
  public mutating func add(_ storage: [StorageDevice], of target: String) {
    for device in storage {
      for fingerprint in Set(device.encryption?.digests.map(\.fingerprint) ?? []) {
        targets[fingerprint, default: []].append("\(target) \(device.name)")
      }
    }
  }

  /// Volumes of earlier targets whose header has the same digest with the same salt, so that one is a copy of the
  /// other and the volume keys are the same.
  public func others(with header: EncryptionHeader) -> [String] {
    var seen: Set<String> = []
    return header.digests.flatMap { targets[$0.fingerprint] ?? [] }.filter { seen.insert($0).inserted }
  }
}

import DiskImages
import Evidence

/// What the next boot swaps to, and how it lies on the disk.
public struct SwapSpaces: FactModel {
  public static let needs: [ContentNeed] = VolumeStack.needs
  public static let probes: [any ContentProbe] = VolumeStack.probes

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    VolumeStack.furtherNeeds(evidence)
  }

  /// One place for swap.
  public struct Space: Sendable, Hashable {
    /// A device, or a file.
    public var source: String
    public var state: State
    public var origin: Origin
  }

  /// How swap lies on the disk.
  public enum State: Sendable, Hashable {
    /// Compressed in memory (zram), never on a disk.
    case memory
    /// Encrypted with a key that is new at every boot.
    case randomKey(EncryptedVolume)
    case other(AtRestProtection)
  }

  /// Sorted by source.
  public let spaces: [Space]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let stack: VolumeStack = try facts.model()
    let units: SystemdUnits = try facts.model()
    var origins: [String: Origin] = [:]
    for entry in parseFstab(try facts.evidence.bytes(at: "/etc/fstab") ?? []).entries
    where entry.type == "swap" && !entry.options.contains("noauto") {
      origins[entry.source] = Origin(path: "/etc/fstab", line: entry.line, kind: .explicit, text: entry.text)
    }
    for name in units.unitFiles where name.type == "swap" && units.startReason(of: name.description) != nil {
      guard case .loaded(let unit) = try units.state(of: name.description), !unit.isGenerated,
        let what = unit.value("Swap", "What"), origins[what.value] == nil
      else { continue }
      origins[what.value] = what.origin
    }
    spaces = origins.map { source, origin in
      Space(source: source, state: Self.state(source, stack), origin: origin)
    }.sorted { $0.source < $1.source }
  }

  /// How the source of a line lies on the disk.
  static func state(_ source: String, _ stack: VolumeStack) -> State {
    if source.hasPrefix("/dev/zram") { return .memory }
    if source.hasPrefix("/"), !source.hasPrefix("/dev/") { return .other(stack.protection(holding: source)) }
    let protection = stack.protection(ofSource: source, type: "swap")
    if case .encrypted(let volumes) = protection, let volume = volumes.first,
      volume.entry?.hasRandomKey == true
    {
      return .randomKey(volume)
    }
    return .other(protection)
  }
}

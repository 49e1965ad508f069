import DiskImages
import Evidence

/// Where the memory is written to when the machine hibernates: with it the keys of all open volumes.
public struct Hibernation: FactModel {
  public static let needs: [ContentNeed] =
    SwapSpaces.needs + BootEntries.needs + ["/etc/initramfs-tools/conf.d/*"]
  public static let probes: [any ContentProbe] = SwapSpaces.probes

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    SwapSpaces.furtherNeeds(evidence) + BootEntries.furtherNeeds(evidence)
  }

  /// What resuming comes to.
  public enum State: Sendable, Hashable {
    /// No boot entry resumes.
    case none
    /// The kernel refuses to (`nohibernate`).
    case refused(Origin)
    /// The device from which the boot takes the memory back.
    case device(String, SwapSpaces.State, Origin)
  }

  public let state: State

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let boot: BootEntries = try facts.model()
    let stack: VolumeStack = try facts.model()
    let line = try KernelCommandLine(boot)
    if let refused = line.last("nohibernate") {
      state = .refused(refused.origin)
      return
    }
    var device = line.last("resume").flatMap { argument in argument.value.map { ($0, argument.origin) } }
    if device == nil { device = try Self.initramfsDevice(facts.evidence) }
    if line.last("noresume") != nil { device = nil }
    guard let (source, origin) = device else {
      state = .none
      return
    }
    state = .device(source, SwapSpaces.state(source, stack), origin)
  }

  /// RESUME= of initramfs-tools(7), the last file that sets it; `none` and `auto` name no device.
  private static func initramfsDevice(_ evidence: Evidence) throws(EvidenceGap) -> (String, Origin)? {
    var found: (String, Origin)?
    for file in try evidence.entries(matching: "/etc/initramfs-tools/conf.d/*").sorted(by: {
      $0.name < $1.name
    }).prefix(64) {
      for line in try evidence.text(of: file).lines where line.text.hasPrefix("RESUME=") {
        let value = line.text.dropFirst(7).filter { $0 != "\"" && $0 != "'" }
        let origin = Origin(path: file.path, line: line.number, kind: .explicit, text: line.text)
        found = ["", "none", "auto"].contains(value) ? nil : (value, origin)
      }
    }
    return found
  }
}

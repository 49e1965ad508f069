import DiskImages
import Evidence

/// Whether the boot checks what it reads against a hash tree (dm-verity): the kernel's command line names the root of
/// the tree (systemd-veritysetup-generator(8), `roothash=` and `usrhash=`; `root=/dev/dm-0 dm-mod.create=`).
public struct VerityRoot: FactModel {
  public static let needs: [ContentNeed] = BootEntries.needs + ["/etc/veritytab"]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    BootEntries.furtherNeeds(evidence)
  }

  /// `/` or `/usr` with the place that names the hash.
  public private(set) var checked: [String: Origin] = [:]
  /// Volumes of veritytab(5).
  public private(set) var table: [Origin] = []
  /// Hash trees on the devices of the image.
  public let trees: [(device: String, header: VerityHeader)]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    trees = facts.evidence.storage.compactMap { device in device.verity.map { (device.name, $0) } }
    let line = try KernelCommandLine(try facts.model())
    if line.last("systemd.verity")?.value.map({ ["0", "no"].contains($0) }) != true {
      for (name, target) in [("roothash", "/"), ("usrhash", "/usr")] {
        if let argument = line.last(name), argument.value?.isEmpty == false {
          checked[target] = argument.origin
        }
      }
    }
    if let argument = line.last("dm-mod.create"), argument.value?.contains(" verity ") == true {
      checked["/"] = checked["/"] ?? argument.origin
    }
    for line in try facts.evidence.text(at: "/etc/veritytab")?.lines ?? []
    where !line.text.isEmpty && !line.text.hasPrefix("#") {
      table.append(Origin(path: "/etc/veritytab", line: line.number, kind: .explicit, text: line.text))
    }
  }
}

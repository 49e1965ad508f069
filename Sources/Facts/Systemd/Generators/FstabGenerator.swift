import DiskImages
import Evidence

/// systemd-fstab-generator(8): a mount, automount or swap unit for every line of fstab(5).
enum FstabGenerator: UnitGenerator {
  static let program = "systemd-fstab-generator"
  static let needs: [ContentNeed] = ["/etc/fstab"]

  static func generate(
    _ evidence: Evidence, _ catalog: UnitCatalog, into output: inout GeneratedUnits
  ) throws(EvidenceGap) {
    guard let bytes = try evidence.bytes(at: "/etc/fstab") else { return }
    for entry in parseFstab(bytes).entries {
      if entry.type == "swap" {
        addSwap(entry, &output)
      } else if entry.target.hasPrefix("/") {
        addMount(entry, &output)
      }
    }
  }

  private static func addMount(_ entry: FstabEntry, _ output: inout GeneratedUnits) {
    let stem = unitNameEscaped(path: entry.target)
    guard let mount = UnitName(full: stem + ".mount") else { return }
    output.add(
      mount, from: "/etc/fstab", line: entry.line,
      [
        ("Mount", "What", entry.source), ("Mount", "Where", entry.target), ("Mount", "Type", entry.type),
        ("Mount", "Options", entry.options.joined(separator: ",")),
      ])
    let isRemote = entry.options.contains("_netdev") || isNetwork(entry.type)
    let target = isRemote ? "remote-fs.target" : "local-fs.target"
    if entry.options.contains("x-systemd.automount"), let automount = UnitName(full: stem + ".automount") {
      output.add(automount, from: "/etc/fstab", line: entry.line, [("Automount", "Where", entry.target)])
      output.pull(automount, by: target, origin(entry))
    } else if !entry.options.contains("noauto") {
      output.pull(mount, by: target, origin(entry))
    }
  }

  private static func addSwap(_ entry: FstabEntry, _ output: inout GeneratedUnits) {
    guard entry.source.hasPrefix("/"),
      let swap = UnitName(full: unitNameEscaped(path: entry.source) + ".swap")
    else { return }
    output.add(swap, from: "/etc/fstab", line: entry.line, [("Swap", "What", entry.source)])
    if !entry.options.contains("noauto") { output.pull(swap, by: "swap.target", origin(entry)) }
  }

  private static func isNetwork(_ type: String) -> Bool {
    ["nfs", "nfs4", "cifs", "smb3", "ceph", "glusterfs", "fuse.sshfs", "afs", "ncpfs", "9p"].contains(type)
  }

  private static func origin(_ entry: FstabEntry) -> Origin {
    Origin(path: "/etc/fstab", line: entry.line, kind: .explicit, text: entry.text)
  }
}

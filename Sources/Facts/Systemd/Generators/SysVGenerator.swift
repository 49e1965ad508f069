import DiskImages
import Evidence

/// systemd-sysv-generator(8): a service for every executable script in /etc/init.d that no unit replaces, wanted
/// as the start links of the runlevels say. Debian's reads rcS.d too.
enum SysVGenerator: UnitGenerator {
  static let program = "systemd-sysv-generator"
  static let needs: [ContentNeed] = []

  private static let runlevels = [
    ("rc1.d", "rescue.target"), ("rc2.d", "multi-user.target"), ("rc3.d", "multi-user.target"),
    ("rc4.d", "multi-user.target"), ("rc5.d", "graphical.target"), ("rcS.d", "sysinit.target"),
  ]

  static func generate(
    _ evidence: Evidence, _ catalog: UnitCatalog, into output: inout GeneratedUnits
  ) throws(EvidenceGap) {
    var scripts: [UnitName: String] = [:]
    for entry in try evidence.entries(matching: "/etc/init.d/*") {
      guard let unit = unit(entry.rawName), !catalog.contains(unit), scripts[unit] == nil,
        case .found(let script) = evidence.index.target(of: entry), script.type == .regular,
        script.permissions & 0o100 != 0
      else { continue }
      scripts[unit] = entry.path
      output.add(
        unit, from: entry.path, line: 1, rank: UnitLoadPath.Rank.late,
        [("Unit", "SourcePath", entry.path), ("Service", "ExecStart", "\(entry.path) start")])
    }
    for (directory, target) in runlevels {
      for base in ["/etc/\(directory)", "/etc/rc.d/\(directory)"] {
        for link in try evidence.entries(matching: GlobPattern("\(base)/S[0-9][0-9]*")) {
          guard let unit = unit(String(link.rawName.dropFirst(3))), scripts[unit] != nil else { continue }
          output.pull(
            unit, by: target, Origin(path: link.path, kind: .explicit, text: "start link of a runlevel"))
        }
      }
    }
  }

  private static func unit(_ script: String) -> UnitName? {
    let name = script.hasSuffix(".sh") ? String(script.dropLast(3)) : script
    return name.isEmpty ? nil : UnitName(full: name + ".service")
  }
}

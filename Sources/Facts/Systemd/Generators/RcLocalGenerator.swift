import DiskImages
import Evidence

/// systemd-rc-local-generator(8): multi-user.target wants rc-local.service where /etc/rc.local is executable.
enum RcLocalGenerator: UnitGenerator {
  static let program = "systemd-rc-local-generator"
  static let needs: [ContentNeed] = []

  static func generate(
    _ evidence: Evidence, _ catalog: UnitCatalog, into output: inout GeneratedUnits
  ) throws(EvidenceGap) {
    for path in ["/etc/rc.local", "/etc/rc.d/rc.local"] {
      guard let script = try evidence.entry(at: path), script.type == .regular,
        script.permissions & 0o111 != 0, let unit = UnitName("rc-local.service")
      else { continue }
      output.pull(
        unit, by: "multi-user.target", Origin(path: path, kind: .explicit, text: "the script is executable"))
      return
    }
  }
}

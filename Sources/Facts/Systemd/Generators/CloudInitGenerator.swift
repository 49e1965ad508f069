import DiskImages
import Evidence

/// cloud-init-generator: multi-user.target wants cloud-init.target unless /etc/cloud/cloud-init.disabled exists.
///
/// At boot it also asks ds-identify whether the machine offers a data source; on the disk it counts as offered.
enum CloudInitGenerator: UnitGenerator {
  static let program = "cloud-init-generator"
  static let needs: [ContentNeed] = []

  static func generate(
    _ evidence: Evidence, _ catalog: UnitCatalog, into output: inout GeneratedUnits
  ) throws(EvidenceGap) {
    guard try evidence.entry(at: "/etc/cloud/cloud-init.disabled") == nil,
      let unit = UnitName("cloud-init.target")
    else { return }
    output.pull(
      unit, by: "multi-user.target",
      Origin(kind: .compiledDefault, text: "cloud-init-generator, where a data source is found"))
  }
}

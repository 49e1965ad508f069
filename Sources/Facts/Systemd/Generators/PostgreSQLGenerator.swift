import DiskImages
import Evidence

/// postgresql-generator of Debian's postgresql-common: postgresql.service wants an instance for every cluster in
/// /etc/postgresql whose start.conf says `auto`, which is the default.
enum PostgreSQLGenerator: UnitGenerator {
  static let program = "postgresql-generator"
  static let needs: [ContentNeed] = ["/etc/postgresql/*/*/start.conf"]

  static func generate(
    _ evidence: Evidence, _ catalog: UnitCatalog, into output: inout GeneratedUnits
  ) throws(EvidenceGap) {
    for entry in try evidence.entries(matching: "/etc/postgresql/*/*/postgresql.conf") {
      let cluster = entry.parent
      let start = try evidence.text(at: "\(cluster.path)/start.conf")?.lines.map { $0.text.trimmingBlanks() }
        .first { !$0.isEmpty && !$0.hasPrefix("#") }
      guard start ?? "auto" == "auto",
        let unit = UnitName(full: "postgresql@\(cluster.parent.name)-\(cluster.name).service")
      else { continue }
      output.pull(
        unit, by: "postgresql.service", Origin(path: entry.path, kind: .explicit, text: "start auto"))
    }
  }
}

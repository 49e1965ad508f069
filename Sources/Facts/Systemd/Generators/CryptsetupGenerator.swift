import DiskImages
import Evidence

/// systemd-cryptsetup-generator(8): a service for every line of crypttab(5).
enum CryptsetupGenerator: UnitGenerator {
  static let program = "systemd-cryptsetup-generator"
  static let needs: [ContentNeed] = ["/etc/crypttab"]

  static func generate(
    _ evidence: Evidence, _ catalog: UnitCatalog, into output: inout GeneratedUnits
  ) throws(EvidenceGap) {
    for line in try evidence.text(at: "/etc/crypttab")?.lines ?? [] {
      let fields = line.text.split { $0 == " " || $0 == "\t" }
      guard fields.count >= 2, fields[0].first != "#",
        let unit = UnitName(full: "systemd-cryptsetup@\(unitNameEscaped(String(fields[0]))).service")
      else { continue }
      output.add(
        unit, from: "/etc/crypttab", line: line.number,
        [("Service", "ExecStart", "systemd-cryptsetup attach \(fields[0]) \(fields[1])")])
      let options = fields.count > 3 ? fields[3].split(separator: ",") : []
      if options.contains("noauto") { continue }
      output.pull(
        unit, by: options.contains("_netdev") ? "remote-cryptsetup.target" : "cryptsetup.target",
        Origin(path: "/etc/crypttab", line: line.number, kind: .explicit, text: line.text))
    }
  }
}

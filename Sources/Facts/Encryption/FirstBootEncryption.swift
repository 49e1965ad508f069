import DiskImages
import Evidence

/// What gives the volumes of a template keys of their own at the first boot of each clone: a unit that re-encrypts, or
/// systemd-repart(8) with `Encrypt=`, which makes a new volume.
public struct FirstBootEncryption: FactModel {
  public static let needs: [ContentNeed] = SystemdUnits.needs + folders.map { ContentNeed($0 + "/*.conf") }

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    SystemdUnits.furtherNeeds(evidence)
  }

  private static let folders = [
    "/etc/repart.d", "/run/repart.d", "/usr/local/lib/repart.d", "/usr/lib/repart.d",
  ]

  /// The place that shows it; nil if nothing does.
  public private(set) var origin: Origin?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let units: SystemdUnits = try facts.model()
    for name in units.startedAtBoot where name.type == "service" {
      guard case .loaded(let unit) = try units.state(of: name.description) else { continue }
      let commands = ["ExecStartPre", "ExecStart", "ExecStartPost"].flatMap { unit.list("Service", $0) }
      if let command = commands.first(where: { Self.reencrypts($0.value) }) {
        origin = command.origin
        return
      }
    }
    guard units.startReason(of: "systemd-repart.service") != nil else { return }
    for folder in Self.folders {
      for file in try facts.evidence.entries(matching: GlobPattern(folder + "/*.conf")).prefix(64) {
        for line in try facts.evidence.text(of: file).lines where Self.encrypts(line.text) {
          origin = Origin(path: file.path, line: line.number, kind: .explicit, text: line.text)
          return
        }
      }
    }
  }

  private static func reencrypts(_ command: String) -> Bool {
    command.contains("cryptsetup-reencrypt")
      || (command.contains("cryptsetup") && command.contains(" reencrypt"))
  }

  /// repart.d(5): `off`, `key-file`, `tpm2`, `key-file+tpm2`.
  private static func encrypts(_ line: String) -> Bool {
    let compact = line.filter { $0 != " " && $0 != "\t" }
    return compact.hasPrefix("Encrypt=") && !["Encrypt=", "Encrypt=off", "Encrypt=no"].contains(compact)
  }
}

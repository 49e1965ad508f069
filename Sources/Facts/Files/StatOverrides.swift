import DiskImages
import Evidence

/// Modes and owners that dpkg gives to packaged files instead of the package's own (dpkg-statoverride(1)).
///
/// They count when a package is unpacked, not at boot: the disk says what is in force, an override what the
/// next upgrade will keep.
public struct StatOverrides: FactModel {
  public static let needs: [ContentNeed] = ["/var/lib/dpkg/statoverride"]

  /// What the override says for each path, `root crontab 2755`.
  private var byPath: [String: Origin] = [:]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    guard let file = try facts.evidence.text(at: "/var/lib/dpkg/statoverride") else { return }
    for line in file.lines {
      let fields = line.text.split(separator: " ", maxSplits: 3).map(String.init)
      guard fields.count == 4 else { continue }
      byPath[fields[3]] = Origin(path: file.path, line: line.number, kind: .explicit, text: line.text)
    }
  }

  /// The override for a path, under its name before or after the merge of /bin and /usr/bin.
  public func override(for path: String) -> Origin? {
    byPath[path] ?? (path.hasPrefix("/usr/") ? byPath[String(path.dropFirst(4))] : byPath["/usr" + path])
  }
}

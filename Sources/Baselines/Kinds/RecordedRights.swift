import DiskImages
import Facts

/// Compares the set-id bits and capabilities of a file with those that its package records (rpm, apk).
enum RecordedRights: Hashable {
  /// The package records all of them.
  case recorded
  /// The package records fewer.
  case deviates(String)
  /// The database says nothing of the rights of this file, as dpkg's never does.
  case unrecorded

  private static let bits: UInt32 = 0o6000

  static func verdict(on entry: FileEntry, _ files: RecordedFiles) -> RecordedRights {
    var deviation: String?
    for record in files.records(of: entry) {
      guard let mode = record.mode else { continue }
      let hasBits = entry.permissions & bits & ~mode == 0
      let own = capabilities(of: entry)
      let hasCapabilities = own.isSubset(of: capabilities(record.capabilities ?? ""))
      if hasBits, hasCapabilities { return .recorded }
      if hasBits, record.areCapabilitiesFree { continue }
      // What the package leaves to others, such as SUSE's chkstat, it does not forbid.
      if record.isModeFree { continue }
      let words = [
        "mode \(octal(mode & 0o7777))",
        hasCapabilities || record.areCapabilitiesFree
          ? nil : "capabilities " + (record.capabilities ?? "none"),
      ]
      deviation = "package \(record.package) records \(words.compactMap { $0 }.joined(separator: ", "))"
    }
    return deviation.map { .deviates($0) } ?? .unrecorded
  }

  private static func capabilities(of entry: FileEntry) -> Set<String> {
    guard entry.extendedAttributes.contains(where: { $0.name == "security.capability" }) else { return [] }
    return Set(entry.capabilities?.names ?? [])
  }

  /// The names in a text such as `cap_net_admin,cap_net_raw=p`.
  private static func capabilities(_ text: String) -> Set<String> {
    Set(text.split { !$0.isLetter && $0 != "_" }.map(String.init).filter { $0.hasPrefix("cap_") })
  }
}

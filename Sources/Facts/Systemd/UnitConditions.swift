import DiskImages
import Evidence

/// Evaluates those conditions of a unit that the disk decides (systemd.unit(5), "Conditions and Asserts"). What
/// depends on the running machine counts as met, which errs on the side of exposure.
struct UnitConditions {
  private let evidence: Evidence
  private let isFirstBoot: Bool
  /// Directories whose content a boot leaves alone; elsewhere another unit may have changed it by then.
  private static let settled = ["/etc/", "/usr/", "/bin/", "/sbin/", "/lib/", "/opt/", "/boot/"]

  init(_ evidence: Evidence, _ presets: UnitPresets) {
    self.evidence = evidence
    isFirstBoot = presets.isFirstBoot
  }

  /// The first condition that keeps the unit from being started. All plain conditions have to hold, and one of
  /// those with `|` if there are any.
  func firstUnmet(of unit: LoadedUnit) -> Origin? {
    var triggers: [(holds: Bool, origin: Origin)] = []
    for kind in ["Condition", "Assert"] {
      for test in Self.tests {
        for candidate in unit.list("Unit", kind + test) {
          var value = candidate.value[...]
          let isTrigger = value.first == "|"
          if isTrigger { value = value.dropFirst() }
          let isNegated = value.first == "!"
          if isNegated { value = value.dropFirst() }
          let holds = self.holds(test, String(value.trimmingBlanks())).map { $0 != isNegated } ?? true
          if isTrigger {
            triggers.append((holds, candidate.origin))
          } else if !holds {
            return candidate.origin
          }
        }
      }
    }
    return triggers.contains { $0.holds } ? nil : triggers.first?.origin
  }

  private static let tests = [
    "PathExists", "PathExistsGlob", "PathIsDirectory", "PathIsSymbolicLink", "DirectoryNotEmpty",
    "FileNotEmpty",
    "FileIsExecutable", "FirstBoot",
  ]

  /// Nil if the disk does not tell.
  private func holds(_ test: String, _ value: String) -> Bool? {
    if test == "FirstBoot" { return LoadedUnit.boolean(value).map { $0 == isFirstBoot } }
    guard value.hasPrefix("/"), !value.contains("%") else { return nil }
    // Nor does a boot make a link of a top-level directory; tmp.mount asks that of /tmp.
    let isTopLevelLink = test == "PathIsSymbolicLink" && !value.dropFirst().contains("/")
    guard isTopLevelLink || Self.settled.contains(where: value.hasPrefix) else { return nil }
    if test == "PathExistsGlob" { return !evidence.index.matches(GlobPattern(value)).isEmpty }
    let entry: FileEntry?
    switch evidence.index.resolve(value, followLast: test != "PathIsSymbolicLink") {
    case .found(let found): entry = found
    case .absent, .loop: entry = nil
    case .unknown: return nil
    }
    return switch test {
    case "PathExists": entry != nil
    case "PathIsDirectory": entry?.type == .directory
    case "PathIsSymbolicLink": entry?.type == .symbolicLink
    case "DirectoryNotEmpty": entry.map { $0.type == .directory && !$0.children.isEmpty } ?? false
    case "FileNotEmpty": entry.map { $0.type == .regular && $0.metadata.size > 0 } ?? false
    case "FileIsExecutable": entry.map { $0.type == .regular && $0.permissions & 0o111 != 0 } ?? false
    default: nil
    }
  }
}

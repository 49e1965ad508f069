import DiskImages
import Evidence

/// What systemd would enable at a first boot (systemd.preset(5)).
///
/// Presets are applied when /etc/machine-id is absent or holds `uninitialized`; an empty file is not a first boot
/// (machine-id(5), "First Boot Semantics").
struct UnitPresets {
  static let needs: [ContentNeed] = [
    "/etc/machine-id", "/etc/systemd/system-preset/*.preset", "/run/systemd/system-preset/*.preset",
    "/usr/local/lib/systemd/system-preset/*.preset", "/usr/lib/systemd/system-preset/*.preset",
    "/lib/systemd/system-preset/*.preset",
  ]

  private struct Rule {
    var enables: Bool
    var pattern: String
    var instances: [String]
    var origin: Origin
  }

  /// Whether the next boot is a first boot.
  let isFirstBoot: Bool
  private let rules: [Rule]

  init(_ evidence: Evidence) throws(EvidenceGap) {
    if let machineID = try evidence.bytes(at: "/etc/machine-id") {
      isFirstBoot = String(decoding: machineID, as: UTF8.self).trimmingBlanksAndLineFeeds() == "uninitialized"
    } else {
      isFirstBoot = true
    }
    var byName: [String: FileEntry] = [:]
    for need in Self.needs.dropFirst() {
      for entry in try evidence.entries(matching: need.pattern) where byName[entry.name] == nil {
        byName[entry.name] = entry
      }
    }
    var rules: [Rule] = []
    for (_, entry) in byName.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      let file = try evidence.text(of: entry)
      for line in file.lines {
        let words = line.text.split { $0 == " " || $0 == "\t" }
        guard words.count >= 2, words[0] == "enable" || words[0] == "disable" else { continue }
        rules.append(
          Rule(
            enables: words[0] == "enable", pattern: String(words[1]),
            instances: words.dropFirst(2).map(String.init),
            origin: Origin(path: file.path, line: line.number, kind: .vendor, text: line.text)))
      }
    }
    self.rules = rules
  }

  /// Whether the first matching rule enables the unit; without one it is enabled.
  func enables(_ unit: UnitName) -> (Bool, Origin) {
    for rule in rules where fnmatch(pattern: rule.pattern, unit.description) {
      return (rule.enables, rule.origin)
    }
    return (true, .compiledDefault("systemd.preset(5): a unit that no preset names is enabled"))
  }
}

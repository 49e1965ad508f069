import DiskImages
import Evidence

/// What systemd would enable at a first boot (systemd.preset(5)).
///
/// Presets are applied when /etc/machine-id is absent or holds `uninitialized`; an empty file is not a first boot
/// (machine-id(5), "First Boot Semantics"). They only enable (manager.c: UNIT_FILE_PRESET_ENABLE_ONLY): a unit
/// that a link enables stays enabled whatever they say.
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

  private static let limit = 4096

  /// Whether the next boot is a first boot.
  let isFirstBoot: Bool
  private let rules: [Rule]

  init(_ evidence: Evidence) throws(EvidenceGap) {
    if let machineID = try evidence.bytes(at: "/etc/machine-id") {
      isFirstBoot = String(decoding: machineID, as: UTF8.self).trimmingBlanksAndLineFeeds() == "uninitialized"
    } else {
      isFirstBoot = true
    }
    guard isFirstBoot else {
      rules = []
      return
    }
    var byName: [String: FileEntry] = [:]
    for need in Self.needs.dropFirst() {
      for entry in try evidence.entries(matching: need.pattern) where byName[entry.name] == nil {
        byName[entry.name] = entry
      }
    }
    var rules: [Rule] = []
    for (_, entry) in byName.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    where !evidence.isNull(entry) {
      rules += Self.rules(in: try evidence.text(of: entry))
      guard rules.count <= Self.limit else {
        throw EvidenceGap(path: entry.path, reason: "more than \(Self.limit) preset rules")
      }
    }
    self.rules = rules
  }

  private static func rules(in file: TextFile) -> [Rule] {
    file.lines.compactMap { line in
      let words = line.text.split { $0 == " " || $0 == "\t" }
      guard words.count >= 2, ["enable", "disable", "ignore"].contains(words[0]) else { return nil }
      return Rule(
        enables: words[0] == "enable", pattern: String(words[1]),
        instances: words.dropFirst(2).map(String.init),
        origin: Origin(path: file.path, line: line.number, kind: .firstBoot, text: line.text))
    }
  }

  /// The units that a first boot enables for a unit file: itself, the instances that a preset names for a
  /// template, or none.
  func enabled(_ unit: LoadedUnit) -> (units: [UnitName], origin: Origin)? {
    let name = unit.name.description
    guard let rule = rules.first(where: { fnmatch(pattern: $0.pattern, name) }) else {
      let origin = Origin(
        kind: .firstBoot, text: "systemd.preset(5): a unit that no preset names is enabled at the first boot")
      return (instances(of: unit, []), origin)
    }
    return rule.enables ? (instances(of: unit, rule.instances), rule.origin) : nil
  }

  private func instances(of unit: LoadedUnit, _ named: [String]) -> [UnitName] {
    guard unit.name.isTemplate else { return [unit.name] }
    let fallback = unit.value("Install", "DefaultInstance").map { [$0.value] } ?? []
    return (named.isEmpty ? fallback : named).compactMap { unit.name.with(instance: $0) }
  }
}

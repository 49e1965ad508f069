/// A unit as systemd would load it.
public struct LoadedUnit: Sendable, Hashable {
  public var name: UnitName
  /// Other names of the unit.
  public var aliases: [UnitName]
  /// The file that defines the unit: a unit file, or what a generator makes it from.
  public var path: String
  /// The unit file and its drop-ins, in the order in which systemd applies them.
  var files: [UnitFile]
  /// Whether the file lies where the distribution puts units.
  public var isVendor: Bool { !path.hasPrefix("/etc/") }
  /// Whether a generator makes the unit at boot.
  public var isGenerated: Bool { files.first?.isGenerated ?? false }

  /// What an assignment that counts once would be: the last one, with what it shadows.
  public func value(_ section: String, _ key: String) -> Effective<String>? {
    let all = assignments(section, key)
    guard let last = all.last else { return nil }
    return Effective(
      last.value, origin: last.origin,
      shadowed: all.dropLast().reversed().map { .init(value: $0.value, origin: $0.origin) })
  }

  /// What a list assignment adds up to: an empty value starts it anew (systemd.unit(5)).
  public func list(_ section: String, _ key: String) -> [Effective<String>.Candidate] {
    var result: [Effective<String>.Candidate] = []
    for assignment in assignments(section, key) {
      if assignment.value.isEmpty { result = [] } else { result.append(assignment) }
    }
    return result
  }

  /// The words of a list assignment, without quotes.
  public func words(_ section: String, _ key: String) -> [String] {
    list(section, key).flatMap { Self.words(of: $0.value) }
  }

  static func words(of value: String) -> [String] {
    value.split { $0 == " " || $0 == "\t" }.map {
      $0.utf8.count >= 2 && $0.first == "\"" && $0.last == "\""
        ? String($0.dropFirst().dropLast()) : String($0)
    }
  }

  /// A yes-or-no assignment (systemd.syntax(7)); nil if it is neither given nor readable.
  public func isTrue(_ section: String, _ key: String) -> Bool? {
    value(section, key).flatMap { Self.boolean($0.value) }
  }

  static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "1", "yes", "y", "true", "t", "on": true
    case "0", "no", "n", "false", "f", "off": false
    default: nil
    }
  }

  /// Whether the unit can be enabled: it has an [Install] section that says to what.
  public var isInstallable: Bool {
    ["WantedBy", "RequiredBy", "UpheldBy", "Alias", "Also"].contains { !words("Install", $0).isEmpty }
  }

  private func assignments(_ section: String, _ key: String) -> [Effective<String>.Candidate] {
    var found: [Effective<String>.Candidate] = []
    for (position, file) in files.enumerated() {
      for assignment in file.assignments where assignment.key == key && assignment.section == section {
        let kind: Origin.Kind =
          file.path.hasPrefix("/etc/") ? (position == 0 ? .explicit : .dropIn) : .vendor
        found.append(
          .init(
            value: assignment.value,
            origin: Origin(
              path: file.path, line: assignment.line, kind: kind, text: "\(key)=\(assignment.value)")))
      }
    }
    return found
  }
}

/// The state of a unit on the disk.
public enum UnitState: Sendable, Hashable {
  /// No unit file and nothing that a generator would make one from.
  case absent
  /// A link to /dev/null or an empty file: systemd refuses to start it.
  case masked(Origin)
  case loaded(LoadedUnit)
}

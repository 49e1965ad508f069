import DiskImages
import Evidence

/// Settings in systemd's syntax out of a main file and its drop-ins.
public protocol LayeredSettings {
  /// The main file, if there is one, and the drop-ins, in the order in which systemd applies them.
  var files: [UnitFile] { get }
}

extension LayeredSettings {
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

  private func assignments(_ section: String, _ key: String) -> [Effective<String>.Candidate] {
    var found: [Effective<String>.Candidate] = []
    for file in files {
      let isDropIn = file.path.hasSuffix(".conf") && file.path.contains(".d/")
      for assignment in file.assignments where assignment.key == key && assignment.section == section {
        let kind: Origin.Kind =
          file.path.hasPrefix("/etc/") ? (isDropIn ? .dropIn : .explicit) : .vendor
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

/// The configuration of one of systemd's programs, e.g. timesyncd.conf: the strongest main file and the drop-ins of
/// all directories by name (systemd.syntax(7), "Configuration Directories and Precedence").
public struct ProgramSettings: LayeredSettings, Sendable, Hashable {
  public let files: [UnitFile]

  private static let directories = [
    "/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd", "/lib/systemd",
  ]

  /// What a model that reads `name` needs.
  public static func needs(_ name: String) -> [ContentNeed] {
    directories.flatMap { [ContentNeed("\($0)/\(name)"), ContentNeed("\($0)/\(name).d/*.conf")] }
  }

  /// Reads `name` with its drop-ins.
  public init(_ name: String, _ evidence: Evidence) throws(EvidenceGap) {
    var files: [UnitFile] = []
    for directory in Self.directories {
      guard let entry = try evidence.entry(at: "\(directory)/\(name)", followLast: false) else { continue }
      if !evidence.isNull(entry) { files.append(UnitFile(try evidence.text(of: entry))) }
      break
    }
    var byName: [String: FileEntry] = [:]
    for directory in Self.directories {
      for entry in try evidence.entries(matching: GlobPattern("\(directory)/\(name).d/*.conf"))
      where byName[entry.rawName] == nil {
        byName[entry.rawName] = entry
      }
    }
    for (_, entry) in byName.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    where !evidence.isNull(entry) {
      files.append(UnitFile(try evidence.text(of: entry)))
    }
    self.files = files
  }
}

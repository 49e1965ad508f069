import DiskImages
import Evidence

/// The formats of configuration files that several programs share.
public enum ConfigFormat: String, Sendable, Hashable, CaseIterable {
  case ini
  case keyValue = "keyvalue"
  case json, yaml, toml, xml
  case systemd

  /// Reads a file.
  public func parse(_ file: TextFile) throws(ConfigError) -> ConfigDocument {
    switch self {
    case .ini: .assignments(IniFormat.parse(file))
    case .keyValue: .assignments(KeyValueFormat.parse(file))
    case .systemd: .assignments(SystemdFormat.parse(file))
    case .json: .tree(try JSONFormat.parse(file))
    case .yaml: .tree(try YAMLFormat.parse(file))
    case .toml: .tree(try TOMLFormat.parse(file))
    case .xml: .tree(try XMLFormat.parse(file))
    }
  }

  /// Defaults that a file of systemd's daemons shows as comments.
  public static func commentedDefaults(in file: TextFile) -> [ConfigAssignment] {
    SystemdFormat.commentedDefaults(file)
  }

  /// Whether keys lie within keys to any depth.
  public var isTree: Bool { [.json, .yaml, .toml, .xml].contains(self) }
}

/// What a configuration file says.
public enum ConfigDocument: Sendable, Hashable {
  case assignments([ConfigAssignment])
  case tree(ConfigValue)
}

/// Files of systemd's own daemons (systemd.syntax(7)).
enum SystemdFormat {
  static func parse(_ file: TextFile) -> [ConfigAssignment] {
    UnitFile(file).assignments.map {
      ConfigAssignment(section: $0.section, key: $0.key, value: $0.value, line: $0.line)
    }
  }

  /// Defaults that the distribution's file shows as comments: `#Storage=auto` under `[Journal]`. Its head
  /// says that they are those compiled in.
  static func commentedDefaults(_ file: TextFile) -> [ConfigAssignment] {
    var section = ""
    var found: [ConfigAssignment] = []
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      if text.hasPrefix("["), text.hasSuffix("]") { section = String(text.dropFirst().dropLast()) }
      guard text.hasPrefix("#"), let equals = text.firstIndex(of: "=") else { continue }
      let key = text[text.index(after: text.startIndex)..<equals]
      guard !key.isEmpty, key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else { continue }
      let value = text[text.index(after: equals)...].trimmingBlanks()
      found.append(
        ConfigAssignment(section: section, key: String(key), value: String(value), line: line.number))
    }
    return found
  }
}

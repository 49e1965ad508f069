/// The name of a unit, e.g. `getty@tty1.service` (systemd.unit(5)).
public struct UnitName: Hashable, Sendable, CustomStringConvertible {
  /// Before the `@` or the type.
  public let prefix: String
  /// Between `@` and the type: nil for a plain unit, empty for a template.
  public let instance: String?
  /// `service`, `socket`, `target` …
  public let type: String

  static let types: Set<String> = [
    "service", "socket", "device", "mount", "automount", "swap", "target", "path", "timer", "slice", "scope",
  ]

  /// Splits a name; nil if it has no type that systemd knows. A name without a type is a service's, as for
  /// systemctl(1).
  public init?(_ name: String) {
    var name = Substring(name)
    if let dot = name.lastIndex(of: "."), Self.types.contains(String(name[name.index(after: dot)...])) {
      type = String(name[name.index(after: dot)...])
      name = name[..<dot]
    } else {
      type = "service"
    }
    guard !name.isEmpty, name.utf8.count <= 255, !name.contains("/") else { return nil }
    if let at = name.firstIndex(of: "@") {
      prefix = String(name[..<at])
      instance = String(name[name.index(after: at)...])
    } else {
      prefix = String(name)
      instance = nil
    }
  }

  /// The full name.
  public var description: String { prefix + (instance.map { "@" + $0 } ?? "") + "." + type }

  /// Whether this is a template without an instance.
  public var isTemplate: Bool { instance == "" }

  /// The template that an instance is made from.
  public var template: String? { instance.map { _ in "\(prefix)@.\(type)" } }

  /// Names of the directories that hold drop-ins for the unit, the most specific first: its own, its template's,
  /// those of its dashed prefixes, that of its type (systemd.unit(5)).
  var dropInDirectories: [String] {
    var names = [description + ".d"]
    if instance?.isEmpty == false, let template { names.append(template + ".d") }
    var dashed = Substring(prefix)
    while let dash = dashed.dropLast().lastIndex(of: "-") {
      dashed = dashed[...dash]
      names.append("\(dashed).\(type).d")
    }
    return names + [type + ".d"]
  }
}

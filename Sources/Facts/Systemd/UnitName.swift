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

  /// Splits a name as people write it: without a type it is a service's, as for systemctl(1). Nil if systemd
  /// would not take it.
  public init?(_ name: String) {
    if let full = UnitName(full: name) {
      self = full
    } else if !name.hasPrefix("."), let service = UnitName(full: name + ".service") {
      self = service
    } else {
      return nil
    }
  }

  /// Splits a name that has a type; nil if systemd would not take it (unit-name.c: unit_name_is_valid).
  init?(full text: some StringProtocol) {
    let name = String(text)
    guard name.utf8.count <= 255, let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")),
      Self.types.contains(String(name[name.index(after: dot)...]))
    else { return nil }
    type = String(name[name.index(after: dot)...])
    let stem = name[..<dot]
    guard stem.utf8.allSatisfy(Self.isAllowed) else { return nil }
    if let at = stem.utf8.firstIndex(of: UInt8(ascii: "@")) {
      prefix = String(stem[..<at])
      instance = String(stem[stem.index(after: at)...])
    } else {
      prefix = String(stem)
      instance = nil
    }
    if prefix.isEmpty { return nil }
  }

  private init(prefix: String, instance: String?, type: String) {
    self.prefix = prefix
    self.instance = instance
    self.type = type
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    default: ":-_.\\@".utf8.contains(byte)
    }
  }

  /// The full name.
  public var description: String { prefix + (instance.map { "@" + $0 } ?? "") + "." + type }

  /// Whether this is a template without an instance.
  public var isTemplate: Bool { instance == "" }

  /// Whether this is an instance of a template.
  var isInstance: Bool { instance?.isEmpty == false }

  /// The template that an instance is made from; nil for everything else.
  public var template: UnitName? { isInstance ? UnitName(prefix: prefix, instance: "", type: type) : nil }

  /// The template or instance with another instance name.
  func with(instance: String) -> UnitName? { UnitName(full: "\(prefix)@\(instance).\(type)") }

  /// The plain unit of another type that systemd takes where none is named: `foo.socket` starts `foo.service`.
  func with(type: String) -> UnitName { UnitName(prefix: prefix, instance: instance, type: type) }

  /// The names under which drop-ins and dependencies of the unit may be written, the most specific first: its
  /// own, its template's, those of its dashed prefixes (dropin.c: unit_file_find_dirs).
  var namesForDirectories: [String] {
    var names = [description]
    if let template { names += template.namesForDirectories }
    if let dashed = dashedPrefix {
      names += UnitName(prefix: dashed, instance: instance, type: type).namesForDirectories
    }
    return names
  }

  /// `foo-bar-` of `foo-bar-baz`, `foo-` of that; nil if there is no dash but a leading one.
  private var dashedPrefix: String? {
    var rest = Substring(prefix)
    if rest.last == "-" { rest.removeLast() }
    guard let dash = rest.lastIndex(of: "-"), dash != rest.startIndex else { return nil }
    return String(rest[...dash])
  }
}

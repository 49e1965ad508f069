/// Where an effective value comes from.
public struct Origin: Hashable, Sendable, Codable {
  /// What kind of source the value has.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// The main configuration file of the administrator.
    case explicit
    /// A drop-in of the administrator.
    case dropIn = "drop-in"
    /// A file that the distribution ships.
    case vendor
    /// Built into the program or the kernel; no file says it.
    case compiledDefault = "compiled default"
    /// The kernel's command line.
    case commandLine = "command line"
    /// What the first boot would set.
    case firstBoot = "first boot"
  }

  /// The file; nil for a compiled default.
  public var path: String?
  /// Counted from 1.
  public var line: Int?
  public var kind: Kind
  /// The source line, or for a compiled default where it is documented.
  public var text: String?

  /// Describes where a value comes from.
  public init(path: String? = nil, line: Int? = nil, kind: Kind, text: String? = nil) {
    self.path = path
    self.line = line
    self.kind = kind
    self.text = text
  }

  /// A value that no file sets; `source` says where the default is documented.
  public static func compiledDefault(_ source: String) -> Origin {
    Origin(kind: .compiledDefault, text: source)
  }
}

/// A value as the daemon or the kernel would use it, with what it shadows.
public struct Effective<Value: Sendable & Hashable>: Sendable, Hashable {
  /// A value and its origin.
  public struct Candidate: Sendable, Hashable {
    public var value: Value
    public var origin: Origin

    /// Pairs a value with its origin.
    public init(value: Value, origin: Origin) {
      self.value = value
      self.origin = origin
    }
  }

  public var value: Value
  public var origin: Origin
  /// Other sources that set the same thing in vain, the strongest first.
  public var shadowed: [Candidate]

  /// A value with its origin and what it shadows.
  public init(_ value: Value, origin: Origin, shadowed: [Candidate] = []) {
    self.value = value
    self.origin = origin
    self.shadowed = shadowed
  }
}

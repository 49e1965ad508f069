/// A value of a structured configuration file: JSON, YAML, TOML or XML.
public indirect enum ConfigValue: Sendable, Hashable {
  case scalar(Scalar)
  case list([ConfigValue], line: Int)
  case mapping([Member], line: Int)

  /// Text, a number, a truth value or nothing, as it was written.
  public struct Scalar: Sendable, Hashable {
    public var text: String
    /// Counted from 1.
    public var line: Int
    public var isNull: Bool

    public init(_ text: String, line: Int, isNull: Bool = false) {
      self.text = text
      self.line = line
      self.isNull = isNull
    }
  }

  /// One key of a mapping with its value.
  public struct Member: Sendable, Hashable {
    public var key: String
    public var value: ConfigValue

    public init(key: String, value: ConfigValue) {
      self.key = key
      self.value = value
    }
  }

  /// Where the value starts, counted from 1.
  public var line: Int {
    switch self {
    case .scalar(let scalar): scalar.line
    case .list(_, let line), .mapping(_, let line): line
    }
  }

  /// The value under a key of a mapping; of several the last, as parsers of JSON and YAML keep it.
  public subscript(key: String) -> ConfigValue? {
    guard case .mapping(let members, _) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  /// The value below the keys; a number counts the elements of a list from 0.
  public func value(at path: [String]) -> ConfigValue? {
    var current = self
    for key in path {
      switch current {
      case .mapping:
        guard let next = current[key] else { return nil }
        current = next
      case .list(let elements, _):
        guard let position = Int(key), elements.indices.contains(position) else { return nil }
        current = elements[position]
      case .scalar: return nil
      }
    }
    return current
  }

  /// The texts of a scalar or of the scalars in a list; a mapping has none.
  public var texts: [String] {
    switch self {
    case .scalar(let scalar): scalar.isNull ? [] : [scalar.text]
    case .list(let elements, _):
      elements.compactMap { if case .scalar(let scalar) = $0, !scalar.isNull { scalar.text } else { nil } }
    case .mapping: []
    }
  }

  /// Whether there is nothing: null, an empty list or mapping.
  public var isEmpty: Bool {
    switch self {
    case .scalar(let scalar): scalar.isNull
    case .list(let elements, _): elements.isEmpty
    case .mapping(let members, _): members.isEmpty
    }
  }

  /// Concrete paths that a path with `*` for any key or position stands for. All keys but the last have to
  /// exist; the last may be missing, which is a setting that has its default.
  public func expand(_ path: [String]) -> [[String]] {
    var found: [(path: [String], value: ConfigValue)] = [([], self)]
    for key in path.dropLast() {
      found = found.flatMap { item in
        item.value.children(named: key).map { (item.path + [$0.key], $0.value) }
      }
    }
    guard let last = path.last else { return [] }
    return found.flatMap { item -> [[String]] in
      if last == "*" { return item.value.children(named: "*").map { item.path + [$0.key] } }
      if case .mapping = item.value { return [item.path + [last]] }
      return item.value.children(named: last).map { item.path + [$0.key] }
    }
  }

  private func children(named key: String) -> [Member] {
    switch self {
    case .mapping(let members, _): return members.filter { key == "*" || $0.key == key }
    case .list(let elements, _):
      return elements.enumerated().filter { key == "*" || key == String($0.offset) }.map {
        Member(key: String($0.offset), value: $0.element)
      }
    case .scalar: return []
    }
  }
}

/// Why a configuration file cannot be read.
public struct ConfigError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Counted from 1; nil for the file as a whole.
  public var line: Int?
  public var reason: String

  public init(line: Int? = nil, _ reason: String) {
    self.line = line
    self.reason = reason
  }

  /// `line 3: a string without an end`.
  public var description: String { line.map { "line \($0): \(reason)" } ?? reason }
}

/// Bounds on what a parser of a structured file makes of hostile bytes.
enum ConfigLimits {
  /// Values within values.
  static let depth = 64
  /// Values and keys together.
  static let nodes = 200_000
}

/// `key = value` in a section, in the order of a file.
public struct ConfigAssignment: Sendable, Hashable {
  /// Empty before the first section.
  public var section: String
  public var key: String
  public var value: String
  /// Counted from 1.
  public var line: Int

  public init(section: String = "", key: String, value: String, line: Int) {
    self.section = section
    self.key = key
    self.value = value
    self.line = line
  }
}

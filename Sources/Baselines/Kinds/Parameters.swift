/// One key that a check kind takes.
public struct ParameterSpecification: Sendable, Hashable {
  /// The type of a parameter's value.
  public enum ValueType: Sendable, Hashable {
    /// Any scalar, read as text exactly as written: `0644` stays `0644`, `no` stays `no`.
    case text
    case integer
    case boolean
    /// A list of scalars; a single scalar counts as a list of one.
    case textList
    /// Text out of a fixed set.
    case choice([String])
    /// File permission bits, octal: `0640`.
    case mode
    /// A mapping with keys of its own.
    case mapping([ParameterSpecification])
  }

  public var key: String
  public var type: ValueType
  public var isRequired: Bool
  /// One phrase for documentation and the JSON Schema.
  public var summary: String

  /// Describes a key.
  public init(_ key: String, _ type: ValueType, required: Bool = false, _ summary: String) {
    self.key = key
    self.type = type
    self.isRequired = required
    self.summary = summary
  }
}

/// A parameter's value after its type was tested and its variables were replaced.
public indirect enum ParameterValue: Sendable, Hashable {
  case text(String)
  case integer(Int)
  case boolean(Bool)
  case list([String])
  case mode(UInt32)
  case mapping([String: ParameterValue])
}

/// A value or combination that makes no sense; `key` tells where, for the line and column of the message.
public struct ParameterError: Error, Hashable, Sendable {
  public var key: String?
  public var message: String

  /// Describes what is wrong with the value of `key`, or with the combination if nil.
  public init(_ key: String?, _ message: String) {
    self.key = key
    self.message = message
  }
}

/// The parameters of one check, by key. Keys and types have been tested before a kind sees them.
public struct Parameters: Sendable, Hashable {
  public var values: [String: ParameterValue]

  /// Wraps values by key.
  public init(_ values: [String: ParameterValue]) { self.values = values }

  /// Whether the check gives the key.
  public func has(_ key: String) -> Bool { values[key] != nil }

  /// Text of a `text` or `choice` parameter.
  public func text(_ key: String) -> String? {
    if case .text(let value) = values[key] { value } else { nil }
  }

  /// Text of a parameter that the specification calls required.
  public func required(_ key: String) throws(ParameterError) -> String {
    guard let value = text(key) else { throw ParameterError(key, "'\(key)' is missing") }
    return value
  }

  /// Value of an `integer` parameter.
  public func integer(_ key: String) -> Int? {
    if case .integer(let value) = values[key] { value } else { nil }
  }

  /// Value of a `boolean` parameter.
  public func boolean(_ key: String) -> Bool? {
    if case .boolean(let value) = values[key] { value } else { nil }
  }

  /// Values of a `textList` parameter, empty if it is not given.
  public func list(_ key: String) -> [String] {
    if case .list(let value) = values[key] { value } else { [] }
  }

  /// Values of a `textList` parameter of which each is a word of an enumeration, empty if it is not given.
  func cases<Value: RawRepresentable & CaseIterable>(_ key: String) throws(ParameterError) -> [Value]
  where Value.RawValue == String {
    var values: [Value] = []
    for word in list(key) {
      guard let value = Value(rawValue: word) else {
        let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
        throw ParameterError(key, "'\(word)' is none of \(known)")
      }
      values.append(value)
    }
    return values
  }

  /// Value of a `mode` parameter.
  public func mode(_ key: String) -> UInt32? {
    if case .mode(let value) = values[key] { value } else { nil }
  }

  /// Value of a `mapping` parameter.
  public func mapping(_ key: String) -> Parameters? {
    if case .mapping(let value) = values[key] { Parameters(value) } else { nil }
  }
}

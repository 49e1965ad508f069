/// What the user gives beside the image, such as package indexes or dates of support: one value of each type.
public struct Supplements: Sendable {
  private var values: [ObjectIdentifier: any Sendable] = [:]

  /// Nothing.
  public init() {}

  /// Adds a value, or replaces the one of the same type; nil changes nothing.
  public mutating func set<Value: Sendable>(_ value: Value?) {
    if let value { values[ObjectIdentifier(Value.self)] = value }
  }

  /// The value of a type; nil if none was given.
  public subscript<Value: Sendable>(type: Value.Type) -> Value? { values[ObjectIdentifier(type)] as? Value }
}

/// Text of a shell of which parts may not be known: those are `ShellText.unknown`.
enum ShellText {
  /// Stands for any text, the object replacement character.
  static let unknown: Character = "\u{fffc}"

  static func isKnown(_ text: String) -> Bool { !text.contains(unknown) }
}

/// One of the values that a variable may have at some point of a script.
struct ShellBinding: Hashable, Sendable {
  /// Nil where the variable is unset.
  var value: String?
  var isExported = false
  var isReadonly = false
  /// The place of the assignment; nil for what the shell itself or its environment sets.
  var origin: Origin?
}

/// The file mode creation mask with the place that sets it.
struct ShellUmask: Hashable, Sendable {
  /// Nil where the value was computed from something that is not known.
  var value: UInt32?
  var origin: Origin
}

/// A function with the file that defines it.
struct ShellFunction: Sendable {
  var body: ShellCommand
  var path: String
}

/// Everything that start files can change, each with all values that it may have: where a condition cannot be
/// decided, both branches are followed and their outcomes united.
struct ShellState: Sendable {
  /// A variable that is not in the table is unset.
  var variables: [String: [ShellBinding]] = [:]
  var umask: [ShellUmask]
  var functions: [String: ShellFunction] = [:]
  var positional: [String] = []

  /// More values than this are not told apart.
  private static let maximumAlternatives = 16
  /// More variables than this are not kept.
  private static let maximumVariables = 1024

  /// All values that the variable may have.
  func bindings(_ name: String) -> [ShellBinding] { variables[name] ?? [ShellBinding(value: nil)] }

  /// Assigns the values; where the variable is read-only it keeps the one it has.
  mutating func assign(_ name: String, _ values: [String], origin: Origin?) {
    if variables.count >= Self.maximumVariables, variables[name] == nil { return }
    let old = bindings(name)
    var new = old.filter(\.isReadonly)
    let free = old.filter { !$0.isReadonly }
    if !free.isEmpty {
      for isExported in Set(free.map(\.isExported)) {
        for value in values {
          new.append(ShellBinding(value: value, isExported: isExported, origin: origin))
        }
      }
    }
    variables[name] = Self.limited(new)
  }

  /// Changes the attributes of a variable, set or not.
  mutating func mark(_ name: String, exported: Bool? = nil, readonly: Bool? = nil) {
    variables[name] = Self.limited(
      bindings(name).map { binding in
        var binding = binding
        if let exported { binding.isExported = exported }
        if let readonly { binding.isReadonly = readonly }
        return binding
      })
  }

  /// Removes a variable unless it is read-only.
  mutating func unset(_ name: String, origin: Origin?) {
    variables[name] = Self.limited(
      bindings(name).map { $0.isReadonly ? $0 : ShellBinding(value: nil, origin: origin) })
  }

  /// Unites two outcomes.
  mutating func formUnion(_ other: ShellState) {
    for name in other.variables.keys where variables[name] == nil {
      variables[name] = [ShellBinding(value: nil)]
    }
    for (name, bindings) in variables {
      let others = other.bindings(name)
      if others != bindings { variables[name] = Self.limited(bindings + others) }
    }
    if other.umask != umask { umask = Self.limited(umask + other.umask) }
    functions.merge(other.functions) { first, _ in first }
  }

  private static func limited<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return Array(values.filter { seen.insert($0).inserted }.prefix(maximumAlternatives))
  }
}

/// A file that EnvironmentFile= names (systemd.exec(5); src/basic/env-file.c, parse_env_file_internal).
struct EnvironmentFileSyntax {
  struct Assignment: Hashable {
    var name: String
    var value: String
    /// Where the name stands, counted from 1.
    var line: Int
  }

  private enum State {
    case beforeName, name, beforeValue, value, valueEscape, singleQuotes, doubleQuotes, doubleQuotesEscape
    case comment, commentEscape
  }

  private var state = State.beforeName
  private var line = 1
  private var nameLine = 1
  private var name: [UInt8] = []
  private var value: [UInt8] = []
  /// Where the blanks at the end of the value start, as far as it has any that are not quoted or escaped.
  private var trailing: Int?
  private var assignments: [Assignment] = []
  private let joinsComments: Bool
  private var isMalformed = false

  /// All assignments in their order; names that systemd takes for none are left out.
  ///
  /// - Parameter joinsComments: whether a backslash at the end of a comment takes in the next line, as before systemd 254
  ///   (NEWS of 254: "EnvironmentFile= now treats the line following a comment line trailing with escape as a non
  ///   comment line").
  /// - Returns: nil where systemd refuses the whole file: what is no UTF-8, or a zero byte.
  static func read(_ bytes: [UInt8], joinsComments: Bool = false) -> [Assignment]? {
    if bytes.contains(0) { return nil }
    var reader = EnvironmentFileSyntax(joinsComments: joinsComments)
    for byte in bytes { reader.take(byte) }
    reader.end()
    return reader.isMalformed ? nil : reader.assignments
  }

  private init(joinsComments: Bool) { self.joinsComments = joinsComments }

  private static func endsLine(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || endsLine(byte)
  }

  private mutating func take(_ byte: UInt8) {
    defer { if byte == UInt8(ascii: "\n") { line += 1 } }
    switch state {
    case .beforeName: start(byte)
    case .name: takeName(byte)
    case .beforeValue: startValue(byte)
    case .value: takeValue(byte)
    case .valueEscape:
      state = .value
      if !Self.endsLine(byte) { value.append(byte) }
    case .singleQuotes:
      if byte == UInt8(ascii: "'") { state = .beforeValue } else { value.append(byte) }
    case .doubleQuotes:
      switch byte {
      case UInt8(ascii: "\""): state = .beforeValue
      case UInt8(ascii: "\\"): state = .doubleQuotesEscape
      default: value.append(byte)
      }
    case .doubleQuotesEscape:
      state = .doubleQuotes
      if "\"\\`$".utf8.contains(byte) {
        value.append(byte)
      } else if byte != UInt8(ascii: "\n") {
        value += [UInt8(ascii: "\\"), byte]
      }
    case .comment:
      if byte == UInt8(ascii: "\\") {
        state = .commentEscape
      } else if Self.endsLine(byte) {
        state = .beforeName
      }
    case .commentEscape: state = Self.endsLine(byte) && !joinsComments ? .beforeName : .comment
    }
  }

  private mutating func start(_ byte: UInt8) {
    if byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") {
      state = .comment
    } else if !Self.isBlank(byte) {
      state = .name
      nameLine = line
      name = [byte]
    }
  }

  private mutating func takeName(_ byte: UInt8) {
    if Self.endsLine(byte) {
      state = .beforeName
    } else if byte == UInt8(ascii: "=") {
      state = .beforeValue
      value = []
      trailing = nil
    } else {
      name.append(byte)
    }
  }

  /// Also behind a closing quote: what follows is part of the value.
  private mutating func startValue(_ byte: UInt8) {
    if Self.endsLine(byte) {
      push()
    } else if byte == UInt8(ascii: "'") {
      state = .singleQuotes
    } else if byte == UInt8(ascii: "\"") {
      state = .doubleQuotes
    } else if byte == UInt8(ascii: "\\") {
      state = .valueEscape
    } else if !Self.isBlank(byte) {
      state = .value
      value.append(byte)
    }
  }

  private mutating func takeValue(_ byte: UInt8) {
    if Self.endsLine(byte) {
      push()
    } else if byte == UInt8(ascii: "\\") {
      state = .valueEscape
      trailing = nil
    } else {
      if !Self.isBlank(byte) { trailing = nil } else if trailing == nil { trailing = value.count }
      value.append(byte)
    }
  }

  private mutating func end() {
    switch state {
    case .beforeName, .name, .comment, .commentEscape: return
    // Blanks at the end count where the file ends behind a backslash.
    case .valueEscape: trailing = nil
    default: break
    }
    push()
  }

  private mutating func push() {
    state = .beforeName
    let text = trailing.map { value.prefix($0) } ?? value[...]
    let key = name.prefix { _ in true }.reversed().drop(while: Self.isBlank).reversed()
    guard let name = String(validating: key, as: UTF8.self),
      let value = String(validating: text, as: UTF8.self)
    else {
      isMalformed = true
      return
    }
    if isShellName(name), ServiceEnvironment.isValid(value) {
      assignments.append(Assignment(name: name, value: value, line: nameLine))
    }
  }
}

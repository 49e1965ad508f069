import DiskImages

/// Decides conditions: test(1), `[ … ]` and `[[ … ]]`. Nil where what is asked is not known.
struct ShellTest {
  /// Expanded words of one alternative.
  private let words: [String]
  /// Whether `==` compares with a pattern and `<` with an order, as within `[[ ]]`.
  private let isExtended: Bool
  /// The inode at a path, links followed; nil if that is not known.
  private let file: (String) -> FileLookup
  private var position = 0
  private var depth = 0

  enum FileLookup {
    case found(FileEntry)
    case absent
    case unknown
  }

  init(_ words: [String], isExtended: Bool, file: @escaping (String) -> FileLookup) {
    self.words = words
    self.isExtended = isExtended
    self.file = file
  }

  /// Whether the condition holds.
  mutating func decide() -> Bool? {
    if words.isEmpty { return false }
    let result = disjunction()
    return position == words.count ? result : nil
  }

  private var next: String? { position < words.count ? words[position] : nil }

  private mutating func disjunction() -> Bool? {
    depth += 1
    defer { depth -= 1 }
    if depth > 32 { return nil }
    var result = conjunction()
    while next == "-o" || (isExtended && next == "||") {
      position += 1
      let right = conjunction()
      result = result == true || right == true ? true : result == nil || right == nil ? nil : false
    }
    return result
  }

  private mutating func conjunction() -> Bool? {
    var result = negation()
    while next == "-a" || (isExtended && next == "&&") {
      position += 1
      let right = negation()
      result = result == false || right == false ? false : result == nil || right == nil ? nil : true
    }
    return result
  }

  private mutating func negation() -> Bool? {
    var isNegated = false
    while next == "!", position + 1 < words.count, !isBinaryOperator(at: position + 1) {
      position += 1
      isNegated.toggle()
    }
    let result = primary()
    return isNegated ? result.map { !$0 } : result
  }

  private mutating func primary() -> Bool? {
    guard let first = next else { return nil }
    if first == "(", !isBinaryOperator(at: position + 1) {
      position += 1
      let result = disjunction()
      if next == ")" { position += 1 }
      return result
    }
    if isBinaryOperator(at: position + 1), position + 2 < words.count {
      position += 3
      return compare(first, words[position - 2], words[position - 1])
    }
    if first.hasPrefix("-"), first.count == 2, position + 1 < words.count {
      position += 2
      return unary(first, words[position - 1])
    }
    position += 1
    return isNonEmpty(first)
  }

  private func isBinaryOperator(at position: Int) -> Bool {
    guard position < words.count else { return false }
    return ["=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]
      .contains(words[position])
  }

  private func compare(_ left: String, _ comparison: String, _ right: String) -> Bool? {
    switch comparison {
    case "=", "==", "!=":
      guard ShellText.isKnown(left), ShellText.isKnown(right) else { return nil }
      let isEqual = isExtended ? fnmatch(pattern: right, left) : left == right
      return isEqual == (comparison != "!=")
    case "<", ">", "=~", "-nt", "-ot", "-ef": return nil
    default:
      guard let left = Int(left), let right = Int(right) else { return nil }
      return switch comparison {
      case "-eq": left == right
      case "-ne": left != right
      case "-lt": left < right
      case "-le": left <= right
      case "-gt": left > right
      default: left >= right
      }
    }
  }

  private func isNonEmpty(_ text: String) -> Bool? {
    // A text with a known part is not empty, whatever the rest.
    if text == String(ShellText.unknown) { return nil }
    return !text.isEmpty
  }

  private func unary(_ test: String, _ operand: String) -> Bool? {
    switch test {
    case "-n": return isNonEmpty(operand)
    case "-z": return isNonEmpty(operand).map { !$0 }
    case "-t": return true
    case "-e", "-a", "-f", "-d", "-r", "-s", "-x", "-L", "-h", "-w", "-O", "-S", "-p", "-b", "-c":
      guard ShellText.isKnown(operand), !operand.isEmpty else { return operand.isEmpty ? false : nil }
      switch file(operand) {
      case .unknown: return nil
      case .absent: return false
      case .found(let entry): return holds(test, entry)
      }
    default: return nil
    }
  }

  private func holds(_ test: String, _ entry: FileEntry) -> Bool? {
    switch test {
    case "-f": entry.type == .regular
    case "-d": entry.type == .directory
    case "-s": entry.metadata.size > 0
    case "-x": entry.permissions & 0o111 != 0
    case "-S": entry.type == .socket
    case "-p": entry.type == .fifo
    case "-b": entry.type == .blockDevice
    case "-c": entry.type == .characterDevice
    case "-e", "-a", "-r": true
    default: nil
    }
  }
}

/// Lines below a YAML key that belong to its value because they are indented deeper.
struct YAMLBlock {
  private enum Content {
    /// The value of a secret: all of it is cut.
    case secret(CutMarker.Kind, state: State)
    /// `chpasswd:`: lines `user:password`, as a block or a list, and `list:` with a value in its line.
    case passwordList
  }

  private enum State {
    /// Nothing of the value was seen; a mapping or a list may follow, which is no value.
    case awaited
    /// `|` or `>` was seen: text follows.
    case text
    /// The first line was cut.
    case begun
  }

  private let indentation: Int
  private let openQuote: UInt8?
  private var content: Content

  /// The lines below a secret's name; nil if its value is complete.
  init?(indentation: Int, kind: CutMarker.Kind, _ form: SecretValue.Form) {
    let state: State
    var quote: UInt8?
    switch form {
    case .none: state = .awaited
    case .block: state = .text
    case .plain: state = .begun
    case .open(let open):
      state = .begun
      quote = open
    case .quoted: return nil
    }
    self.indentation = indentation
    openQuote = quote
    content = .secret(kind, state: state)
  }

  init(passwordListAt indentation: Int) {
    self.indentation = indentation
    openQuote = nil
    content = .passwordList
  }

  /// Whether nothing else is looked for in the block's lines.
  var isWhole: Bool {
    if case .secret = content { true } else { false }
  }

  /// Whether the line belongs to the block.
  func holds(_ line: Range<Int>, _ bytes: [UInt8]) -> Bool {
    guard let first = bytes[line].firstIndex(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") })
    else {
      return true
    }
    if bytes[first] == UInt8(ascii: "\r") { return true }
    if openQuote != nil { return true }
    let depth = first - line.lowerBound
    if depth > indentation {
      if case .secret(_, state: .awaited) = content { return !isStructure(bytes[first..<line.upperBound]) }
      return true
    }
    // A list may stand at the depth of its key.
    return !isWhole && depth == indentation && bytes[first] == UInt8(ascii: "-")
  }

  /// Cuts what is secret in a line of the block and gives the block as it goes on; nil where it ends.
  func after(_ line: Range<Int>, _ bytes: [UInt8], _ cuts: inout CutList) -> YAMLBlock? {
    switch content {
    case .passwordList:
      cutPasswordEntry(line, bytes, &cuts)
      return self
    case .secret(let kind, let state):
      return afterSecret(line, bytes, kind, state, &cuts)
    }
  }

  private func afterSecret(
    _ line: Range<Int>, _ bytes: [UInt8], _ kind: CutMarker.Kind, _ state: State, _ cuts: inout CutList
  ) -> YAMLBlock? {
    var range = line
    while let first = bytes[range].first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
      range = range.dropFirst()
    }
    while let last = bytes[range].last, last == UInt8(ascii: "\r") || last == UInt8(ascii: " ") {
      range = range.dropLast()
    }
    if range.isEmpty { return self }
    var next = self
    next.content = .secret(kind, state: .begun)
    // The header of a key stays; its body is cut as that of a key.
    if bytes[range].starts(with: "-----".utf8) { return next }
    if let openQuote, let close = bytes[range].lastIndex(of: openQuote) {
      cuts.add(range.lowerBound..<close, [])
      return nil
    }
    if case .begun = state {
      if CutMarker.exactly(bytes[range]) == nil { cuts.add(range, []) }
    } else {
      cutSecret(bytes, range, kind, &cuts)
    }
    return next
  }

  /// `key: …`, `- …`, `{`, `[` or a comment.
  private func isStructure(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first else { return false }
    if "-{[#&*!".utf8.contains(first) { return true }
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return false }
    return colon + 1 == text.endIndex || " \r".utf8.contains(text[colon + 1])
  }

  private func cutPasswordEntry(_ line: Range<Int>, _ bytes: [UInt8], _ cuts: inout CutList) {
    var range = line
    while let first = bytes[range].first, " \t-\"'".utf8.contains(first) { range = range.dropFirst() }
    while let last = bytes[range].last, " \r\"',".utf8.contains(last) { range = range.dropLast() }
    guard let colon = bytes[range].firstIndex(of: UInt8(ascii: ":")), colon + 1 < range.upperBound else {
      return
    }
    let value = colon + 1..<range.upperBound
    let isList = bytes[range.lowerBound..<colon].elementsEqual("list".utf8)
    if bytes[colon + 1] != UInt8(ascii: " ") {
      cutSecret(bytes, value, .password, &cuts)
    } else if isList {
      // `list: [a:b, c:d]` and `list: "a:b\nc:d"`.
      let inner = bytes[value].drop { " \"'[".utf8.contains($0) }
      let isBlock = inner.first == UInt8(ascii: "|") || inner.first == UInt8(ascii: ">")
      if !inner.isEmpty, !isBlock, CutMarker.exactly(inner) == nil {
        cuts.add(colon + 1..<range.upperBound, Array(" \(CutMarker.text(.password))".utf8))
      }
    }
  }
}

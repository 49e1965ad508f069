/// Reads words of a script: quotes, expansions, comments, here-documents (POSIX.1-2017, Shell Command Language 2.2–2.6).
struct ShellScanner {
  private let bytes: [UInt8]
  private(set) var position = 0
  private(set) var line = 1
  private var depth = 0
  /// Here-documents whose text begins after the next line feed.
  private var pendingDocuments: [(delimiter: String, stripsTabs: Bool)] = []

  init(_ text: String, line: Int = 1) {
    bytes = Array(text.utf8)
    self.line = line
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// The byte `offset` after the next one; 0 behind the end.
  func peek(_ offset: Int = 0) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }

  func isNext(_ text: String) -> Bool { bytes[min(position, bytes.count)...].starts(with: text.utf8) }

  mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where position < bytes.count {
      if bytes[position] == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }
  }

  /// Passes over blanks, continued lines and comments, up to a line feed.
  mutating func skipBlanks() {
    while !isAtEnd {
      switch peek() {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): advance()
      case UInt8(ascii: "\\") where peek(1) == UInt8(ascii: "\n"): advance(2)
      case UInt8(ascii: "#"):
        while !isAtEnd, peek() != UInt8(ascii: "\n") { advance() }
      default: return
      }
    }
  }

  /// Passes over a line feed and the here-documents that begin there.
  mutating func takeLineFeed() {
    advance()
    for document in pendingDocuments {
      while !isAtEnd {
        let start = position
        while !isAtEnd, peek() != UInt8(ascii: "\n") { advance() }
        var text = bytes[start..<position]
        advance()
        if document.stripsTabs { text = text.drop { $0 == UInt8(ascii: "\t") } }
        if text.elementsEqual(document.delimiter.utf8) { break }
      }
    }
    pendingDocuments = []
  }

  /// Passes over a redirection if one is next; gives whether there was one.
  mutating func takeRedirection() throws(ShellSyntaxError) -> Bool {
    var offset = 0
    while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(peek(offset)), offset < 4 { offset += 1 }
    let isBoth = offset == 0 && peek() == UInt8(ascii: "&") && peek(1) == UInt8(ascii: ">")
    guard isBoth || peek(offset) == UInt8(ascii: "<") || peek(offset) == UInt8(ascii: ">") else {
      return false
    }
    advance(offset)
    if peek(1) == UInt8(ascii: "("), !isBoth {
      // Process substitution: a name of a pipe, which changes nothing.
      advance()
      _ = try balanced(UInt8(ascii: "("), UInt8(ascii: ")"))
      return true
    }
    let isDocument = isNext("<<") && !isNext("<<<")
    while "<>&|-".utf8.contains(peek()) && !isAtEnd {
      if isDocument, peek() == UInt8(ascii: "-") { break }
      advance()
    }
    let stripsTabs = isDocument && peek() == UInt8(ascii: "-")
    if stripsTabs { advance() }
    skipBlanks()
    let target = try word()
    if isDocument {
      let delimiter = target.pieces.map { piece in
        if case .text(let text, quoted: _) = piece { text } else { "" }
      }.joined()
      pendingDocuments.append((delimiter, stripsTabs))
    }
    return true
  }

  /// The next word; empty where an operator or the end of a line is next.
  mutating func word() throws(ShellSyntaxError) -> ShellWord {
    var builder = WordBuilder()
    while !isAtEnd {
      switch peek() {
      case UInt8(ascii: "(") where builder.endsLikePatternList:
        // A pattern of bash such as `@(a|b)`.
        builder.add(.unknown)
        _ = try balanced(UInt8(ascii: "("), UInt8(ascii: ")"))
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: ";"),
        UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("),
        UInt8(ascii: ")"):
        return builder.word
      default: try piece(into: &builder, isQuoted: false)
      }
    }
    return builder.word
  }

  /// Reads what is next into the word: a character, a quoted run, an expansion.
  private mutating func piece(into builder: inout WordBuilder, isQuoted: Bool) throws(ShellSyntaxError) {
    switch peek() {
    case UInt8(ascii: "\\"):
      let next = peek(1)
      advance(2)
      if next == UInt8(ascii: "\n") { return }
      if isQuoted, !"$`\"\\".utf8.contains(next) { builder.add(UInt8(ascii: "\\"), quoted: true) }
      builder.add(next, quoted: true)
    case UInt8(ascii: "'") where !isQuoted: try singleQuoted(into: &builder)
    case UInt8(ascii: "\"") where !isQuoted: try doubleQuoted(into: &builder)
    case UInt8(ascii: "`"): try backquoted(into: &builder, isQuoted)
    case UInt8(ascii: "$"): try dollar(into: &builder, isQuoted)
    default:
      builder.add(peek(), quoted: isQuoted)
      advance()
    }
  }

  private mutating func singleQuoted(into builder: inout WordBuilder) throws(ShellSyntaxError) {
    let start = line
    advance()
    builder.open()
    while peek() != UInt8(ascii: "'") {
      if isAtEnd { throw ShellSyntaxError(line: start) }
      builder.add(peek(), quoted: true)
      advance()
    }
    advance()
  }

  private mutating func doubleQuoted(into builder: inout WordBuilder) throws(ShellSyntaxError) {
    let start = line
    advance()
    builder.open()
    while peek() != UInt8(ascii: "\"") {
      if isAtEnd { throw ShellSyntaxError(line: start) }
      try piece(into: &builder, isQuoted: true)
    }
    advance()
  }

  private mutating func backquoted(into builder: inout WordBuilder, _ isQuoted: Bool) throws(ShellSyntaxError)
  {
    let start = line
    advance()
    var source: [UInt8] = []
    while peek() != UInt8(ascii: "`") {
      if isAtEnd { throw ShellSyntaxError(line: start) }
      if peek() == UInt8(ascii: "\\") { advance() }
      source.append(peek())
      advance()
    }
    advance()
    builder.add(.command(String(decoding: source, as: UTF8.self), quoted: isQuoted))
  }

  private mutating func dollar(into builder: inout WordBuilder, _ isQuoted: Bool) throws(ShellSyntaxError) {
    let next = peek(1)
    switch next {
    case UInt8(ascii: "{"): try braces(into: &builder, isQuoted)
    case UInt8(ascii: "("):
      let isArithmetic = peek(2) == UInt8(ascii: "(")
      advance(1)
      let source = try balanced(UInt8(ascii: "("), UInt8(ascii: ")"))
      builder.add(isArithmetic ? .unknown : .command(source, quoted: isQuoted))
    case UInt8(ascii: "'") where !isQuoted:
      advance()
      try singleQuoted(into: &builder)
    case UInt8(ascii: "\"") where !isQuoted:
      advance()
      try doubleQuoted(into: &builder)
    case _ where isShellNameByte(next):
      advance()
      var length = 1
      // One digit is a parameter of its own.
      if !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) {
        while isShellNameByte(peek(length)) { length += 1 }
      }
      let name = String(decoding: bytes[position..<position + length], as: UTF8.self)
      advance(length)
      builder.add(.parameter(name: name, operation: nil, quoted: isQuoted))
    case _ where "@*#?$!-".utf8.contains(next):
      advance(2)
      let name = String(decoding: [next], as: UTF8.self)
      builder.add(.parameter(name: name, operation: nil, quoted: isQuoted))
    default:
      builder.add(UInt8(ascii: "$"), quoted: isQuoted)
      advance()
    }
  }

  /// `${name}`, `${name:-word}`, `${name#pattern}`.
  private mutating func braces(into builder: inout WordBuilder, _ isQuoted: Bool) throws(ShellSyntaxError) {
    depth += 1
    defer { depth -= 1 }
    let start = line
    if depth > 32 { throw ShellSyntaxError(line: start) }
    advance(2)
    var name: [UInt8] = []
    let isLength = peek() == UInt8(ascii: "#") && peek(1) != UInt8(ascii: "}")
    if isLength { advance() }
    while isShellNameByte(peek()) || (name.isEmpty && "@*#?$!-".utf8.contains(peek()) && !isAtEnd) {
      name.append(peek())
      advance()
    }
    var testsEmpty = false
    if peek() == UInt8(ascii: ":"), "-=+?".utf8.contains(peek(1)) {
      testsEmpty = true
      advance()
    }
    var sign = ""
    if "-=+?#%".utf8.contains(peek()), !isAtEnd {
      sign = String(decoding: [peek()], as: UTF8.self)
      advance()
      if "#%".contains(sign), peek() == sign.utf8.first {
        sign += sign
        advance()
      }
    }
    var argument = WordBuilder()
    while peek() != UInt8(ascii: "}") {
      if isAtEnd { throw ShellSyntaxError(line: start) }
      // Within double quotes those around the word are not closed by quotes in it.
      try piece(into: &argument, isQuoted: false)
    }
    advance()
    let isPlain = sign.isEmpty && argument.word.pieces.isEmpty
    let kind: ShellWord.Operation.Kind =
      isLength ? .length : ShellWord.Operation.Kind(rawValue: sign.isEmpty ? "other" : sign) ?? .other
    let operation = ShellWord.Operation(kind: kind, testsEmpty: testsEmpty, word: argument.word)
    builder.add(
      .parameter(
        name: String(decoding: name, as: UTF8.self), operation: isPlain && !isLength ? nil : operation,
        quoted: isQuoted))
  }

  /// What stands within brackets that nest, the next byte being the opening one. Quotes are respected.
  mutating func balanced(_ opening: UInt8, _ closing: UInt8) throws(ShellSyntaxError) -> String {
    let start = line
    advance()
    let first = position
    var level = 1
    while true {
      if isAtEnd { throw ShellSyntaxError(line: start) }
      switch peek() {
      case opening: level += 1
      case closing:
        level -= 1
        if level == 0 {
          let source = String(decoding: bytes[first..<position], as: UTF8.self)
          advance()
          return source
        }
      case UInt8(ascii: "\\"): advance()
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        let quote = peek()
        advance()
        while peek() != quote {
          if isAtEnd { throw ShellSyntaxError(line: start) }
          if quote == UInt8(ascii: "\""), peek() == UInt8(ascii: "\\") { advance() }
          advance()
        }
      default: break
      }
      advance()
    }
  }
}

/// Puts a word together, runs of characters as one piece.
private struct WordBuilder {
  private var pieces: [ShellWord.Piece] = []
  private var run: [UInt8] = []
  /// Whether the run is quoted; nil where there is none.
  private var isRunQuoted: Bool?

  var word: ShellWord {
    var finished = self
    finished.flush()
    return ShellWord(finished.pieces)
  }

  var endsLikePatternList: Bool {
    guard isRunQuoted == false, let last = run.last else { return false }
    return "?*+@!".utf8.contains(last)
  }

  mutating func add(_ byte: UInt8, quoted: Bool) {
    if isRunQuoted != quoted {
      flush()
      isRunQuoted = quoted
    }
    run.append(byte)
  }

  mutating func add(_ piece: ShellWord.Piece) {
    flush()
    pieces.append(piece)
  }

  /// An opening quote makes a word even where nothing stands in it.
  mutating func open() {
    flush()
    isRunQuoted = true
  }

  private mutating func flush() {
    if let isRunQuoted { pieces.append(.text(String(decoding: run, as: UTF8.self), quoted: isRunQuoted)) }
    run = []
    isRunQuoted = nil
  }
}

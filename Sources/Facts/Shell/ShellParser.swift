/// Reads a script one command after the other, as a shell does: what stands before a mistake is still carried out.
struct ShellParser {
  private var scanner: ShellScanner
  private var depth = 0
  /// Deeper nesting is taken for a mistake.
  private static let maximumDepth = 64

  init(_ text: String) { scanner = ShellScanner(text) }

  /// The simple command that the text consists of; nil if it is anything else.
  static func onlyCommand(of text: String) -> SimpleCommand? {
    var parser = ShellParser(text)
    guard let first = try? parser.next(), case .simple(let command) = first else { return nil }
    parser.skipSeparators()
    return parser.scanner.isAtEnd ? command : nil
  }

  /// The next command of the script with everything up to the end of its line; nil at the end.
  mutating func next() throws(ShellSyntaxError) -> ShellCommand? {
    skipSeparators()
    if scanner.isAtEnd { return nil }
    let command = try andOr()
    scanner.skipBlanks()
    // An operator that belongs to nothing.
    if !scanner.isAtEnd, scanner.peek() != UInt8(ascii: "\n"), scanner.peek() != UInt8(ascii: ";"),
      scanner.peek() != UInt8(ascii: "&")
    {
      throw ShellSyntaxError(line: scanner.line)
    }
    if scanner.peek() == UInt8(ascii: "&") {
      scanner.advance()
      return .apart(command)
    }
    return command
  }

  /// Line feeds and semicolons.
  private mutating func skipSeparators(semicolons: Bool = true) {
    while true {
      scanner.skipBlanks()
      if scanner.peek() == UInt8(ascii: "\n") {
        scanner.takeLineFeed()
      } else if semicolons, scanner.peek() == UInt8(ascii: ";"), scanner.peek(1) != UInt8(ascii: ";") {
        scanner.advance()
      } else {
        return
      }
    }
  }

  /// Commands up to one of the reserved words or `)`, which is left.
  private mutating func list(until words: Set<String>) throws(ShellSyntaxError) -> ShellCommand {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.maximumDepth { throw ShellSyntaxError(line: scanner.line) }
    var commands: [ShellCommand] = []
    while true {
      skipSeparators()
      if scanner.isAtEnd {
        if words.isEmpty { break }
        throw ShellSyntaxError(line: scanner.line)
      }
      if scanner.peek() == UInt8(ascii: ")") || scanner.isNext(";;") || scanner.isNext(";&") { break }
      if let word = nextReserved(), words.contains(word) { break }
      let command = try andOr()
      scanner.skipBlanks()
      if scanner.peek() == UInt8(ascii: "&"), scanner.peek(1) != UInt8(ascii: "&") {
        scanner.advance()
        commands.append(.apart(command))
      } else {
        commands.append(command)
      }
    }
    return .sequence(commands)
  }

  private mutating func andOr() throws(ShellSyntaxError) -> ShellCommand {
    var left = try pipeline()
    while true {
      scanner.skipBlanks()
      guard scanner.isNext("&&") || scanner.isNext("||") else { return left }
      let isAnd = scanner.isNext("&&")
      scanner.advance(2)
      skipSeparators(semicolons: false)
      let right = try pipeline()
      left = isAnd ? .and(left, right) : .or(left, right)
    }
  }

  private mutating func pipeline() throws(ShellSyntaxError) -> ShellCommand {
    scanner.skipBlanks()
    var isNegated = false
    while nextReserved() == "!" {
      scanner.advance()
      scanner.skipBlanks()
      isNegated.toggle()
    }
    var commands = [try single()]
    scanner.skipBlanks()
    while scanner.peek() == UInt8(ascii: "|"), scanner.peek(1) != UInt8(ascii: "|") {
      scanner.advance(scanner.peek(1) == UInt8(ascii: "&") ? 2 : 1)
      skipSeparators(semicolons: false)
      commands.append(try single())
      scanner.skipBlanks()
    }
    let command = commands.count == 1 ? commands[0] : .apart(.sequence(commands))
    return isNegated ? .not(command) : command
  }

  /// The reserved word that stands next, nothing but a delimiter behind it.
  private func nextReserved() -> String? {
    var length = 0
    while length < 9, isReservedByte(scanner.peek(length)) { length += 1 }
    let after = scanner.peek(length)
    guard length > 0, after == 0 || " \t\r\n;&|()<>".utf8.contains(after) else { return nil }
    return String(decoding: (0..<length).map { scanner.peek($0) }, as: UTF8.self)
  }

  private func isReservedByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || "!{}[]".utf8.contains(byte)
  }

  private mutating func single() throws(ShellSyntaxError) -> ShellCommand {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.maximumDepth { throw ShellSyntaxError(line: scanner.line) }
    let command: ShellCommand
    switch nextReserved() {
    case "if": command = try conditional()
    case "while", "until": command = try loop()
    case "for", "select": command = try forEach()
    case "case": command = try selection()
    case "{": command = try braces()
    case "[[": return try test()
    case "function":
      scanner.advance(8)
      scanner.skipBlanks()
      return try function(named: scanner.word().literal ?? "")
    case _ where scanner.isNext("(("):
      _ = try scanner.balanced(UInt8(ascii: "("), UInt8(ascii: ")"))
      command = .opaque
    case _ where scanner.peek() == UInt8(ascii: "("):
      command = .subshell(try scanner.balanced(UInt8(ascii: "("), UInt8(ascii: ")")))
    default: return try simple()
    }
    scanner.skipBlanks()
    while try scanner.takeRedirection() { scanner.skipBlanks() }
    return command
  }

  private mutating func expect(_ word: String) throws(ShellSyntaxError) {
    skipSeparators()
    guard nextReserved() == word else { throw ShellSyntaxError(line: scanner.line) }
    scanner.advance(word.utf8.count)
  }

  private mutating func conditional() throws(ShellSyntaxError) -> ShellCommand {
    var branches: [(condition: ShellCommand, body: ShellCommand)] = []
    var otherwise: ShellCommand?
    scanner.advance(2)
    while true {
      let condition = try list(until: ["then"])
      try expect("then")
      let body = try list(until: ["elif", "else", "fi"])
      branches.append((condition, body))
      guard nextReserved() == "elif" else { break }
      scanner.advance(4)
    }
    if nextReserved() == "else" {
      scanner.advance(4)
      otherwise = try list(until: ["fi"])
    }
    try expect("fi")
    return .conditional(branches, otherwise: otherwise)
  }

  private mutating func loop() throws(ShellSyntaxError) -> ShellCommand {
    scanner.advance(5)
    let condition = try list(until: ["do"])
    try expect("do")
    let body = try list(until: ["done"])
    try expect("done")
    return .loop(condition: condition, body: body)
  }

  private mutating func forEach() throws(ShellSyntaxError) -> ShellCommand {
    scanner.advance(nextReserved() == "for" ? 3 : 6)
    scanner.skipBlanks()
    if scanner.isNext("((") {
      _ = try scanner.balanced(UInt8(ascii: "("), UInt8(ascii: ")"))
      let body = try loopBody()
      return .loop(condition: .opaque, body: body)
    }
    guard let name = try scanner.word().literal, isShellName(name) else {
      throw ShellSyntaxError(line: scanner.line)
    }
    skipSeparators(semicolons: false)
    var words: [ShellWord]?
    if nextReserved() == "in" {
      scanner.advance(2)
      var list: [ShellWord] = []
      scanner.skipBlanks()
      while !scanner.isAtEnd, scanner.peek() != UInt8(ascii: "\n"), scanner.peek() != UInt8(ascii: ";") {
        let word = try scanner.word()
        if word.pieces.isEmpty { throw ShellSyntaxError(line: scanner.line) }
        list.append(word)
        scanner.skipBlanks()
      }
      words = list
    }
    return .forEach(name: name, words: words, body: try loopBody())
  }

  private mutating func loopBody() throws(ShellSyntaxError) -> ShellCommand {
    skipSeparators()
    if nextReserved() == "{" { return try braces() }
    try expect("do")
    let body = try list(until: ["done"])
    try expect("done")
    return body
  }

  private mutating func selection() throws(ShellSyntaxError) -> ShellCommand {
    scanner.advance(4)
    scanner.skipBlanks()
    let subject = try scanner.word()
    try expect("in")
    var branches: [(patterns: [ShellWord], body: ShellCommand)] = []
    while true {
      skipSeparators()
      if nextReserved() == "esac" { break }
      if scanner.isAtEnd { throw ShellSyntaxError(line: scanner.line) }
      if scanner.peek() == UInt8(ascii: "(") { scanner.advance() }
      var patterns: [ShellWord] = []
      while scanner.peek() != UInt8(ascii: ")") {
        scanner.skipBlanks()
        let pattern = try scanner.word()
        if pattern.pieces.isEmpty { throw ShellSyntaxError(line: scanner.line) }
        patterns.append(pattern)
        scanner.skipBlanks()
        if scanner.peek() == UInt8(ascii: "|") { scanner.advance() }
      }
      scanner.advance()
      branches.append((patterns, try list(until: ["esac"])))
      for end in [";;&", ";;", ";&"] where scanner.isNext(end) {
        scanner.advance(end.utf8.count)
        break
      }
    }
    try expect("esac")
    return .selection(subject, branches)
  }

  private mutating func braces() throws(ShellSyntaxError) -> ShellCommand {
    try expect("{")
    let body = try list(until: ["}"])
    try expect("}")
    return body
  }

  /// The body of a function, its name and perhaps `()` read.
  private mutating func function(named name: String) throws(ShellSyntaxError) -> ShellCommand {
    scanner.skipBlanks()
    if scanner.peek() == UInt8(ascii: "(") {
      _ = try scanner.balanced(UInt8(ascii: "("), UInt8(ascii: ")"))
    }
    skipSeparators(semicolons: false)
    return .function(name: name, body: try single())
  }

  private mutating func test() throws(ShellSyntaxError) -> ShellCommand {
    let line = scanner.line
    scanner.advance(2)
    var words: [ShellWord] = []
    while true {
      scanner.skipBlanks()
      if scanner.isAtEnd { throw ShellSyntaxError(line: line) }
      if nextReserved() == "]]" { break }
      if scanner.peek() == UInt8(ascii: "\n") {
        scanner.takeLineFeed()
        continue
      }
      let word = try scanner.word()
      if word.pieces.isEmpty {
        // Operators of [[ ]]: && || ( ) < >
        let length = scanner.isNext("&&") || scanner.isNext("||") ? 2 : 1
        let text = String(decoding: (0..<length).map { scanner.peek($0) }, as: UTF8.self)
        words.append(ShellWord([.text(text, quoted: false)]))
        scanner.advance(length)
      } else {
        words.append(word)
      }
    }
    scanner.advance(2)
    return .test(words, line: line)
  }

  private mutating func simple() throws(ShellSyntaxError) -> ShellCommand {
    var command = SimpleCommand(line: scanner.line)
    while true {
      scanner.skipBlanks()
      if try scanner.takeRedirection() { continue }
      let word = try scanner.word()
      if word.pieces.isEmpty {
        guard scanner.peek() == UInt8(ascii: "(") else { break }
        if command.words.count == 1, command.assignments.isEmpty, let name = command.words[0].literal {
          return try function(named: name)
        }
        throw ShellSyntaxError(line: scanner.line)
      }
      if var assignment = word.assignment, command.words.isEmpty || scanner.peek() == UInt8(ascii: "(") {
        if scanner.peek() == UInt8(ascii: "("), assignment.value.pieces.isEmpty {
          _ = try scanner.balanced(UInt8(ascii: "("), UInt8(ascii: ")"))
          assignment.value = ShellWord([.unknown])
        }
        if command.words.isEmpty {
          command.assignments.append(assignment)
          continue
        }
      }
      command.words.append(word)
    }
    if command.words.isEmpty, command.assignments.isEmpty {
      // A line that holds nothing but redirections is one; anything else is a mistake.
      guard scanner.isAtEnd || "\n;&|)".utf8.contains(scanner.peek()) else {
        throw ShellSyntaxError(line: scanner.line)
      }
      if scanner.peek() == UInt8(ascii: ")") || scanner.isNext(";;") {
        throw ShellSyntaxError(line: scanner.line)
      }
    }
    return .simple(command)
  }
}

import DiskImages
import Evidence

/// Statements of a configuration in braces, as nginx writes it: `name words;` and `name words { … }`.
struct BraceBlock: Sendable {
  var words: [String]
  var origin: Origin
  /// In their order, by their first word.
  private var statements: [String: [Statement]] = [:]
  private var inner: [String: [BraceBlock]] = [:]

  typealias Statement = (words: [String], origin: Origin)

  init(words: [String], origin: Origin) { (self.words, self.origin) = (words, origin) }

  mutating func add(_ words: [String], _ origin: Origin) {
    statements[words.first ?? "", default: []].append((words, origin))
  }

  mutating func add(_ block: BraceBlock) { inner[block.words.first ?? "", default: []].append(block) }

  /// First words of its statements.
  var names: [String] { statements.keys.sorted() }

  /// The last statement of a name.
  func last(_ name: String) -> Statement? { statements[name]?.last }

  /// All statements of a name.
  func all(_ name: String) -> [Statement] { statements[name] ?? [] }

  /// All statements of a name, of blocks within too.
  func everywhere(_ name: String) -> [Statement] {
    all(name) + inner.sorted { $0.key < $1.key }.flatMap { $0.value.flatMap { $0.everywhere(name) } }
  }

  /// Blocks of a name.
  func blocks(_ name: String) -> [BraceBlock] { inner[name] ?? [] }
}

/// Reads nginx.conf with what it includes into blocks (ngx_conf_file.c; the same rules for quotes), and named.conf.
struct BraceReader {
  let evidence: Evidence
  let folder: String
  /// Whether comments are also those of C and C++.
  let hasOtherComments: Bool
  /// The open blocks, the file's own first.
  private var open = [BraceBlock(words: [], origin: Origin(kind: .explicit))]
  private var files = 0
  private var statements = 0
  /// Patterns that are included.
  private(set) var patterns: [String] = []

  init(_ evidence: Evidence, folder: String, hasOtherComments: Bool = false) {
    self.evidence = evidence
    self.folder = folder
    self.hasOtherComments = hasOtherComments
  }

  /// Reads a file and answers with the block that holds everything.
  mutating func block(_ path: String) throws(EvidenceGap) -> BraceBlock {
    try read(path, depth: 0)
    while open.count > 1 { close() }
    return open[0]
  }

  private mutating func read(_ pattern: String, depth: Int) throws(EvidenceGap) {
    let path = pattern.hasPrefix("/") ? pattern : "\(folder)/\(pattern)"
    patterns.append(path)
    for entry in try evidence.entries(matching: GlobPattern(path)) {
      guard case .found(let file) = evidence.index.target(of: entry), file.type == .regular else { continue }
      files += 1
      guard depth < 16, files < 4096 else {
        throw EvidenceGap(path: path, reason: "too many files are included")
      }
      try read(try evidence.text(of: entry), depth: depth)
    }
  }

  private mutating func read(_ file: TextFile, depth: Int) throws(EvidenceGap) {
    var scanner = BraceScanner(file, hasOtherComments: hasOtherComments)
    var words: [String] = []
    var line = 1
    while let token = scanner.next() {
      if words.isEmpty { line = token.line }
      let origin = Origin(
        path: file.path, line: line, kind: .explicit, text: String(words.joined(separator: " ").prefix(200)))
      switch token.kind {
      case .word: if words.count < 256 { words.append(token.text) }
      case .open:
        guard open.count < 64 else {
          throw EvidenceGap(path: file.path, reason: "blocks too deep in each other")
        }
        open.append(BraceBlock(words: words, origin: origin))
        words = []
      case .close:
        if open.count > 1 { close() }
        words = []
      case .end:
        if words.first == "include", words.count > 1 {
          try read(words[1], depth: depth + 1)
        } else if !words.isEmpty {
          statements += 1
          guard statements < 500_000 else {
            throw EvidenceGap(path: file.path, reason: "too many statements")
          }
          open[open.count - 1].add(words, origin)
        }
        words = []
      }
    }
  }

  private mutating func close() {
    let block = open.removeLast()
    open[open.count - 1].add(block)
  }
}

/// Words, braces and semicolons; quotes of both kinds, and a hash starts a comment only where a word would.
struct BraceScanner {
  struct Token {
    enum Kind { case word, open, close, end }
    var kind: Kind
    var text = ""
    var line: Int
  }

  private let bytes: [UInt8]
  private let hasOtherComments: Bool
  private var position = 0
  private var line = 1

  init(_ file: TextFile, hasOtherComments: Bool = false) {
    bytes = Array(file.lines.map(\.text).joined(separator: "\n").utf8)
    self.hasOtherComments = hasOtherComments
  }

  mutating func next() -> Token? {
    while position < bytes.count {
      if hasOtherComments, skipsComment() { continue }
      switch bytes[position] {
      case UInt8(ascii: "\n"):
        line += 1
        position += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      case UInt8(ascii: "#"):
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      case UInt8(ascii: "{"): return sign(.open)
      case UInt8(ascii: "}"): return sign(.close)
      case UInt8(ascii: ";"): return sign(.end)
      case UInt8(ascii: "\""), UInt8(ascii: "'"): return quoted(bytes[position])
      default: return word()
      }
    }
    return nil
  }

  /// `// …` up to the end of the line and `/* … */`.
  private mutating func skipsComment() -> Bool {
    guard bytes[position] == UInt8(ascii: "/"), position + 1 < bytes.count else { return false }
    switch bytes[position + 1] {
    case UInt8(ascii: "/"):
      while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
    case UInt8(ascii: "*"):
      position += 2
      while position < bytes.count,
        bytes[position] != UInt8(ascii: "/") || bytes[position - 1] != UInt8(ascii: "*")
      {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
      }
      position += 1
    default: return false
    }
    return true
  }

  private mutating func sign(_ kind: Token.Kind) -> Token {
    position += 1
    return Token(kind: kind, line: line)
  }

  private mutating func quoted(_ quote: UInt8) -> Token {
    let start = line
    var text: [UInt8] = []
    position += 1
    while position < bytes.count, bytes[position] != quote {
      if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
      if bytes[position] == UInt8(ascii: "\n") { line += 1 }
      text.append(bytes[position])
      position += 1
    }
    position += 1
    return Token(kind: .word, text: String(decoding: text, as: UTF8.self), line: start)
  }

  private mutating func word() -> Token {
    let start = position
    let ends = hasOtherComments ? " \t\r\n;{}\"" : " \t\r\n;{"
    while position < bytes.count, !ends.utf8.contains(bytes[position]) || isVariable {
      position += 1
    }
    return Token(kind: .word, text: String(decoding: bytes[start..<position], as: UTF8.self), line: line)
  }

  /// `${name}` within a word.
  private var isVariable: Bool {
    bytes[position] == UInt8(ascii: "{") && position > 0 && bytes[position - 1] == UInt8(ascii: "$")
  }
}

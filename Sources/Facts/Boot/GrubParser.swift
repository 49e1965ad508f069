/// A statement of GRUB's script language.
indirect enum GrubStatement: Sendable {
  case command([GrubWord])
  /// The branches of an `if`, the last of them without a condition if there is an `else`.
  case conditional([(condition: [GrubStatement]?, body: [GrubStatement])])
  /// `menuentry` or `submenu` with its arguments.
  case menu(isSubmenu: Bool, arguments: [GrubWord], body: [GrubStatement])
  case loop(body: [GrubStatement])
  /// Only what calls it runs it.
  case function(name: String, body: [GrubStatement])
}

/// Puts the words of a script of GRUB together to statements (grub-core/script/parser.y).
struct GrubParser {
  private let tokens: [GrubLexer.Token]
  private var position = 0
  /// Whether blocks were nested more deeply than any real menu, so that a part was left out.
  private(set) var isTooDeep = false

  private static let deepest = 32

  init(_ tokens: [GrubLexer.Token]) { self.tokens = tokens }

  mutating func parse() -> [GrubStatement] {
    var all: [GrubStatement] = []
    // A closing word without an opening one ends a list; the rest still counts.
    while position < tokens.count {
      all += list(until: [], depth: 0)
      position += 1
    }
    return all
  }

  /// Statements up to one of the keywords, an unmatched `}` or the end; the stopping token is not taken.
  private mutating func list(until keywords: Set<String>, depth: Int) -> [GrubStatement] {
    var statements: [GrubStatement] = []
    if depth > Self.deepest { isTooDeep = true }
    while position < tokens.count {
      switch tokens[position] {
      case .end: position += 1
      case .close: return statements
      case .open: position += 1
      case .word(let word):
        if let keyword = word.keyword, keywords.contains(keyword) { return statements }
        if depth > Self.deepest {
          position += 1
        } else {
          statements.append(statement(word, depth: depth))
        }
      }
    }
    return statements
  }

  private mutating func statement(_ first: GrubWord, depth: Int) -> GrubStatement {
    switch first.keyword {
    case "if":
      position += 1
      return conditional(depth)
    case "menuentry", "submenu":
      position += 1
      let arguments = words()
      return .menu(isSubmenu: first.keyword == "submenu", arguments: arguments, body: block(depth))
    case "function":
      position += 1
      let name = words().first?.keyword ?? ""
      return .function(name: name, body: block(depth))
    case "for", "while", "until":
      position += 1
      _ = list(until: ["do"], depth: depth + 1)
      let body = after("do", until: ["done"], depth)
      skip("done")
      return .loop(body: body)
    case "fi", "then", "else", "elif", "do", "done":
      position += 1
      return .command([])
    default:
      return .command(words())
    }
  }

  private mutating func conditional(_ depth: Int) -> GrubStatement {
    var branches: [(condition: [GrubStatement]?, body: [GrubStatement])] = []
    repeat {
      let condition = list(until: ["then"], depth: depth + 1)
      let body = after("then", until: ["elif", "else", "fi"], depth)
      branches.append((condition, body))
    } while skip("elif")
    if skip("else") { branches.append((nil, list(until: ["fi"], depth: depth + 1))) }
    skip("fi")
    return .conditional(branches)
  }

  private mutating func after(_ keyword: String, until: Set<String>, _ depth: Int) -> [GrubStatement] {
    skip(keyword) ? list(until: until, depth: depth + 1) : []
  }

  /// `{ … }`, possibly on the next line.
  private mutating func block(_ depth: Int) -> [GrubStatement] {
    var ahead = position
    while ahead < tokens.count, tokens[ahead] == .end { ahead += 1 }
    guard ahead < tokens.count, tokens[ahead] == .open else { return [] }
    position = ahead + 1
    let body = list(until: [], depth: depth + 1)
    if position < tokens.count, tokens[position] == .close { position += 1 }
    return body
  }

  private mutating func words() -> [GrubWord] {
    var words: [GrubWord] = []
    while position < tokens.count, case .word(let word) = tokens[position] {
      words.append(word)
      position += 1
    }
    return words
  }

  @discardableResult
  private mutating func skip(_ keyword: String) -> Bool {
    guard position < tokens.count, case .word(let word) = tokens[position], word.keyword == keyword else {
      return false
    }
    position += 1
    return true
  }
}

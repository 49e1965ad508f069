import DiskImages

/// Expands words to all texts that they may stand for.
struct ShellExpansion {
  let state: ShellState
  /// The number of texts that are told apart.
  private static let maximumTexts = 16
  private static let maximumLength = 65_536

  /// What a command substitution prints, if it is one of the few that are known.
  let output: (_ source: String) -> String?
  /// Paths that a pattern matches.
  let glob: (_ pattern: String) -> [String]

  /// The texts without splitting and patterns, as in an assignment or within quotes.
  func texts(_ word: ShellWord, escapesPatterns: Bool = false) -> [String] {
    var texts = [""]
    for piece in word.pieces {
      let pieces = self.texts(of: piece, escapesPatterns)
      texts = texts.flatMap { text in pieces.map { text + $0 } }
      var seen: Set<String> = []
      texts = texts.filter { $0.utf8.count <= Self.maximumLength && seen.insert($0).inserted }
      if texts.count > Self.maximumTexts || texts.isEmpty { return [String(ShellText.unknown)] }
    }
    return texts
  }

  /// The one text that the word can stand for; nil if there are several or it is not known.
  func text(_ word: ShellWord) -> String? {
    let texts = self.texts(word)
    guard texts.count == 1, ShellText.isKnown(texts[0]) else { return nil }
    return texts[0]
  }

  /// The fields that the words become: split at blanks where not quoted, patterns replaced by what they match. Nil if
  /// that is not known.
  func fields(_ words: [ShellWord]) -> [String]? {
    var fields: [String] = []
    for word in words {
      guard let parts = parts(of: word, isQuoted: false) else { return nil }
      fields += split(parts)
    }
    return fields
  }

  /// A part of a word's text, and whether quotes keep it together.
  private typealias Part = (text: String, isQuoted: Bool)

  /// Also the quotes within `${name:+…}` and its like count.
  private func parts(of word: ShellWord, isQuoted: Bool) -> [Part]? {
    var parts: [Part] = []
    for piece in word.pieces {
      if case .parameter(let name, let operation?, let quoted) = piece,
        let inner = substitute(name, operation)
      {
        guard let own = self.parts(of: inner, isQuoted: isQuoted || quoted) else { return nil }
        parts += own
        if quoted, own.isEmpty { parts.append(("", true)) }
        continue
      }
      guard let text = text(ShellWord([piece])) else { return nil }
      parts.append((text, isQuoted || piece.isQuoted))
    }
    return parts
  }

  /// The word that stands in place of the parameter; nil where it is the parameter's own value, or not known.
  private func substitute(_ name: String, _ operation: ShellWord.Operation) -> ShellWord? {
    let values = values(name)
    guard values.count == 1, ShellText.isKnown(values[0] ?? "") else { return nil }
    let isMissing = values[0] == nil || (operation.testsEmpty && values[0] == "")
    switch operation.kind {
    case .useDefault, .assignDefault: return isMissing ? operation.word : nil
    case .alternative: return isMissing ? nil : operation.word
    default: return nil
    }
  }

  private func split(_ parts: [Part]) -> [String] {
    var fields: [(text: String, isPattern: Bool)] = []
    var isOpen = false
    func append(_ text: Substring, isPattern: Bool) {
      if isOpen, let last = fields.indices.last {
        fields[last].text += text
        fields[last].isPattern = fields[last].isPattern && isPattern
      } else {
        fields.append((String(text), isPattern))
        isOpen = true
      }
    }
    for part in parts {
      if part.isQuoted {
        append(part.text[...], isPattern: false)
        continue
      }
      var rest = part.text[...]
      while let first = rest.first {
        if first.isWhitespace {
          isOpen = false
          rest = rest.drop(while: \.isWhitespace)
        } else {
          let word = rest.prefix { !$0.isWhitespace }
          append(word, isPattern: true)
          rest = rest[word.endIndex...]
        }
      }
    }
    return fields.flatMap { field in
      let matches =
        field.isPattern && field.text.contains(where: { "*?[".contains($0) }) ? glob(field.text) : []
      return matches.isEmpty ? [field.text] : matches
    }
  }

  private func texts(of piece: ShellWord.Piece, _ escapesPatterns: Bool) -> [String] {
    switch piece {
    case .text(let text, let quoted):
      return [escapesPatterns && quoted ? escaped(text) : expandingTilde(text, quoted)]
    case .unknown: return [String(ShellText.unknown)]
    case .command(let source, let quoted):
      guard let text = output(source) else { return [String(ShellText.unknown)] }
      return [escapesPatterns && quoted ? escaped(text) : text]
    case .parameter(let name, let operation, let quoted):
      let texts = operation.map { self.texts(name, $0) } ?? values(name).map { $0 ?? "" }
      return escapesPatterns && quoted ? texts.map(escaped) : texts
    }
  }

  private func escaped(_ text: String) -> String {
    String(text.flatMap { "*?[\\".contains($0) ? ["\\", $0] : [$0] })
  }

  /// `~` and `~/…` at the start of a word.
  private func expandingTilde(_ text: String, _ quoted: Bool) -> String {
    guard !quoted, text.hasPrefix("~"), text == "~" || text.hasPrefix("~/") else { return text }
    guard let home = values("HOME").first, let home else { return text }
    return home + text.dropFirst()
  }

  /// All values of a parameter, nil for unset.
  func values(_ name: String) -> [String?] {
    switch name {
    case "@", "*": return [state.positional.joined(separator: " ")]
    case "#": return [String(state.positional.count)]
    case "?", "!", "$": return [String(ShellText.unknown)]
    default: break
    }
    if let number = Int(name), number > 0 {
      return [number <= state.positional.count ? state.positional[number - 1] : nil]
    }
    return state.bindings(name).map(\.value)
  }

  private func texts(_ name: String, _ operation: ShellWord.Operation) -> [String] {
    values(name).flatMap { value -> [String] in
      let isMissing = value == nil || (operation.testsEmpty && value == "")
      switch operation.kind {
      case .useDefault, .assignDefault, .error:
        return isMissing ? texts(operation.word) : [value ?? ""]
      case .alternative: return isMissing ? [""] : texts(operation.word)
      case .length:
        guard let value, ShellText.isKnown(value) else {
          return [value == nil ? "0" : String(ShellText.unknown)]
        }
        return [String(value.count)]
      case .removePrefix, .removeLongPrefix, .removeSuffix, .removeLongSuffix:
        return texts(operation.word, escapesPatterns: true).map {
          remove($0, from: value ?? "", operation.kind)
        }
      case .other: return [String(ShellText.unknown)]
      }
    }
  }

  private func remove(_ pattern: String, from value: String, _ kind: ShellWord.Operation.Kind) -> String {
    guard ShellText.isKnown(value), ShellText.isKnown(pattern), value.utf8.count <= 4096 else {
      return String(ShellText.unknown)
    }
    let characters = Array(value)
    let isPrefix = kind == .removePrefix || kind == .removeLongPrefix
    let isLong = kind == .removeLongPrefix || kind == .removeLongSuffix
    let lengths = isLong ? Array((0...characters.count).reversed()) : Array(0...characters.count)
    for length in lengths {
      let part = isPrefix ? String(characters.prefix(length)) : String(characters.suffix(length))
      if fnmatch(pattern: pattern, part) {
        return String(isPrefix ? characters.dropFirst(length) : characters.dropLast(length))
      }
    }
    return value
  }
}

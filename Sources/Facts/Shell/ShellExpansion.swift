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
      guard let text = text(word) else { return nil }
      let isQuoted = word.pieces.contains { piece in
        switch piece {
        case .text(_, let quoted): quoted
        case .parameter(_, _, let quoted), .command(_, let quoted): quoted
        case .unknown: false
        }
      }
      if isQuoted {
        fields.append(text)
        continue
      }
      for part in text.split(whereSeparator: \.isWhitespace) {
        let matches = part.contains(where: { "*?[".contains($0) }) ? glob(String(part)) : []
        fields += matches.isEmpty ? [String(part)] : matches
      }
    }
    return fields
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

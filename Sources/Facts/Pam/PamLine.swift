import Evidence

/// Configuration lines of libpam: continuation lines joined, comments dropped, split into words
/// (`_pam_line_assemble` and `_pam_tokenize`).
enum PamLine {
  /// A line as libpam sees it.
  struct Assembled {
    var words: [String]
    /// Where it starts, counted from 1.
    var number: Int
    var text: String
  }

  /// All lines with content; nil if the last one asks to be continued, which libpam takes as a broken file.
  static func assemble(_ file: TextFile) -> [Assembled]? {
    var lines: [Assembled] = []
    var pending: (text: String, number: Int)?
    for line in file.lines {
      var text = line.text.drop { $0 == " " || $0 == "\t" }
      let hasComment = text.contains("#")
      if let comment = text.firstIndex(of: "#") { text = text[..<comment] }
      let isContinued = !hasComment && text.trimmingBlanks().hasSuffix("\\")
      if isContinued { text = text.trimmingBlanks().dropLast() }
      let joined = (pending?.text ?? "") + text
      let number = pending?.number ?? line.number
      if isContinued {
        guard joined.utf8.count < 1 << 16 else { return nil }
        pending = (joined + " ", number)
        continue
      }
      pending = nil
      let words = split(joined)
      if !words.isEmpty {
        lines.append(Assembled(words: words, number: number, text: String(joined.trimmingBlanks())))
      }
    }
    return pending == nil ? lines : nil
  }

  /// Splits at blanks. `[…]` is one word without its brackets; in it `\]` stands for `]`.
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    var rest = Substring(text)
    while true {
      rest = rest.drop { $0 == " " || $0 == "\t" }
      guard let first = rest.first else { return words }
      if first == "[" {
        words.append(bracketed(&rest))
      } else {
        let word = rest.prefix { $0 != " " && $0 != "\t" }
        words.append(String(word))
        rest = rest.dropFirst(word.count)
      }
    }
  }

  private static func bracketed(_ rest: inout Substring) -> String {
    var word = ""
    rest.removeFirst()
    while let character = rest.popFirst() {
      if character == "]" { break }
      if character == "\\", rest.first == "]" {
        word.append("]")
        rest.removeFirst()
      } else {
        word.append(character)
      }
    }
    return word
  }
}

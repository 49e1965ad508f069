extension LoadedUnit {
  /// What Environment= assigns, in its order: `A=1 "B=2 3" C='4'`, where quotes hold blanks together and a dollar is a
  /// dollar (systemd.exec(5)).
  var environment: [(name: String, value: String)] {
    list("Service", "Environment").flatMap { Self.assignments($0.value) }
  }

  private static func assignments(_ text: String) -> [(name: String, value: String)] {
    var words: [String] = []
    var word = ""
    var quote: Character?
    for character in text {
      if character == quote {
        quote = nil
      } else if quote == nil, character == "\"" || character == "'" {
        quote = character
      } else if quote == nil, character == " " || character == "\t" {
        words.append(word)
        word = ""
      } else {
        word.append(character)
      }
    }
    return (words + [word]).compactMap { word in
      word.firstIndex(of: "=").map { (String(word[..<$0]), String(word[word.index(after: $0)...])) }
    }
  }
}

extension StringProtocol {
  /// The text without blanks and tabs at its ends.
  func trimmingBlanks() -> Substring {
    var rest = Substring(self)
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" || last == "\r" { rest.removeLast() }
    return rest
  }
}

extension String {
  func trimmingBlanksAndLineFeeds() -> String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}

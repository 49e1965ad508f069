/// The value of an assignment within its line.
struct SecretValue {
  /// How a value is written.
  enum Form: Hashable {
    /// Nothing stands behind the separator.
    case none
    /// `|` or `>` of YAML: the text follows below.
    case block
    case plain
    case quoted
    /// A quote was opened and not closed in the line.
    case open(quote: UInt8)
  }

  /// Quotes left out.
  var range: Range<Int>
  var form: Form

  /// Finds the value behind a separator.
  ///
  /// - Parameters:
  ///   - isAtStart: whether the name begins its line, so that a plain value goes to the end of it.
  ///   - isFlow: whether the value is one of YAML within `{` or `[`.
  init(_ bytes: [UInt8], after separator: Int, in line: Range<Int>, isAtStart: Bool, isFlow: Bool) {
    var start = separator + 1
    // `=>` of Ruby and PHP.
    if start < line.upperBound, bytes[separator] == UInt8(ascii: "="), bytes[start] == UInt8(ascii: ">") {
      start += 1
    }
    while start < line.upperBound, bytes[start] == UInt8(ascii: " ") || bytes[start] == UInt8(ascii: "\t") {
      start += 1
    }
    guard start < line.upperBound, bytes[start] != UInt8(ascii: "\r") else {
      (range, form) = (start..<start, .none)
      return
    }
    // A quote within a quoted line is escaped.
    let isEscaped = bytes[start] == UInt8(ascii: "\\") && start + 1 < line.upperBound
    let quote = isEscaped ? bytes[start + 1] : bytes[start]
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") || quote == UInt8(ascii: "`") {
      let from = start + (isEscaped ? 2 : 1)
      (range, form) = Self.quoted(bytes, quote, from: from, isEscaped: isEscaped, in: line)
      return
    }
    if bytes[start] == UInt8(ascii: "|") || bytes[start] == UInt8(ascii: ">"),
      bytes[start..<line.upperBound].prefix(while: { $0 != UInt8(ascii: "#") }).allSatisfy({
        "|>+-0123456789 \t\r".utf8.contains($0)
      })
    {
      (range, form) = (start..<start, .block)
      return
    }
    let isElement = bytes[separator] == UInt8(ascii: ">")
    let stops = isElement ? "<" : isFlow ? ",}]" : isAtStart ? "" : " \t,;&|)}]\"'`<"
    // A marker holds a bracket itself.
    let searched = start + (CutMarker.parse(bytes[start..<line.upperBound])?.length ?? 0)
    var end = bytes[searched..<line.upperBound].firstIndex { stops.utf8.contains($0) } ?? line.upperBound
    while end > start, " \t\r;".utf8.contains(bytes[end - 1]) { end -= 1 }
    (range, form) = (start..<end, .plain)
  }

  private static func quoted(
    _ bytes: [UInt8], _ quote: UInt8, from start: Int, isEscaped: Bool, in line: Range<Int>
  ) -> (Range<Int>, Form) {
    var end = start
    while end < line.upperBound {
      if bytes[end] == quote, !isEscaped { break }
      if bytes[end] == UInt8(ascii: "\\"), end + 1 < line.upperBound {
        if isEscaped, bytes[end + 1] == quote { break }
        if quote == UInt8(ascii: "\"") { end += 1 }
      }
      end += 1
    }
    end = min(end, line.upperBound)
    return (start..<end, end == line.upperBound ? .open(quote: quote) : .quoted)
  }

  /// Whether the value is the name of a file or a URI of one.
  func isPath(_ bytes: [UInt8]) -> Bool {
    let value = bytes[range]
    return ["/", "./", "~/", "file:", "../"].contains { value.starts(with: $0.utf8) } && value.count < 256
      && !value.contains { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "=") }
  }

  /// What follows `-----BEGIN …-----` if the value begins so.
  func keyBody(_ bytes: [UInt8]) -> Range<Int>? {
    let value = bytes[range]
    guard value.starts(with: "-----BEGIN ".utf8) else { return nil }
    let label = value.dropFirst(11).prefix { $0 != UInt8(ascii: "-") }
    let body = value[label.endIndex...].drop { $0 == UInt8(ascii: "-") }
    return body.indices
  }
}

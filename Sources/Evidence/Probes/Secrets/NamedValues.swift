/// Values that are assigned to names, in the ways in which configuration files write it: `name = value`, `name: value`,
/// `"name": "value"`, `<name>value</name>`, `define('NAME', 'value')`.
struct NamedValues {
  /// One assignment.
  struct Assignment {
    /// In lower case, with `_` for `-` and `.`.
    var name: String
    /// Quotes left out.
    var value: ArraySlice<UInt8>
    /// Where the name begins.
    var position: Int
    /// Whether the value is in quotes.
    var isQuoted: Bool
  }

  private let file: SearchedFile
  private let isWanted: (String) -> Bool
  /// Whether `<name>value</name>` is an assignment: elsewhere `<name>` stands for what is to be filled in.
  private let isXML: Bool
  /// Whether `define('name', 'value')` is one.
  private let isPHP: Bool
  /// Whether a line that begins with `//` names a registry.
  private let isNPM: Bool

  /// Looks for names that the closure wants; others cost nothing more.
  init(_ file: SearchedFile, isWanted: @escaping (String) -> Bool) {
    self.file = file
    self.isWanted = isWanted
    isNPM = file.name.hasSuffix("npmrc")
    isPHP = file.name.hasSuffix(".php")
    isXML = file.bytes.first { $0 > 0x20 } == UInt8(ascii: "<")
  }

  /// Every assignment that is not commented out. Each byte is looked at a bounded number of times.
  func forEach(_ body: (Assignment) -> Void) {
    for line in file.lines {
      let text = file.trimmed(line)
      guard let first = text.first, !"#;".utf8.contains(first), isNPM || !text.starts(with: "//".utf8),
        !text.starts(with: "<!--".utf8), !text.starts(with: "--".utf8)
      else { continue }
      scan(text, body)
    }
  }

  private func scan(_ line: ArraySlice<UInt8>, _ body: (Assignment) -> Void) {
    var position = line.startIndex
    while position < line.endIndex {
      let byte = line[position]
      if "=:>,".utf8.contains(byte), let name = name(before: position, in: line) {
        let key = normalised(line[name])
        if assigns(byte, name, line), isWanted(key) {
          let (value, isQuoted, end) = value(after: position, in: line)
          body(Assignment(name: key, value: value, position: name.lowerBound, isQuoted: isQuoted))
          position = max(position + 1, end)
          continue
        }
      }
      position += 1
    }
  }

  private func assigns(_ separator: UInt8, _ name: Range<Int>, _ line: ArraySlice<UInt8>) -> Bool {
    switch separator {
    case UInt8(ascii: ","): isPHP && isQuoted(name, line)
    case UInt8(ascii: ">"):
      isXML && name.lowerBound > line.startIndex && line[name.lowerBound - 1] == UInt8(ascii: "<")
    default: true
    }
  }

  private func normalised(_ name: ArraySlice<UInt8>) -> String {
    String(
      decoding: name.map { byte in
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
          ? UInt8(ascii: "_")
          : (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
      }, as: UTF8.self)
  }

  private func isQuoted(_ name: Range<Int>, _ line: ArraySlice<UInt8>) -> Bool {
    name.lowerBound > line.startIndex && "\"'".utf8.contains(line[name.lowerBound - 1])
  }

  /// The name before a separator; at most 64 bytes, so that looking back is bounded.
  private func name(before separator: Int, in line: ArraySlice<UInt8>) -> Range<Int>? {
    var end = separator
    var steps = 0
    while end > line.startIndex, line[end - 1] == 0x20 || line[end - 1] == 0x09 {
      end -= 1
      steps += 1
      if steps > 64 { return nil }
    }
    if end > line.startIndex, "\"']".utf8.contains(line[end - 1]) { end -= 1 }
    if end > line.startIndex, "\"'\\".utf8.contains(line[end - 1]) { end -= 1 }
    var start = end
    while start > line.startIndex, isWordByte(line[start - 1]) {
      start -= 1
      if end - start > 64 { return nil }
    }
    while start < end, line[start] == UInt8(ascii: "-") { start += 1 }
    return start < end ? start..<end : nil
  }

  private func value(
    after separator: Int, in line: ArraySlice<UInt8>
  ) -> (ArraySlice<UInt8>, isQuoted: Bool, end: Int) {
    var start = separator + 1
    if start < line.endIndex, line[separator] == UInt8(ascii: "="), line[start] == UInt8(ascii: ">") {
      start += 1
    }
    while start < line.endIndex, line[start] == 0x20 || line[start] == 0x09 { start += 1 }
    guard start < line.endIndex else { return (line[start..<start], false, start) }
    var quote = line[start]
    if quote == UInt8(ascii: "\\"), start + 1 < line.endIndex {
      start += 1
      quote = line[start]
    }
    if "\"'`".utf8.contains(quote) {
      let rest = line[(start + 1)...]
      let end = rest.firstIndex(of: quote) ?? line.endIndex
      var value = line[(start + 1)..<end]
      if value.last == UInt8(ascii: "\\") { value = value.dropLast() }
      return (value, true, min(line.endIndex, end + 1))
    }
    let stops = line[separator] == UInt8(ascii: ">") ? "<" : " \t,;}]<\"'"
    let end = line[start...].firstIndex { stops.utf8.contains($0) } ?? line.endIndex
    return (line[start..<end], false, end)
  }
}

/// Whether a value can be a secret: no placeholder, no path, no flag, no number of a few digits.
func mayBeSecret(_ assignment: NamedValues.Assignment) -> Bool {
  let value = assignment.value
  guard value.count >= 4, value.count <= 4096, !isPlaceholder(value) else { return false }
  if value.contains(where: { $0 < 0x20 }) { return false }
  if value.first == UInt8(ascii: "/") || value.starts(with: "~/".utf8) || value.starts(with: "./".utf8) {
    // A path, unless it has what paths do not have.
    return value.contains(UInt8(ascii: "+")) || value.contains(UInt8(ascii: "="))
  }
  if !assignment.isQuoted {
    // Expressions of programs: calls, members, types.
    if value.contains(where: { "(){}[]<>".utf8.contains($0) }) { return false }
    if value.first == UInt8(ascii: "-") || value.last == UInt8(ascii: ":") { return false }
  }
  let words = value.split(separator: 0x20)
  // Prose is no password: sentences have more than four words.
  return words.count <= 4
}

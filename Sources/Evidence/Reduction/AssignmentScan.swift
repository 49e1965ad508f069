/// Finds secrets by the name that they are assigned to: `password=…`, `psk: …`, `"token": "…"`, `<secret>…</secret>`,
/// directives such as `rocommunity …`, and the lists of passwords in cloud-init's user data.
struct AssignmentScan {
  let bytes: [UInt8]
  let place: CapturedPlace
  /// Whether `$name` is a variable.
  let isShell: Bool
  /// Whether `name: value` counts anywhere in a line.
  let isYAML: Bool
  private let directives: [SecretDirective]

  init(_ bytes: [UInt8], _ place: CapturedPlace) {
    self.bytes = bytes
    self.place = place
    isShell = bytes.starts(with: "#!".utf8) || place.name.hasSuffix(".sh") || place.path.contains("/init.d/")
    let first = bytes.first { $0 > 0x20 }
    isYAML =
      place.isYAML || first == UInt8(ascii: "{") || bytes.starts(with: "#cloud-config".utf8)
    directives = SecretDirective.all(for: place)
  }

  func cut(into cuts: inout CutList) {
    var block: YAMLBlock?
    var tokens = SecretTokens(place)
    let mayHoldAssignments = place.mayHoldAssignments
    forEachLine(of: bytes) { line in
      if let current = block {
        if current.holds(line, bytes) {
          block = current.after(line, bytes, &cuts)
          if current.isWhole { return }
        } else {
          block = nil
        }
      }
      tokens?.cut(bytes, line, &cuts)
      for directive in directives { directive.cut(bytes, line, &cuts) }
      if mayHoldAssignments { cutAssignments(in: line, &block, &cuts) }
    }
  }

  private func cutAssignments(in line: Range<Int>, _ block: inout YAMLBlock?, _ cuts: inout CutList) {
    var position = line.lowerBound
    while position < line.upperBound {
      switch bytes[position] {
      case UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: ">"):
        if let end = cutAssignment(at: position, line, &block, &cuts) {
          position = max(end, position + 1)
          continue
        }
      case UInt8(ascii: "-"):
        if let end = cutOption(at: position, line, &cuts) {
          position = max(end, position + 1)
          continue
        }
      default: break
      }
      position += 1
    }
  }

  /// Cuts the value behind the separator if a name of a secret stands before it, and gives the value's end.
  private func cutAssignment(
    at separator: Int, _ line: Range<Int>, _ block: inout YAMLBlock?, _ cuts: inout CutList
  ) -> Int? {
    guard let name = name(before: separator, in: line) else { return nil }
    if isYAML, bytes[separator] == UInt8(ascii: ":"), bytes[name].elementsEqual("chpasswd".utf8) {
      return beginPasswordList(separator, line, &block, &cuts)
    }
    guard let kind = SecretNames.kind(bytes[name], in: place), stands(name, separator, line) else {
      return nil
    }
    let isAtStart = self.isAtStart(name.lowerBound, of: line)
    let value = SecretValue(
      bytes, after: separator, in: line, isAtStart: isAtStart, isFlow: isYAML && !isAtStart)
    if bytes[separator] == UInt8(ascii: ":"), isYAML, isAtStart {
      block = YAMLBlock(indentation: name.lowerBound - line.lowerBound, kind: kind, value.form)
    }
    if value.form == .none || value.form == .block { return line.upperBound }
    if kind == .secret || kind == .privateKey, SecretNames.mayBePath(bytes[name]), value.isPath(bytes) {
      return value.range.upperBound
    }
    if let body = value.keyBody(bytes) {
      // The header of a key stays.
      cutSecret(bytes, body, .privateKey, &cuts)
    } else {
      cutSecret(bytes, value.range, kind, isShell: isShell, &cuts)
    }
    return value.range.upperBound
  }

  /// Cuts the word behind an option such as `--password`.
  private func cutOption(at dash: Int, _ line: Range<Int>, _ cuts: inout CutList) -> Int? {
    guard bytes[dash..<line.upperBound].starts(with: "--".utf8),
      dash == line.lowerBound || bytes[dash - 1] == UInt8(ascii: " ")
    else { return nil }
    let name = bytes[dash..<line.upperBound].dropFirst(2).prefix { isWordByte($0) }
    guard name.endIndex < line.upperBound, bytes[name.endIndex] == UInt8(ascii: " "),
      let kind = SecretNames.kind(name, in: place)
    else { return name.endIndex }
    let value = SecretValue(bytes, after: name.endIndex, in: line, isAtStart: false, isFlow: false)
    if value.range.isEmpty || bytes[value.range].first == UInt8(ascii: "-") || value.isPath(bytes) {
      return name.endIndex
    }
    cutSecret(bytes, value.range, kind, isShell: true, &cuts)
    return value.range.upperBound
  }

  /// The name that ends before the separator, blanks and a closing quote aside.
  private func name(before separator: Int, in line: Range<Int>) -> Range<Int>? {
    var end = separator
    if bytes[separator] == UInt8(ascii: "="), end > line.lowerBound, ":+?".utf8.contains(bytes[end - 1]) {
      end -= 1
    }
    while end > line.lowerBound, bytes[end - 1] == UInt8(ascii: " ") || bytes[end - 1] == UInt8(ascii: "\t") {
      end -= 1
    }
    if end > line.lowerBound, "\"']".utf8.contains(bytes[end - 1]) { end -= 1 }
    if end > line.lowerBound, "\"'\\".utf8.contains(bytes[end - 1]) { end -= 1 }
    var start = end
    while start > line.lowerBound, isWordByte(bytes[start - 1]) { start -= 1 }
    while start < end, bytes[start] == UInt8(ascii: "-") { start += 1 }
    return start < end ? start..<end : nil
  }

  /// Whether the separator is one that assigns here.
  private func stands(_ name: Range<Int>, _ separator: Int, _ line: Range<Int>) -> Bool {
    let before = name.lowerBound > line.lowerBound ? bytes[name.lowerBound - 1] : 0
    let after = separator + 1 < line.upperBound ? bytes[separator + 1] : 0
    switch bytes[separator] {
    case UInt8(ascii: "="):
      // `$password = …` compares in a shell, and assigns in other languages.
      if before == UInt8(ascii: "$"), isShell { return false }
      return
        !(before == UInt8(ascii: "{") && name.lowerBound - 2 >= line.lowerBound
        && bytes[name.lowerBound - 2] == UInt8(ascii: "$"))
        && (separator == 0 || !"!<>=".utf8.contains(bytes[separator - 1])) && after != UInt8(ascii: "~")
    case UInt8(ascii: ">"):
      return before == UInt8(ascii: "<")
    default:
      if isYAML { return true }
      return isAtStart(name.lowerBound, of: line)
        && (after == UInt8(ascii: " ") || after == UInt8(ascii: "\t"))
    }
  }

  /// Whether nothing but blanks, signs of a comment or a list, quotes and `export` stands before the position.
  private func isAtStart(_ position: Int, of line: Range<Int>) -> Bool {
    var rest = bytes[line.lowerBound..<position].drop { " \t#;-\"'[?".utf8.contains($0) }
    for word in ["export ", "set ", "readonly ", "declare ", "local "] where rest.starts(with: word.utf8) {
      rest = rest.dropFirst(word.utf8.count).drop { $0 == UInt8(ascii: " ") }
    }
    return rest.isEmpty
  }

  /// `chpasswd:` with the passwords of several users, in its three forms.
  private func beginPasswordList(
    _ separator: Int, _ line: Range<Int>, _ block: inout YAMLBlock?, _ cuts: inout CutList
  ) -> Int? {
    let rest = bytes[separator + 1..<line.upperBound].drop {
      $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r")
    }
    if rest.isEmpty || rest.first == UInt8(ascii: "#") {
      let indentation = bytes[line].prefix { $0 == UInt8(ascii: " ") }.count
      block = YAMLBlock(passwordListAt: indentation)
      return nil
    }
    guard rest.first == UInt8(ascii: "{"), let list = rest.firstRange(of: Array("list".utf8)) else {
      return nil
    }
    let value = list.upperBound..<line.upperBound
    if !bytes[value].contains(UInt8(ascii: "("))
      || CutMarker.exactly(bytes[value].dropFirst(2).dropLast()) == nil
    {
      cuts.add(value, Array(": \(CutMarker.text(.password))}".utf8))
    }
    return line.upperBound
  }
}

/// A file in which secrets are searched: its bytes, its lines and what its path tells.
struct SearchedFile {
  let path: String
  let name: String
  let bytes: [UInt8]
  /// Whether more of the file follows that was not read.
  let isHead: Bool
  /// Whether the bytes are text: no NUL byte among the first 8 KiB.
  let isText: Bool
  /// The start of every line.
  private let starts: [Int]

  init(path: String, bytes: [UInt8], isHead: Bool = false) {
    self.path = path
    self.bytes = bytes
    self.isHead = isHead
    name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    isText = !bytes.prefix(8192).contains(0)
    var starts = [0]
    for position in bytes.indices where bytes[position] == UInt8(ascii: "\n") { starts.append(position + 1) }
    self.starts = starts
  }

  /// The ranges of the lines, line feeds left out.
  var lines: some Sequence<Range<Int>> {
    starts.indices.lazy.map { index in
      starts[index]..<(index + 1 < starts.count ? starts[index + 1] - 1 : bytes.count)
    }
  }

  /// The number of the line that holds the position, counted from 1.
  func line(at position: Int) -> Int {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= position { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The line without blanks at its ends.
  func trimmed(_ line: Range<Int>) -> ArraySlice<UInt8> {
    var rest = bytes[line]
    while let first = rest.first, first == 0x20 || first == 0x09 { rest = rest.dropFirst() }
    while let last = rest.last, last == 0x20 || last == 0x09 || last == 0x0d { rest = rest.dropLast() }
    return rest
  }

  /// Whether the bytes occur.
  func contains(_ text: String) -> Bool { position(of: text, from: 0) != nil }

  /// Where the bytes occur next.
  func position(of text: String, from start: Int) -> Int? {
    let needle = Array(text.utf8)
    guard let first = needle.first else { return start }
    var position = start
    while position < bytes.count, let candidate = bytes[position...].firstIndex(of: first) {
      if bytes[candidate...].starts(with: needle) { return candidate }
      position = candidate + 1
    }
    return nil
  }

  /// Whether the path ends with one of these, each beginning with a slash, or the name is one of those without.
  func isNamed(_ names: [String]) -> Bool {
    names.contains { $0.contains("/") ? path.hasSuffix($0) : name == $0 }
  }

  /// Whether the path says that the content is an example.
  var isExample: Bool {
    let endings = [".example", ".sample", ".template", ".dist", ".tmpl", ".j2", ".erb", ".in", ".md", ".rst"]
    return endings.contains { name.hasSuffix($0) } || name.contains("example") || name.contains(".sample.")
  }
}

extension ArraySlice<UInt8> {
  var text: String { String(decoding: self, as: UTF8.self) }
}

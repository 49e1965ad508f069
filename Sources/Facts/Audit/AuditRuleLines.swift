import DiskImages
import Evidence

/// A line of a rules file.
struct AuditRuleLine: Sendable, Hashable {
  var origin: Origin
  var text: String
}

/// Lines as augenrules(8) merges them and as auditctl(8) reads them.
enum AuditRuleLines {
  /// The longest line that auditctl reads at once; the rest counts as a line of its own (auditctl.c, LINE_SIZE).
  static let longest = 6143

  /// The lines of one file.
  static func read(_ entry: FileEntry, _ evidence: Evidence, kind: Origin.Kind) throws(EvidenceGap)
    -> [AuditRuleLine]
  {
    var reader = LineReader(kind: kind)
    reader.add(try evidence.bytes(of: entry), path: entry.path)
    return reader.lines
  }

  /// The files of a rules directory in the order of `ls -1v`, `*.rules` only and no hidden ones, joined as by cat(1):
  /// where a file does not end with a line feed, the first line of the next one continues its last.
  static func merged(
    _ directory: FileEntry, _ evidence: Evidence, stripsCarriageReturns: Bool
  ) throws(EvidenceGap) -> [AuditRuleLine] {
    var reader = LineReader(kind: .dropIn, stripsCarriageReturns: stripsCarriageReturns)
    let files = directory.children.filter { entry in
      // The shell splits the list of names at blanks, so that such files are not found.
      entry.name.hasSuffix(".rules") && !entry.name.hasPrefix(".")
        && !entry.name.contains { $0 == " " || $0 == "\t" }
    }
    for entry in files.sorted(by: { VersionOrder.precedes($0.nameBytes, $1.nameBytes) }) {
      guard case .found(let file) = evidence.index.target(of: entry), file.type == .regular else { continue }
      reader.add(try evidence.bytes(of: entry), path: entry.path)
    }
    return reader.lines
  }

  /// What augenrules makes of merged lines: the last `-D`, `-b` and `-f` first, the last `-e` at the end, the rest in
  /// its order; empty lines and comments are left out.
  ///
  /// - Parameter knowsBlanks: whether the guest's awk takes `\s` for blanks. mawk, Debian's default, takes it for the
  ///   letter s, so that an indented `-e 2` stays where it is.
  static func arranged(_ lines: [AuditRuleLine], knowsBlanks: Bool) -> [AuditRuleLine] {
    var last: [Substring: AuditRuleLine] = [:]
    var rest: [AuditRuleLine] = []
    for line in lines where !line.text.isEmpty {
      let text = knowsBlanks ? line.text.drop { $0.isWhitespace } : Substring(line.text)
      if text.hasPrefix("#") { continue }
      let end = text.lastIndex { !$0.isWhitespace }.map { text[...$0] } ?? text
      if text.hasPrefix("-e") || text.hasPrefix("-f") || text.hasPrefix("-b") {
        last[text.prefix(2)] = line
      } else if text == "-D" || (knowsBlanks && end == "-D") {
        last["-D"] = line
      } else {
        rest.append(line)
      }
    }
    return ["-D", "-b", "-f"].compactMap { last[$0] } + rest + [last["-e"]].compactMap { $0 }
  }

  /// The words of a line; nil for an empty line or a comment. Only a space separates, a backslash keeps one
  /// (auditctl.c, preprocess and postprocess).
  static func words(_ text: String) -> [String]? {
    guard let first = text.first(where: { $0 != " " }), first != "#" else { return nil }
    var words: [String] = []
    var word = ""
    var isEscaped = false
    for character in text {
      if isEscaped {
        if character != " " && character != "\\" { word.append("\\") }
        word.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == " " {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if isEscaped { word.append("\\") }
    if !word.isEmpty { words.append(word) }
    return words
  }
}

/// Splits files into lines that may go on in the next file.
private struct LineReader {
  let kind: Origin.Kind
  var stripsCarriageReturns = false
  private(set) var lines: [AuditRuleLine] = []
  private var isOpen = false

  init(kind: Origin.Kind, stripsCarriageReturns: Bool = false) {
    self.kind = kind
    self.stripsCarriageReturns = stripsCarriageReturns
  }

  mutating func add(_ bytes: [UInt8], path: String) {
    if bytes.isEmpty { return }
    var parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let endsOpen = bytes.last != UInt8(ascii: "\n")
    if !endsOpen { parts.removeLast() }
    for (position, part) in parts.enumerated() {
      let content = stripsCarriageReturns && part.last == 0x0d ? part.dropLast() : part
      if position == 0, isOpen, let last = lines.indices.last {
        lines[last].text += String(decoding: content, as: UTF8.self)
        lines[last].origin.text = lines[last].text
        continue
      }
      append(content, path: path, number: position + 1)
    }
    isOpen = endsOpen
  }

  private mutating func append(_ content: ArraySlice<UInt8>, path: String, number: Int) {
    var rest = content
    repeat {
      let text = String(decoding: rest.prefix(AuditRuleLines.longest), as: UTF8.self)
      rest = rest.dropFirst(AuditRuleLines.longest)
      lines.append(
        AuditRuleLine(origin: Origin(path: path, line: number, kind: kind, text: text), text: text))
    } while !rest.isEmpty
  }
}

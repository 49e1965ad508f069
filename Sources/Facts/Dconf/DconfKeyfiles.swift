import DiskImages
import Evidence

/// The text from which `dconf update` compiles one database: key files and locks of a directory (dconf(7)).
struct DconfKeyfiles {
  /// Values by absolute key.
  private(set) var values: [String: Effective<String>] = [:]
  /// Keys that users and stronger databases cannot change.
  private(set) var locks: [String: Origin] = [:]

  /// Reads a directory. Of files that set one key the last by name counts.
  init(directory: FileEntry, _ evidence: Evidence) throws(EvidenceGap) {
    for entry in directory.children where !entry.nameBytes.starts(with: ".".utf8) {
      guard case .found(let file) = evidence.index.target(of: entry) else { continue }
      if file.type == .regular { try read(evidence.text(of: entry)) }
    }
    guard let folder = directory.child(named: "locks"), folder.type == .directory else { return }
    for entry in folder.children where !entry.nameBytes.starts(with: ".".utf8) {
      guard case .found(let file) = evidence.index.target(of: entry), file.type == .regular else { continue }
      for line in try evidence.text(of: entry).lines {
        let key = line.text.trimmingBlanks()
        if key.hasPrefix("/") {
          locks[String(key)] = Origin(path: entry.path, line: line.number, kind: .dropIn, text: line.text)
        }
      }
    }
  }

  private mutating func read(_ file: TextFile) {
    var group = ""
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      if text.hasPrefix("["), text.hasSuffix("]") {
        group = String(text.dropFirst().dropLast())
      } else if !text.hasPrefix("#"), let equals = text.firstIndex(of: "=") {
        let key = "/\(group)/\(text[..<equals].trimmingBlanks())"
        let value = DconfValue.normalized(text[text.index(after: equals)...].trimmingBlanks())
        let origin = Origin(
          path: file.path, line: line.number, kind: file.path.hasPrefix("/usr") ? .vendor : .dropIn,
          text: line.text)
        let old = values[key].map { [.init(value: $0.value, origin: $0.origin)] + $0.shadowed } ?? []
        values[key] = Effective(value, origin: origin, shadowed: old)
      }
    }
  }
}

/// Values in the text form of GVariant.
enum DconfValue {
  /// The value without a type in front and without quotes: `uint32 5` is `5`, `'a\'b'` is `a'b`.
  static func normalized(_ text: some StringProtocol) -> String {
    var rest = Substring(text)
    if rest.hasPrefix("@"), let blank = rest.firstIndex(of: " ") { rest = rest[blank...].trimmingBlanks() }
    for type in [
      "boolean", "byte", "int16", "uint16", "int32", "uint32", "int64", "uint64", "double", "string",
    ]
    where rest.hasPrefix(type + " ") {
      rest = rest.dropFirst(type.count + 1).trimmingBlanks()
    }
    guard let quote = rest.first, quote == "'" || quote == "\"", rest.count >= 2, rest.last == quote else {
      return String(rest)
    }
    var value = ""
    var isEscaped = false
    for character in rest.dropFirst().dropLast() {
      if isEscaped {
        value.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        value.append(character)
      }
    }
    return value
  }
}

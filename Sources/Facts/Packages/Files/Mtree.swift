/// What a specification of mtree(5) says of files, in the form that makepkg writes through libarchive: one line for each
/// path, which starts with `./`, and `/set` and `/unset` for what the lines after them have in common.
///
/// Lines that name a file without a slash, relative to the folder above, say nothing here: pacman's have none.
struct Mtree {
  /// What is said of one file; nil for what is not.
  struct Entry {
    /// `file`, `dir`, `link` …
    var type: String?
    var mode: UInt32?
    var uid: String?
    var gid: String?
    var link: [UInt8]?
    var sha256: String?
    var md5: String?
  }

  /// By the path without `./`.
  private(set) var entries: [[UInt8]: Entry] = [:]

  private static let typeBits: [String: UInt32] = [
    "fifo": 0o010000, "char": 0o020000, "dir": 0o040000, "block": 0o060000, "file": 0o100000,
    "link": 0o120000,
    "socket": 0o140000,
  ]

  /// Reads a specification; what is malformed says nothing.
  init(_ bytes: [UInt8]) {
    var common = Entry()
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard let first = words.first, first.first != UInt8(ascii: "#") else { continue }
      if first.elementsEqual("/set".utf8) {
        for word in words.dropFirst() { common.set(word) }
      } else if first.elementsEqual("/unset".utf8) {
        for word in words.dropFirst() { common.unset(String(decoding: word, as: UTF8.self)) }
      } else if first.starts(with: "./".utf8) {
        var entry = common
        for word in words.dropFirst() { entry.set(word) }
        entries[Self.unescaped(first.dropFirst(2))] = entry
      }
    }
  }

  /// Type and permission bits as stat(2) has them; nil where one of them is not said.
  static func mode(of entry: Entry) -> UInt32? {
    guard let mode = entry.mode, let type = entry.type.flatMap({ typeBits[$0] }) else { return nil }
    return type | mode
  }

  /// `\040` is a blank; libarchive writes whatever is no plain character so (archive_write_set_format_mtree.c,
  /// mtree_quote).
  static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    guard text.contains(UInt8(ascii: "\\")) else { return Array(text) }
    var result: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3,
        let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8), digits.allSatisfy(isOctal)
      {
        result.append(code)
        rest = rest.dropFirst(3)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  private static func isOctal(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte)
  }
}

extension Mtree.Entry {
  /// Takes over `keyword=value`.
  fileprivate mutating func set(_ word: ArraySlice<UInt8>) {
    guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else { return }
    let bytes = word[(equals + 1)...]
    let value = String(decoding: bytes, as: UTF8.self)
    switch String(decoding: word[..<equals], as: UTF8.self) {
    case "type": type = value
    case "mode": mode = UInt32(value, radix: 8).flatMap { $0 <= 0o7777 ? $0 : nil }
    case "uid": uid = value
    case "gid": gid = value
    case "link": link = Mtree.unescaped(bytes)
    case "sha256digest", "sha256": sha256 = Self.digest(value, length: 64)
    case "md5digest", "md5": md5 = Self.digest(value, length: 32)
    default: return
    }
  }

  fileprivate mutating func unset(_ keyword: String) {
    switch keyword {
    case "type": type = nil
    case "mode": mode = nil
    case "uid": uid = nil
    case "gid": gid = nil
    case "link": link = nil
    case "sha256digest", "sha256": sha256 = nil
    case "md5digest", "md5": md5 = nil
    default: return
    }
  }

  private static func digest(_ text: String, length: Int) -> String? {
    text.utf8.count == length && text.allSatisfy(\.isHexDigit) ? text.lowercased() : nil
  }
}

import Evidence

/// Splits the text of an nft file into words and signs (nft(8), "Input file formats").
struct NftablesScanner {
  struct Token: Hashable {
    enum Kind { case word, quoted, open, close, separator, comma }
    var kind: Kind
    var text: String
    var line: Int
  }

  /// Larger files are cut; the rest is a problem that the model reports.
  static let tokenLimit = 2_000_000

  private(set) var tokens: [Token] = []

  init(_ file: TextFile) {
    var isContinued = false
    for line in file.lines {
      guard tokens.count < Self.tokenLimit else { return }
      scan(Array(line.text.utf8), line.number, &isContinued)
    }
  }

  private mutating func scan(_ bytes: [UInt8], _ number: Int, _ isContinued: inout Bool) {
    var position = 0
    isContinued = false
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): position += 1
      case UInt8(ascii: "#"): position = bytes.count
      case UInt8(ascii: "\\") where position == bytes.count - 1:
        isContinued = true
        position += 1
      case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ";"), UInt8(ascii: ","):
        tokens.append(Token(kind: Self.sign(byte), text: String(Unicode.Scalar(byte)), line: number))
        position += 1
      case UInt8(ascii: "\""):
        let end = bytes[(position + 1)...].firstIndex(of: byte) ?? bytes.count
        let text = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
        tokens.append(Token(kind: .quoted, text: text, line: number))
        position = end + 1
      default:
        let start = position
        while position < bytes.count, !" \t{};,\"#".utf8.contains(bytes[position]),
          !(bytes[position] == UInt8(ascii: "\\") && position == bytes.count - 1)
        {
          position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        tokens.append(Token(kind: .word, text: text, line: number))
      }
    }
    if !isContinued { tokens.append(Token(kind: .separator, text: "\n", line: number)) }
  }

  private static func sign(_ byte: UInt8) -> Token.Kind {
    switch byte {
    case UInt8(ascii: "{"): .open
    case UInt8(ascii: "}"): .close
    case UInt8(ascii: ","): .comma
    default: .separator
    }
  }
}

/// What a backslash in a string of JSON (RFC 8259, section 7) and of TOML 1.0 starts.
package enum BackslashEscape {
  /// What a letter behind a backslash stands for: itself unless it is one of b, f, n, r and t.
  package static func byte(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    default: letter
    }
  }

  /// The number that so many hexadecimal digits give; nil if there are not so many.
  package static func number(_ content: ArraySlice<UInt8>, at place: Int, digits: Int) -> UInt32? {
    guard place + digits <= content.endIndex else { return nil }
    var number: UInt32 = 0
    for byte in content[place..<place + digits] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      number = number << 4 | UInt32(digit)
    }
    return number
  }

  /// The UTF-8 of the `XXXX` behind `\u`, or of two such escapes for one character beyond the basic plane; U+FFFD for
  /// half of such a pair.
  ///
  /// - Parameter place: of the first digit; behind what was read afterwards.
  /// - Returns: nil if the digits are missing.
  package static func character(_ content: ArraySlice<UInt8>, at place: inout Int) -> [UInt8]? {
    guard var unit = number(content, at: place, digits: 4) else { return nil }
    place += 4
    if (0xd800..<0xdc00).contains(unit), place + 1 < content.endIndex,
      content[place] == UInt8(ascii: "\\"), content[place + 1] == UInt8(ascii: "u"),
      let low = number(content, at: place + 2, digits: 4), (0xdc00..<0xe000).contains(low)
    {
      place += 6
      unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
    }
    return Array(String(Unicode.Scalar(unit).map(Character.init) ?? "\u{fffd}").utf8)
  }
}

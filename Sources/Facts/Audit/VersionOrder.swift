/// The order of `ls -v`: digits compare as numbers, so that `9-a` comes before `10-a` (filevercmp in gnulib, which
/// follows dpkg's order of versions).
enum VersionOrder {
  static func precedes(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    let left = Array(left)
    let right = Array(right)
    let byStem = compare(left[..<stemEnd(left)], right[..<stemEnd(right)])
    if byStem != 0 { return byStem < 0 }
    let byName = compare(left[...], right[...])
    return byName != 0 ? byName < 0 : left.lexicographicallyPrecedes(right)
  }

  /// Where the suffixes begin: `(\.[A-Za-z~][A-Za-z0-9~]*)*$`.
  private static func stemEnd(_ name: [UInt8]) -> Int {
    var end = name.count
    var position = name.count
    while position > 0 {
      position -= 1
      let byte = name[position]
      if byte == UInt8(ascii: ".") {
        guard position + 1 < end, isLetter(name[position + 1]), position > 0 else { return end }
        end = position
      } else if !isLetter(byte), !isDigit(byte) {
        return end
      }
    }
    return end
  }

  private static func compare(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
    var left = left
    var right = right
    while !left.isEmpty || !right.isEmpty {
      while (left.first.map { !isDigit($0) } ?? false) || (right.first.map { !isDigit($0) } ?? false) {
        let difference = rank(left.first) - rank(right.first)
        if difference != 0 { return difference }
        left = left.dropFirst()
        right = right.dropFirst()
      }
      left = left.drop { $0 == UInt8(ascii: "0") }
      right = right.drop { $0 == UInt8(ascii: "0") }
      let leftDigits = left.prefix(while: isDigit)
      let rightDigits = right.prefix(while: isDigit)
      if leftDigits.count != rightDigits.count { return leftDigits.count - rightDigits.count }
      for (a, b) in zip(leftDigits, rightDigits) where a != b { return Int(a) - Int(b) }
      left = left.dropFirst(leftDigits.count)
      right = right.dropFirst(rightDigits.count)
    }
    return 0
  }

  private static func rank(_ byte: UInt8?) -> Int {
    guard let byte else { return -1 }
    if isDigit(byte) { return 0 }
    if byte == UInt8(ascii: "~") { return -2 }
    return isLetter(byte) ? Int(byte) : Int(byte) + 256
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte == UInt8(ascii: "~")
  }
}

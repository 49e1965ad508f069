/// A ZIP archive whose members are stored (PKWARE's APPNOTE.TXT).
public enum StoredZip {
  public struct Member {
    public var name: String
    public var content: [UInt8]

    public init(_ name: String, _ text: String) { (self.name, content) = (name, Array(text.utf8)) }
    public init(_ name: String, _ content: [UInt8]) { (self.name, self.content) = (name, content) }
  }

  public static func bytes(_ members: [Member]) -> [UInt8] {
    var out: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let common =
        number(10, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(Int(crc(member.content)), 4)
        + number(member.content.count, 4) + number(member.content.count, 4)
        + number(member.name.utf8.count, 2)
        + number(0, 2)
      directory +=
        number(0x0201_4b50, 4) + number(10, 2) + common + number(0, 2) + number(0, 2) + number(0, 2)
        + number(0, 4)
        + number(out.count, 4) + Array(member.name.utf8)
      out += number(0x0403_4b50, 4) + common + Array(member.name.utf8) + member.content
    }
    let start = out.count
    out += directory
    return out + number(0x0605_4b50, 4) + number(0, 4) + number(members.count, 2) + number(members.count, 2)
      + number(directory.count, 4) + number(start, 4) + number(0, 2)
  }

  private static func number(_ value: Int, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return ~crc
  }
}

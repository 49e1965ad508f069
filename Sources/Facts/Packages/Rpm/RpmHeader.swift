/// The header of an installed package as rpm stores it: a count of entries and of bytes, entries of tag, type, offset
/// and count, then the data, all big-endian ("Package format" in rpm's documentation, header.c).
///
/// Bytes are hostile: what does not lie within the data is as if it were not there.
struct RpmHeader {
  /// Tags that are read (rpmtag.h).
  enum Tag: Int {
    case name = 1000
    case version = 1001
    case release = 1002
    case epoch = 1003
    case installTime = 1008
    case size = 1009
    case vendor = 1011
    case licence = 1014
    case architecture = 1022
    case fileStates = 1029
    case fileModes = 1030
    case fileDigests = 1035
    case fileTargets = 1036
    case fileFlags = 1037
    case fileUsers = 1039
    case fileGroups = 1040
    case sourcePackage = 1044
    case fileVerifyFlags = 1045
    case provides = 1047
    case requires = 1049
    case directoryIndexes = 1116
    case baseNames = 1117
    case directoryNames = 1118
    case recommends = 5046
    case suggests = 5049
    case fileCapabilities = 5010
    case fileDigestAlgorithm = 5011
    case modularityLabel = 5096
  }

  private enum Kind: Int {
    case character = 1
    case int8 = 2
    case int16 = 3
    case int32 = 4
    case text = 6
    case textList = 8
    case translated = 9

    /// Bytes of one number; nil for texts.
    var size: Int? {
      switch self {
      case .character, .int8: 1
      case .int16: 2
      case .int32: 4
      case .text, .textList, .translated: nil
      }
    }
  }

  private struct Entry {
    var kind: Int
    var offset: Int
    var count: Int
  }

  private let bytes: RpmBytes
  private let dataStart: Int
  private let dataEnd: Int
  private var entries: [Tag: Entry] = [:]

  /// Nil if the counts do not fit the bytes.
  init?(_ blob: [UInt8]) {
    bytes = RpmBytes(bytes: blob)
    guard let count = bytes.uint32(0), let length = bytes.uint32(4), count > 0,
      count <= (blob.count - 8) / 16, length <= blob.count - 8 - count * 16
    else { return nil }
    dataStart = 8 + count * 16
    dataEnd = dataStart + length
    for position in 0..<count {
      let start = 8 + position * 16
      guard let number = bytes.uint32(start), let tag = Tag(rawValue: number), entries[tag] == nil,
        let kind = bytes.uint32(start + 4), let offset = bytes.uint32(start + 8), offset < length,
        let values = bytes.uint32(start + 12), values > 0
      else { continue }
      entries[tag] = Entry(kind: kind, offset: offset, count: values)
    }
  }

  /// A text, the first one where there are several.
  func text(_ tag: Tag) -> String? { texts(tag, most: 1).first }

  /// A list of texts.
  func texts(_ tag: Tag) -> [String] { texts(tag, most: .max) }

  /// A 32-bit number.
  func number(_ tag: Tag) -> Int? {
    guard let entry = entries[tag], entry.kind == Kind.int32.rawValue, entry.offset + 4 <= dataEnd - dataStart
    else { return nil }
    return bytes.uint32(dataStart + entry.offset)
  }

  /// A list of numbers of up to 32 bits; empty if it does not lie wholly within the data.
  func numbers(_ tag: Tag) -> [UInt32] {
    guard let entry = entries[tag], let size = Kind(rawValue: entry.kind)?.size,
      entry.count <= (dataEnd - dataStart - entry.offset) / size
    else { return [] }
    return (0..<entry.count).map { position in
      UInt32(bytes.number(dataStart + entry.offset + position * size, size) ?? 0)
    }
  }

  private func texts(_ tag: Tag, most: Int) -> [String] {
    guard let entry = entries[tag], let kind = Kind(rawValue: entry.kind), kind.size == nil else { return [] }
    var rest = bytes.bytes[(dataStart + entry.offset)..<dataEnd]
    var texts: [String] = []
    for _ in 0..<min(most, kind == .text ? 1 : entry.count) {
      guard let end = rest.firstIndex(of: 0) else { break }
      texts.append(String(decoding: rest[..<end], as: UTF8.self))
      rest = rest[(end + 1)...]
    }
    return texts
  }
}

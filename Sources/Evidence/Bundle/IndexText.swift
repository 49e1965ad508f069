import DiskImages

/// The index as text, one inode a line: fields apart by tabs, numbers decimal but for the mode.
///
///     parent  mode  uid  gid  size  links  inode  device  special  atime  mtime  ctime  name  [target]  [name=hex …]
///
/// The line's number is the inode's number, the root is line 0. Names are escaped as for display, tabs and
/// line feeds included. A gap is a line `!  path  reason  kind` at the end.
enum IndexText {
  struct Malformed: Error { var line: Int }

  /// More inodes than this are refused: 100 million would take 10 GB.
  static let maximumCount = 50_000_000

  static func write(_ index: FileIndex) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(index.count * 96)
    for entry in index.entries {
      let data = entry.metadata
      text.append(decimal: UInt64(entry.parent.id))
      text.append(tab: String(data.mode, radix: 8))
      for number in [UInt64(data.uid), UInt64(data.gid)] { text.append(tab: number) }
      text.append(tab: UInt64(bitPattern: data.size))
      for number in [UInt64(data.links), data.inode, data.device, data.specialDevice] {
        text.append(tab: number)
      }
      for time in [data.accessed, data.modified, data.changed] { text.append(tab: String(time)) }
      text.append(tab: displayText(entry.nameBytes))
      text.append(tab: entry.linkTarget ?? "")
      for attribute in entry.extendedAttributes {
        text.append(tab: displayText(attribute.name.utf8) + "=" + hexadecimal(attribute.value))
      }
      text.append(0x0a)
    }
    for gap in index.gaps {
      text.append(UInt8(ascii: "!"))
      text.append(tab: displayText(gap.path.utf8))
      text.append(tab: displayText(gap.reason.utf8))
      text.append(tab: gap.kind.rawValue)
      text.append(0x0a)
    }
    return text
  }

  static func read(_ text: [UInt8]) throws(Malformed) -> FileIndex {
    var builder: FileIndexBuilder?
    var number = 0
    var start = text.startIndex
    while start < text.endIndex {
      let end = text[start...].firstIndex(of: 0x0a) ?? text.endIndex
      defer { start = end + 1 }
      let fields = text[start..<end].split(separator: 0x09, omittingEmptySubsequences: false)
      if fields.first?.elementsEqual("!".utf8) == true, fields.count == 4,
        let kind = FileIndex.Gap.Kind(rawValue: String(decoding: fields[3], as: UTF8.self))
      {
        builder?.addGap(original(fields[1]), reason: original(fields[2]), kind: kind)
        continue
      }
      guard fields.count >= 14, number < maximumCount, let parent = UInt32(decimal: fields[0]),
        parent < max(1, number), let metadata = FileMetadata(fields)
      else { throw Malformed(line: number) }
      if number == 0 {
        builder = FileIndexBuilder(root: metadata)
      } else {
        let target =
          metadata.type == .symbolicLink
          ? bytes(fromDisplayText: String(decoding: fields[13], as: UTF8.self)) : nil
        let id = builder?.add(
          bytes(fromDisplayText: String(decoding: fields[12], as: UTF8.self)), to: parent, metadata: metadata,
          linkTarget: target, attributes: fields.dropFirst(14).compactMap(attribute))
        guard id != nil else { throw Malformed(line: number) }
      }
      number += 1
    }
    guard let builder else { throw Malformed(line: 0) }
    return builder.finish()
  }

  private static func original(_ field: ArraySlice<UInt8>) -> String {
    String(decoding: bytes(fromDisplayText: String(decoding: field, as: UTF8.self)), as: UTF8.self)
  }

  private static func attribute(_ field: ArraySlice<UInt8>) -> ExtendedAttribute? {
    guard let equals = field.lastIndex(of: UInt8(ascii: "=")) else { return nil }
    let digits = Array(field[(equals + 1)...])
    guard digits.count.isMultiple(of: 2) else { return nil }
    var value: [UInt8] = []
    for position in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[position..<position + 2], as: UTF8.self), radix: 16)
      else {
        return nil
      }
      value.append(byte)
    }
    return ExtendedAttribute(name: original(field[..<equals]), value: value)
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}

extension FileMetadata {
  fileprivate init?(_ fields: [ArraySlice<UInt8>]) {
    guard let mode = UInt32(String(decoding: fields[1], as: UTF8.self), radix: 8),
      let uid = UInt32(decimal: fields[2]), let gid = UInt32(decimal: fields[3]),
      let size = UInt64(decimal: fields[4]), let links = UInt32(decimal: fields[5]),
      let inode = UInt64(decimal: fields[6]), let device = UInt64(decimal: fields[7]),
      let special = UInt64(decimal: fields[8]), let accessed = Int64(decimal: fields[9]),
      let modified = Int64(decimal: fields[10]), let changed = Int64(decimal: fields[11])
    else { return nil }
    self.init(
      mode: mode, uid: uid, gid: gid, size: Int64(bitPattern: size), links: links, inode: inode,
      device: device, specialDevice: special, accessed: accessed, modified: modified, changed: changed)
  }
}

extension FixedWidthInteger {
  /// Reads decimal digits with an optional sign; nil for anything else and for what does not fit.
  fileprivate init?(decimal digits: ArraySlice<UInt8>) {
    var value: Self = 0
    var rest = digits
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    guard !rest.isEmpty, Self.isSigned || !isNegative else { return nil }
    for byte in rest {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let digit = Self(byte - UInt8(ascii: "0"))
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, carries) =
        isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      if overflows || carries { return nil }
      value = sum
    }
    self = value
  }
}

extension [UInt8] {
  fileprivate mutating func append(decimal number: UInt64) { append(contentsOf: String(number).utf8) }

  fileprivate mutating func append(tab number: UInt64) {
    append(0x09)
    append(decimal: number)
  }

  fileprivate mutating func append(tab text: String) {
    append(0x09)
    append(contentsOf: text.utf8)
  }
}

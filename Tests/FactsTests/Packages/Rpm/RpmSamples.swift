import Foundation

/// Databases of rpm that tests lay out from the formats.
enum RpmSamples {
  /// A value of a header.
  enum Value {
    case text(String)
    case texts([String])
    case number(UInt32)
    case translated(String)
    /// Numbers of one, two or four bytes.
    case bytes([UInt8])
    case shorts([UInt16])
    case longs([UInt32])
  }

  static func big(_ value: some BinaryInteger, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func little(_ value: some BinaryInteger, _ count: Int) -> [UInt8] { big(value, count).reversed() }

  /// A header as it lies in the database.
  static func header(_ tags: [(Int, Value)]) -> [UInt8] {
    var index: [UInt8] = []
    var data: [UInt8] = []
    for (tag, value) in tags {
      let (kind, count, bytes): (Int, Int, [UInt8]) =
        switch value {
        case .text(let text): (6, 1, Array(text.utf8) + [0])
        case .translated(let text): (9, 1, Array(text.utf8) + [0])
        case .texts(let texts): (8, texts.count, texts.flatMap { Array($0.utf8) + [0] })
        case .number(let number): (4, 1, big(number, 4))
        case .bytes(let numbers): (1, numbers.count, numbers)
        case .shorts(let numbers): (3, numbers.count, numbers.flatMap { big($0, 2) })
        case .longs(let numbers): (4, numbers.count, numbers.flatMap { big($0, 4) })
        }
      index += [tag, kind, data.count, count].flatMap { big($0, 4) }
      data += bytes
    }
    return big(tags.count, 4) + big(data.count, 4) + index + data
  }

  static func package(_ name: String, _ version: String = "1.0", padding: Int = 0) -> [UInt8] {
    header([
      (1000, .text(name)), (1001, .text(version)), (1002, .text("1")), (1022, .text("x86_64")),
      (1044, .text("\(name)-src-\(version)-1.src.rpm")),
      (1005, .text(String(repeating: "p", count: padding))),
    ])
  }

  /// `Packages.db` with one page of slots.
  static func ndb(_ blobs: [[UInt8]]) -> [UInt8] {
    var slots =
      Array("RpmP".utf8) + little(0, 4) + little(1, 4) + little(1, 4) + [UInt8](repeating: 0, count: 16)
    var blocks: [UInt8] = []
    for (position, blob) in blobs.enumerated() {
      let tail = 12 + (16 - (16 + blob.count + 12) % 16) % 16
      let block = Array("BlbS".utf8) + little(position + 1, 4) + little(0, 4) + little(blob.count, 4) + blob
      let count = (block.count + tail) / 16
      slots +=
        Array("Slot".utf8) + little(position + 1, 4) + little((4096 + blocks.count) / 16, 4)
        + little(count, 4)
      blocks += block + [UInt8](repeating: 0, count: tail)
    }
    while slots.count < 4096 { slots += Array("Slot".utf8) + [UInt8](repeating: 0, count: 12) }
    return slots + blocks
  }

  /// `Packages` with one page of keys; values longer than 200 bytes go to overflow pages.
  static func berkeley(_ blobs: [[UInt8]], pageSize: Int = 512, isBig: Bool = false) -> [UInt8] {
    let number = { (value: Int, count: Int) in isBig ? big(value, count) : little(value, count) }
    func page(_ page: Int, next: Int = 0, entries: Int, offset: Int, kind: UInt8, _ body: [UInt8]) -> [UInt8]
    {
      let head =
        [UInt8](repeating: 0, count: 8) + number(page, 4) + number(0, 4) + number(next, 4)
        + number(entries, 2)
        + number(offset, 2) + [0, kind]
      return head + body + [UInt8](repeating: 0, count: pageSize - head.count - body.count)
    }
    var items: [[UInt8]] = [[1] + number(0, 4), [1] + number(blobs.count, 4)]
    var overflow: [[UInt8]] = []
    for (position, blob) in blobs.enumerated() {
      items.append([1] + number(position + 1, 4))
      if blob.count <= 200 {
        items.append([1] + blob)
        continue
      }
      let room = pageSize - 26
      let parts = stride(from: 0, to: blob.count, by: room).map {
        Array(blob[$0..<min($0 + room, blob.count)])
      }
      items.append([3, 0, 0, 0] + number(2 + overflow.count, 4) + number(blob.count, 4))
      for (part, bytes) in parts.enumerated() {
        let own = 2 + overflow.count
        overflow.append(
          page(
            own, next: part + 1 < parts.count ? own + 1 : 0, entries: 1, offset: bytes.count, kind: 7, bytes))
      }
    }
    var offsets: [UInt8] = []
    var end = pageSize
    for item in items {
      end -= item.count
      offsets += number(end, 2)
    }
    let gap = [UInt8](repeating: 0, count: end - 26 - offsets.count)
    let keys = page(
      1, entries: items.count, offset: end, kind: 13, offsets + gap + items.reversed().flatMap { $0 })
    let meta =
      [UInt8](repeating: 0, count: 12) + number(0x61561, 4) + number(9, 4) + number(pageSize, 4) + [
        0, 8, 0, 0,
      ]
      + number(0, 4) + number(1 + overflow.count, 4)
    return meta + [UInt8](repeating: 0, count: pageSize - meta.count) + keys + overflow.flatMap { $0 }
  }
}

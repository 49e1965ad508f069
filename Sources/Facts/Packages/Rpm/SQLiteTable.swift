/// Reads all rows of tables of a SQLite database, page by page ("B-tree Pages" and "Record Format" of sqlite.org).
///
/// No page is read twice, so that a tree that leads back into itself ends.
struct SQLiteTable {
  private enum PageKind {
    static let interior = 0x05
    static let leaf = 0x0d
  }

  private let pages: SQLitePages
  private var seen: Set<Int> = []
  private var budget: RpmBudget
  private(set) var problems: [String] = []

  init(_ pages: SQLitePages) {
    self.pages = pages
    budget = RpmBudget(pages.count * pages.pageSize)
  }

  /// Every record of the tree whose root is the page, in the order of its keys.
  mutating func rows(root: Int, _ row: ([UInt8]) -> Void) throws(RpmDamage) {
    var stack = [root]
    while let number = stack.popLast() {
      guard let page = pages.page(number), seen.insert(number).inserted else {
        problems.append("page \(number) is missing or used twice")
        continue
      }
      // The first page begins with the header of the file.
      let start = number == 1 ? 100 : 0
      let kind = page.number(start, 1)
      guard kind == PageKind.leaf || kind == PageKind.interior, let count = page.number(start + 3, 2) else {
        problems.append("page \(number) is not part of a table")
        continue
      }
      if kind == PageKind.leaf {
        try readLeaf(page, number, start, count, row)
      } else if let children = children(page, start, count) {
        stack += children.reversed()
      } else {
        problems.append("page \(number) is damaged")
      }
    }
  }

  private func children(_ page: RpmPage, _ start: Int, _ count: Int) -> [Int]? {
    guard 12 + 2 * count <= page.size, let last = page.number(start + 8, 4) else { return nil }
    var children: [Int] = []
    for position in 0..<count {
      guard let cell = page.number(start + 12 + 2 * position, 2), let child = page.number(cell, 4) else {
        return nil
      }
      children.append(child)
    }
    return children + [last]
  }

  private mutating func readLeaf(
    _ page: RpmPage, _ number: Int, _ start: Int, _ count: Int, _ row: ([UInt8]) -> Void
  ) throws(RpmDamage) {
    for position in 0..<count {
      guard let cell = page.number(start + 8 + 2 * position, 2), let length = page.varint(cell),
        let key = page.varint(cell + length.length), length.value >= 0
      else {
        problems.append("a row on page \(number) is damaged")
        continue
      }
      try budget.spend(length.value)
      guard let payload = payload(page, cell + length.length + key.length, length.value) else {
        problems.append("a row on page \(number) is damaged")
        continue
      }
      row(payload)
    }
  }

  /// What does not fit the page goes on in a chain of overflow pages.
  private mutating func payload(_ page: RpmPage, _ offset: Int, _ length: Int) -> [UInt8]? {
    let usable = pages.usableSize
    var local = length
    if length > usable - 35 {
      let least = (usable - 12) * 32 / 255 - 23
      let fitting = least + (length - least) % (usable - 4)
      local = fitting <= usable - 35 ? fitting : least
    }
    guard let first = page.slice(offset, local) else { return nil }
    var payload = Array(first)
    if local == length { return payload }
    guard var next = page.number(offset + local, 4) else { return nil }
    while payload.count < length {
      guard let overflow = pages.page(next), seen.insert(next).inserted,
        let following = overflow.number(0, 4),
        let part = overflow.slice(4, min(usable - 4, length - payload.count))
      else { return nil }
      payload += part
      next = following
    }
    return payload
  }
}

/// A row: a header of types, then the values.
enum SQLiteRecord {
  enum Value: Hashable {
    case null
    case integer(Int)
    case text([UInt8])
    case blob([UInt8])
    case other
  }

  /// The first values of a row; nil if the row is damaged.
  static func values(_ record: [UInt8], most: Int) -> [Value]? {
    guard let header = varint(record.prefix(9)), header.value >= header.length, header.value <= record.count
    else { return nil }
    var types = record[header.length..<header.value]
    var body = record[header.value...]
    var values: [Value] = []
    while !types.isEmpty, values.count < most {
      guard let type = varint(types.prefix(9)), let length = length(type.value), length <= body.count else {
        return nil
      }
      types = types.dropFirst(type.length)
      values.append(value(type.value, body.prefix(length)))
      body = body.dropFirst(length)
    }
    return values
  }

  private static func length(_ type: Int) -> Int? {
    switch type {
    case 0, 8, 9: 0
    case 1...4: type
    case 5: 6
    case 6, 7: 8
    case 12...: (type - 12) / 2
    default: nil
    }
  }

  private static func value(_ type: Int, _ bytes: ArraySlice<UInt8>) -> Value {
    switch type {
    case 0: .null
    case 1...6:
      .integer(bytes.reduce(bytes.first.map { $0 >= 0x80 ? -1 : 0 } ?? 0) { $0 << 8 | Int($1) })
    case 8, 9: .integer(type - 8)
    case 12...: type % 2 == 0 ? .blob(Array(bytes)) : .text(Array(bytes))
    default: .other
    }
  }

  /// Seven bits in each byte, the upper bit set where one follows; all eight of a ninth.
  static func varint(_ bytes: ArraySlice<UInt8>) -> (value: Int, length: Int)? {
    var value: UInt64 = 0
    for (position, byte) in bytes.prefix(9).enumerated() {
      if position == 8 { return (Int(truncatingIfNeeded: value << 8 | UInt64(byte)), 9) }
      value = value << 7 | UInt64(byte & 0x7f)
      if byte < 0x80 { return (Int(truncatingIfNeeded: value), position + 1) }
    }
    return nil
  }
}

/// The Berkeley DB hash table of older distributions (`Packages`; db_page.h and hash_page.c of Berkeley DB): pages of
/// keys and values, long values in chains of overflow pages. In the byte order of the machine that wrote it.
///
/// Every page is read once by its type; the buckets, which are for finding one key, do not matter. So the indexes
/// beside the file are not needed.
enum RpmBerkeley: RpmBackend {
  static let fileName = "Packages"

  private static let magic = 0x061561
  private static let headerSize = 26

  private enum PageKind {
    static let unsortedHash = 2
    static let overflow = 7
    static let hashMeta = 8
    static let hash = 13
  }

  private enum ItemKind {
    static let onPage = 1
    static let offPage = 3
  }

  static func read(_ files: RpmFiles, _ header: ([UInt8]) -> Void) throws(RpmDamage) -> [String] {
    var table = try Table(files.main)
    try table.read(header)
    return table.problems
  }

  private struct Table {
    let bytes: RpmBytes
    let pageSize: Int
    let pageCount: Int
    var seen: Set<Int> = []
    var problems: [String] = []
    var budget: RpmBudget

    init(_ main: [UInt8]) throws(RpmDamage) {
      var bytes = RpmBytes(bytes: main, isBigEndian: false)
      if bytes.uint32(12) != magic { bytes.isBigEndian = true }
      guard bytes.uint32(12) == magic, bytes.number(25, 1) == PageKind.hashMeta else {
        throw RpmDamage("it does not begin as a hash table of Berkeley DB does")
      }
      guard let version = bytes.uint32(16), (8...10).contains(version) else {
        throw RpmDamage("version \(bytes.uint32(16) ?? -1) of the hash table is unknown")
      }
      guard bytes.number(24, 1) == 0, let flags = bytes.number(26, 1), flags & 1 == 0 else {
        throw RpmDamage("it is encrypted or has checksums")
      }
      guard let size = bytes.uint32(20), size >= 512, size <= 65_536, size & (size - 1) == 0,
        let last = bytes.uint32(32), last < main.count / size
      else { throw RpmDamage("its pages lie beyond the end of the file") }
      self.bytes = bytes
      pageSize = size
      pageCount = main.count / size
      budget = RpmBudget(main.count)
    }

    mutating func read(_ header: ([UInt8]) -> Void) throws(RpmDamage) {
      for page in 1..<max(1, pageCount) {
        let kind = bytes.number(page * pageSize + 25, 1)
        guard kind == PageKind.hash || kind == PageKind.unsortedHash else { continue }
        try readPage(page, header)
      }
    }

    /// Keys and values by turns; an item reaches to the one before it, the first to the end of the page.
    private mutating func readPage(_ page: Int, _ header: ([UInt8]) -> Void) throws(RpmDamage) {
      let start = page * pageSize
      guard let count = bytes.uint16(start + 20), headerSize + 2 * count <= pageSize else {
        problems.append("page \(page) is damaged")
        return
      }
      var end = pageSize
      var isCounter = false
      for position in 0..<count {
        guard let offset = bytes.uint16(start + headerSize + 2 * position),
          offset >= headerSize + 2 * count, offset < end
        else {
          problems.append("page \(page) is damaged")
          return
        }
        let item = start + offset..<start + end
        end = offset
        if position % 2 == 0 {
          // Key 0 has the number of the last package for its value.
          isCounter = bytes.bytes[item].dropFirst().allSatisfy { $0 == 0 }
        } else if !isCounter {
          guard let value = try value(item) else {
            problems.append("a record on page \(page) is damaged")
            continue
          }
          header(value)
        }
      }
    }

    private mutating func value(_ item: Range<Int>) throws(RpmDamage) -> [UInt8]? {
      switch Int(bytes.bytes[item.lowerBound]) {
      case ItemKind.onPage:
        try budget.spend(item.count)
        return Array(bytes.bytes[item].dropFirst())
      case ItemKind.offPage where item.count >= 12:
        guard let first = bytes.uint32(item.lowerBound + 4), let length = bytes.uint32(item.lowerBound + 8)
        else { return nil }
        try budget.spend(length)
        return chain(first, length)
      default: return nil
      }
    }

    /// A value in overflow pages, each of which belongs to one value only.
    private mutating func chain(_ first: Int, _ length: Int) -> [UInt8]? {
      var value: [UInt8] = []
      value.reserveCapacity(length)
      var page = first
      while value.count < length {
        let start = page * pageSize
        guard page > 0, page < pageCount, seen.insert(page).inserted,
          bytes.number(start + 25, 1) == PageKind.overflow, let used = bytes.uint16(start + 22),
          used <= pageSize - headerSize, let next = bytes.uint32(start + 16),
          let part = bytes.slice(start + headerSize, used)
        else { return nil }
        value += part.prefix(length - value.count)
        page = next
      }
      return value
    }
  }
}

/// The pages of a SQLite database with those of its write-ahead log in place of older ones ("Database File Format"
/// of sqlite.org).
struct SQLitePages {
  private let main: RpmBytes
  private let log: RpmBytes
  /// Where the latest committed version of a page starts in the log.
  private var inLog: [Int: Int] = [:]
  private(set) var count: Int
  let pageSize: Int
  /// Bytes of a page that SQLite uses.
  let usableSize: Int
  /// What could not be read of the log.
  private(set) var problem: String?

  init(_ files: RpmFiles) throws(RpmDamage) {
    main = RpmBytes(bytes: files.main)
    log = RpmBytes(bytes: files.log)
    guard files.main.starts(with: "SQLite format 3\0".utf8) else {
      throw RpmDamage("it does not begin as a SQLite database does")
    }
    let size = main.uint16(16) ?? 0
    pageSize = size == 1 ? 65_536 : size
    guard pageSize >= 512, pageSize & (pageSize - 1) == 0, let reserved = main.number(20, 1),
      pageSize - reserved >= 480
    else { throw RpmDamage("its page size is impossible") }
    usableSize = pageSize - reserved
    count = files.main.count / pageSize
    try readLog()
  }

  /// Where a page's bytes lie; pages are counted from 1.
  func page(_ number: Int) -> RpmPage? {
    guard number > 0, number <= count else { return nil }
    if let start = inLog[number] { return RpmPage(file: log, start: start, size: usableSize) }
    guard number * pageSize <= main.bytes.count else { return nil }
    return RpmPage(file: main, start: (number - 1) * pageSize, size: usableSize)
  }

  /// Frames up to the last commit, as far as their salts are those of the log. What follows is left from before
  /// the log was begun anew.
  private mutating func readLog() throws(RpmDamage) {
    if log.bytes.isEmpty { return }
    guard let magic = log.uint32(0), magic | 1 == 0x377f_0683, log.uint32(4) == 3_007_000,
      log.uint32(8) == pageSize, let salt = log.slice(16, 8)
    else {
      // A log whose header was never written wholly holds nothing, as SQLite takes it.
      if log.bytes.count > 32 { throw RpmDamage("its write-ahead log is damaged") }
      return
    }
    var sum = SQLiteChecksum(isBigEndian: magic & 1 == 1)
    sum.add(log.bytes[0..<24])
    guard sum.matches(log, at: 24) else { throw RpmDamage("its write-ahead log is damaged") }
    var pending: [Int: Int] = [:]
    for start in stride(from: 32, through: log.bytes.count - 24 - pageSize, by: 24 + pageSize) {
      guard let number = log.uint32(start), let commit = log.uint32(start + 4), number > 0,
        log.bytes[start + 8..<start + 16].elementsEqual(salt)
      else { break }
      sum.add(log.bytes[start..<start + 8])
      sum.add(log.bytes[start + 24..<start + 24 + pageSize])
      guard sum.matches(log, at: start + 16) else {
        problem = "a frame of the write-ahead log has a wrong checksum: what follows is not read"
        break
      }
      pending[number] = start + 24
      if commit > 0 {
        inLog.merge(pending) { _, new in new }
        pending = [:]
        count = min(commit, (main.bytes.count + log.bytes.count) / pageSize)
      }
    }
  }
}

/// One page of a file, with offsets from its start.
struct RpmPage {
  let file: RpmBytes
  let start: Int
  let size: Int

  func slice(_ offset: Int, _ count: Int) -> ArraySlice<UInt8>? {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else { return nil }
    return file.slice(start + offset, count)
  }

  func number(_ offset: Int, _ count: Int) -> Int? {
    slice(offset, count).map { $0.reduce(0) { $0 << 8 | Int($1) } }
  }

  /// A variable-length number of one to nine bytes and how many bytes it takes.
  func varint(_ offset: Int) -> (value: Int, length: Int)? {
    SQLiteRecord.varint(slice(offset, min(9, max(0, size - offset))) ?? [])
  }
}

/// The checksum of the write-ahead log: two sums over words of 32 bits.
private struct SQLiteChecksum {
  let isBigEndian: Bool
  private var first: UInt32 = 0
  private var second: UInt32 = 0

  init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

  /// - Parameter bytes: a multiple of eight.
  mutating func add(_ bytes: ArraySlice<UInt8>) {
    bytes.withUnsafeBytes { buffer in
      for offset in stride(from: 0, through: buffer.count - 8, by: 8) {
        first = first &+ word(buffer, offset) &+ second
        second = second &+ word(buffer, offset + 4) &+ first
      }
    }
  }

  private func word(_ buffer: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    let word = buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
  }

  func matches(_ file: RpmBytes, at offset: Int) -> Bool {
    file.uint32(offset) == Int(first) && file.uint32(offset + 4) == Int(second)
  }
}

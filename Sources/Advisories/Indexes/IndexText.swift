import Glibc

/// Bytes of an index in which lines and fields are looked for. Indexes have tens of megabytes: no line becomes a
/// string unless somebody wants it.
struct IndexText {
  private let base: UnsafeRawPointer
  let count: Int

  /// - Parameter buffer: outlives the text.
  init?(_ buffer: UnsafeRawBufferPointer) {
    guard let base = buffer.baseAddress, !buffer.isEmpty else { return nil }
    self.base = base
    count = buffer.count
  }

  subscript(position: Int) -> UInt8 { base.load(fromByteOffset: position, as: UInt8.self) }

  /// The end of the line that starts at `position`: of its line feed, or of the range.
  func endOfLine(_ position: Int, before end: Int) -> Int {
    guard position < end, let found = memchr(base + position, 0x0a, end - position) else { return end }
    return base.distance(to: UnsafeRawPointer(found))
  }

  /// Where a word, which is not empty, first occurs.
  func first(_ word: StaticString, from position: Int, before end: Int) -> Int? {
    let length = word.utf8CodeUnitCount
    let initial = Int32(word.utf8Start.pointee)
    var position = position
    while position <= end - length, let found = memchr(base + position, initial, end - length - position + 1)
    {
      position = base.distance(to: UnsafeRawPointer(found))
      if memcmp(base + position, word.utf8Start, length) == 0 { return position }
      position += 1
    }
    return nil
  }

  func starts(_ word: StaticString, at position: Int, before end: Int) -> Bool {
    end - position >= word.utf8CodeUnitCount
      && memcmp(base + position, word.utf8Start, word.utf8CodeUnitCount) == 0
  }

  /// The bytes of a range as text without blanks at its ends.
  func text(_ start: Int, _ end: Int) -> String {
    var (low, high) = (start, end)
    while low < high, isBlank(self[low]) { low += 1 }
    while high > low, isBlank(self[high - 1]) { high -= 1 }
    return String(decoding: UnsafeRawBufferPointer(start: base + low, count: high - low), as: UTF8.self)
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }

  /// The value of the first line in a range that starts with `word`; nil if there is none.
  func value(_ word: StaticString, from start: Int, before end: Int) -> String? {
    var position = start
    while position < end {
      let lineEnd = endOfLine(position, before: end)
      if starts(word, at: position, before: lineEnd) {
        return text(position + word.utf8CodeUnitCount, lineEnd)
      }
      position = lineEnd + 1
    }
    return nil
  }

  /// Calls `body` with the range of every record; records are parted by an empty line.
  func forEachRecord(_ body: (Int, Int) throws(IndexError) -> Void) throws(IndexError) {
    var position = 0
    while position < count {
      if self[position] == 0x0a {
        position += 1
        continue
      }
      let end = first("\n\n", from: position, before: count) ?? count
      try body(position, end)
      position = end + 2
    }
  }
}

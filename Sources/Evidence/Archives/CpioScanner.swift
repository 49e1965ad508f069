/// Goes through the archives of an initramfs as the kernel does (Documentation/driver-api/early-userspace/
/// buffer-format.rst): cpio in the form "newc", several of them one after the other, zeros in between. Contents are
/// skipped but for those that are wanted.
struct CpioScanner {
  /// A file of an archive.
  struct Member {
    var path: String
    var mode: UInt32
    var size: Int
    /// The content, if it was wanted.
    var content: [UInt8]?
  }

  /// How many bytes of the content of a regular file are kept; nil: none, and the file is not listed.
  let wants: (_ path: String, _ size: Int) -> Int?
  private(set) var members: [Member] = []
  /// Why the rest could not be read.
  private(set) var problem: String?
  /// Whether an archive is under way, so that an end here is one too early.
  var isWithin: Bool { !pending.isEmpty || skip > 0 || state != .header }
  private(set) var memberCount = 0

  private enum State { case header, name, body }
  private static let headerLength = 110
  private static let nameLimit = 4096
  private static let countLimit = 500_000
  private static let listLimit = 1000

  private var state = State.header
  private var need = headerLength
  private var pending: [UInt8] = []
  private var skip = 0
  private var current = Member(path: "", mode: 0, size: 0)
  private var nameLength = 0

  init(wants: @escaping (_ path: String, _ size: Int) -> Int?) { self.wants = wants }

  /// Takes the next bytes.
  ///
  /// - Returns: how many of them were used; fewer than given where something else begins, such as a compressed
  ///   archive, or is wrong.
  mutating func feed(_ chunk: UnsafeRawBufferPointer) -> Int {
    var place = 0
    while place < chunk.count, problem == nil {
      if skip > 0 {
        let step = min(skip, chunk.count - place)
        skip -= step
        place += step
        continue
      }
      if state == .header, pending.isEmpty {
        while place < chunk.count, chunk[place] == 0 { place += 1 }
        guard place < chunk.count else { break }
        guard chunk[place] == UInt8(ascii: "0") else { return place }
      }
      let step = min(need - pending.count, chunk.count - place)
      pending += chunk[place..<place + step]
      place += step
      if pending.count == need { advance() }
    }
    return place
  }

  private mutating func advance() {
    let bytes = pending
    pending = []
    switch state {
    case .header: readHeader(bytes)
    case .name: readName(bytes)
    case .body: finish(content: bytes)
    }
  }

  private mutating func readHeader(_ bytes: [UInt8]) {
    guard bytes.starts(with: Array("07070".utf8)), bytes[5] == 0x31 || bytes[5] == 0x32,
      let mode = field(bytes, 1), let size = field(bytes, 6), let length = field(bytes, 11),
      length > 0, length <= Self.nameLimit, memberCount < Self.countLimit
    else {
      problem =
        memberCount < Self.countLimit ? "a damaged cpio archive" : "more than \(Self.countLimit) files"
      return
    }
    memberCount += 1
    current = Member(path: "", mode: UInt32(mode), size: size)
    nameLength = length
    state = .name
    need = length + padding(Self.headerLength + length)
  }

  private mutating func readName(_ bytes: [UInt8]) {
    var path = String(decoding: bytes.prefix(nameLength).prefix { $0 != 0 }, as: UTF8.self)
    while path.hasPrefix("/") || path.hasPrefix("./") { path.removeFirst() }
    current.path = path
    let isRegular = current.mode & 0o170000 == 0o100000
    if isRegular, members.count < Self.listLimit, let limit = wants(path, current.size) {
      need = min(limit, current.size)
      state = .body
      if need == 0 { finish(content: []) }
    } else {
      skip = current.size + padding(current.size)
      startHeader()
    }
  }

  private mutating func finish(content: [UInt8]) {
    current.content = content
    members.append(current)
    skip = current.size - content.count + padding(current.size)
    startHeader()
  }

  private mutating func startHeader() {
    state = .header
    need = Self.headerLength
  }

  /// Field `number` of the header: eight hexadecimal digits.
  private func field(_ bytes: [UInt8], _ number: Int) -> Int? {
    let start = 6 + number * 8
    var value = 0
    for byte in bytes[start..<start + 8] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | digit
    }
    return value
  }

  private func padding(_ length: Int) -> Int { (4 - length % 4) % 4 }
}

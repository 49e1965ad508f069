/// Makes small ELF files, one byte per address of the first segment, so that addresses are offsets in the file.
public struct ELFSample {
  public var is64Bit = true
  public var isBigEndian = false
  /// 2 program at a fixed address, 3 position independent, 1 object file.
  public var type: UInt16 = 3
  public var machine: UInt16 = 62
  public var interpreter: String? = "/lib64/ld-linux-x86-64.so.2"
  /// Flags of PT_GNU_STACK; nil for none.
  public var stack: UInt32? = 6
  public var hasRelro = true
  /// Flags of a further PT_LOAD.
  public var load: UInt32 = 6
  public var imports: [String] = ["__stack_chk_fail", "__memcpy_chk"]
  /// Tag and value; 15, 29, 14 and 1 name strings of `texts`.
  public var dynamic: [(tag: UInt64, value: UInt64)] = [(21, 0)]
  /// Strings of the dynamic section by tag.
  public var texts: [(tag: UInt64, text: String)] = []
  public var isStatic = false
  /// Owner, type, content of notes.
  public var notes: [(owner: String, type: UInt32, content: [UInt8])] = []
  /// Names and contents of sections; none for no section table.
  public var sections: [(name: String, type: UInt32, content: [UInt8])] = [(".text", 1, [0x90])]
  /// Makes the counts and the index of names too large for the header.
  public var hasExtendedNumbering = false
  /// Zeros between the tables and the rest, which a reader of few blocks does not fetch.
  public var padding = 0

  /// A dynamic position-independent program for x86_64 with partial RELRO.
  public init() {}

  private var word: Int { is64Bit ? 8 : 4 }

  private func number(_ value: UInt64, _ size: Int) -> [UInt8] {
    let little = (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    return isBigEndian ? little.reversed() : little
  }

  private func align(_ bytes: inout [UInt8]) {
    while bytes.count % 8 != 0 { bytes.append(0) }
  }

  /// The file.
  public var bytes: [UInt8] {
    var segments: [(type: UInt32, flags: UInt32, offset: Int, size: Int)] = []
    let headerSize = is64Bit ? 64 : 52
    let segmentSize = is64Bit ? 56 : 32
    let count = type == 1 ? 0 : 8
    var body = [UInt8](repeating: 0, count: headerSize + segmentSize * count)
    if let interpreter, !isStatic, type != 1 {
      segments.append((3, 4, body.count, interpreter.utf8.count + 1))
      body += Array(interpreter.utf8) + [0]
    }
    align(&body)
    if !notes.isEmpty {
      let start = body.count
      for note in notes { body += noteBytes(note) }
      segments.append((4, 4, start, body.count - start))
    }
    if !isStatic, type != 1 { addDynamic(&body, &segments) }
    body += [UInt8](repeating: 0, count: padding)
    if let stack, type != 1 { segments.append((0x6474_e551, stack, 0, 0)) }
    if hasRelro, type != 1 { segments.append((0x6474_e552, 4, 0, 0)) }
    let table = addSections(&body)
    if type != 1 {
      segments.insert((1, 5, 0, body.count), at: 0)
      segments.insert((1, load, 0, 0), at: 1)
    }
    while segments.count < count { segments.append((0, 0, 0, 0)) }
    var head = header(headerSize, count, table)
    for segment in segments { head += segmentBytes(segment) }
    return head + body.dropFirst(head.count)
  }

  private func header(_ size: Int, _ count: Int, _ table: (offset: Int, count: Int)) -> [UInt8] {
    var head: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, is64Bit ? 2 : 1, isBigEndian ? 2 : 1, 1, 0]
    head += [UInt8](repeating: 0, count: 8)
    head += number(UInt64(type), 2) + number(UInt64(machine), 2) + number(1, 4)
    head +=
      number(0x40, word) + number(count == 0 ? 0 : UInt64(size), word) + number(UInt64(table.offset), word)
    head += number(0, 4) + number(UInt64(size), 2)
    head +=
      number(is64Bit ? 56 : 32, 2) + number(hasExtendedNumbering && count > 0 ? 0xffff : UInt64(count), 2)
    head += number(is64Bit ? 64 : 40, 2)
    head += number(hasExtendedNumbering ? 0 : UInt64(table.count), 2)
    let index = table.count == 0 ? 0 : UInt64(table.count - 1)
    return head + number(hasExtendedNumbering ? 0xffff : index, 2)
  }

  private func segmentBytes(_ segment: (type: UInt32, flags: UInt32, offset: Int, size: Int)) -> [UInt8] {
    let place = number(UInt64(segment.offset), word)
    let size = number(UInt64(segment.size), word)
    let flags = number(UInt64(segment.flags), 4)
    let type = number(UInt64(segment.type), 4)
    return is64Bit
      ? type + flags + place + place + place + size + size + number(4, 8)
      : type + place + place + place + size + size + flags + number(4, 4)
  }

  private func noteBytes(_ note: (owner: String, type: UInt32, content: [UInt8])) -> [UInt8] {
    var owner = Array(note.owner.utf8) + [0]
    var content = note.content
    var bytes = number(UInt64(owner.count), 4) + number(UInt64(content.count), 4)
    bytes += number(UInt64(note.type), 4)
    while owner.count % 4 != 0 { owner.append(0) }
    while content.count % 4 != 0 { content.append(0) }
    return bytes + owner + content
  }

  private func addDynamic(
    _ body: inout [UInt8], _ segments: inout [(type: UInt32, flags: UInt32, offset: Int, size: Int)]
  ) {
    var strings: [UInt8] = [0]
    func place(_ text: String) -> UInt64 {
      defer { strings += Array(text.utf8) + [0] }
      return UInt64(strings.count)
    }
    let symbols = body.count
    body += [UInt8](repeating: 0, count: is64Bit ? 24 : 16)
    for name in imports {
      let start = number(place(name), 4)
      body +=
        is64Bit
        ? start + [0x12, 0] + number(0, 2) + number(0, 16 / 2) + number(0, 8)
        : start + number(0, 4) + number(0, 4) + [0x12, 0] + number(0, 2)
    }
    var entries = dynamic
    for text in texts { entries.append((text.tag, place(text.text))) }
    let table = body.count
    body += strings
    align(&body)
    entries += [(5, UInt64(table)), (6, UInt64(symbols)), (10, UInt64(strings.count)), (0, 0)]
    segments.append((2, 6, body.count, entries.count * 2 * word))
    for entry in entries { body += number(entry.tag, word) + number(entry.value, word) }
  }

  /// Sections, an empty first one before them and their names behind them.
  private func addSections(_ body: inout [UInt8]) -> (offset: Int, count: Int) {
    guard !sections.isEmpty else { return (0, 0) }
    var names: [UInt8] = [0]
    var headers: [[UInt8]] = []
    let count = sections.count + 2
    for section in sections + [(".shstrtab", 3, [])] {
      let name = names.count
      names += Array(section.name.utf8) + [0]
      let content = section.name == ".shstrtab" ? names : section.content
      headers.append(sectionBytes(name, section.type, body.count, content.count))
      body += content
    }
    align(&body)
    let first =
      hasExtendedNumbering
      ? sectionBytes(0, 0, 0, count, link: UInt64(count - 1), info: 8) : sectionBytes(0, 0, 0, 0)
    let offset = body.count
    body += first + headers.joined()
    return (offset, count)
  }

  private func sectionBytes(
    _ name: Int, _ type: UInt32, _ offset: Int, _ size: Int, link: UInt64 = 0, info: UInt64 = 0
  ) -> [UInt8] {
    number(UInt64(name), 4) + number(UInt64(type), 4) + number(0, word) + number(0, word)
      + number(UInt64(offset), word) + number(UInt64(size), word) + number(link, 4) + number(info, 4)
      + number(1, word) + number(0, word)
  }
}

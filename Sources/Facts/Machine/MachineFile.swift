import Evidence

/// Why a definition of a machine cannot be read.
public struct MachineError: Error, Sendable, Hashable, CustomStringConvertible {
  public var path: String
  /// Counted from 1; nil for the file as a whole.
  public var line: Int?
  public var reason: String

  public init(path: String, line: Int? = nil, _ reason: String) {
    self.path = path
    self.line = line
    self.reason = reason
  }

  /// `vm.xml:3: <domain> is not closed`.
  public var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + reason }
}

extension MachineDefinition {
  /// A definition is text of some kilobytes; more is an image that was taken for one.
  public static let sizeLimit = 16 << 20

  /// Reads a definition, whose format is found out by its content. The bytes come from vendors and are not trusted.
  ///
  /// XML is read by `XMLFormat`, our own reader, which knows lines, bounds depth and number of elements, and refuses
  /// document types with declarations and all entities but the predefined ones: nothing expands and no other file is
  /// opened. (XMLCoder, and Foundation's parser below it, give no lines.)
  ///
  /// - Throws: for a file that is too large, damaged, or no definition.
  public static func read(_ bytes: [UInt8], path: String) throws(MachineError) -> MachineDefinition {
    guard bytes.count <= sizeLimit else {
      throw MachineError(
        path: path, "larger than \(sizeLimit >> 20) MiB, which no definition of a machine is")
    }
    // The arguments of a running process, as /proc/PID/cmdline has them.
    if bytes.last == 0, bytes.first.map({ $0 > 32 }) == true, !MachineText.isUTF16(bytes) {
      return try QEMUDefinition.read(processArguments: bytes, path: path)
    }
    let text = MachineText.utf8(bytes)
    guard let first = text.first(where: { !" \t\r\n".utf8.contains($0) }) else {
      throw MachineError(path: path, "the file is empty")
    }
    if text.contains(0) { throw MachineError(path: path, "not a definition of a machine: not text") }
    let file = TextFile(path: path, bytes: text)
    if first == UInt8(ascii: "<") { return try readXML(file) }
    if VMXDefinition.matches(file) { return try VMXDefinition.read(file) }
    return try QEMUDefinition.read(file)
  }

  private static func readXML(_ file: TextFile) throws(MachineError) -> MachineDefinition {
    let tree: ConfigValue
    do {
      tree = try XMLFormat.parse(file)
    } catch {
      throw MachineError(path: file.path, line: error.line, error.reason)
    }
    let document = XMLElement(tree)
    if let domain = document["domain"] ?? document["domstatus"]?["domain"] {
      return try LibvirtDefinition.read(domain, path: file.path)
    }
    if let envelope = document["Envelope"] { return try OVFDefinition.read(envelope, path: file.path) }
    throw MachineError(
      path: file.path,
      "this XML is neither a libvirt domain nor an OVF descriptor; its root is <\(document.rootName)>")
  }
}

/// Text in the encodings that definitions come in.
enum MachineText {
  /// The text as UTF-8 without a byte order mark: from UTF-16, or from Windows-1252 and ISO 8859-1 where the file says
  /// so (the declaration of XML, `.encoding` of a VMX file). Other encodings contain ASCII, which is all that is judged.
  static func utf8(_ bytes: [UInt8]) -> [UInt8] {
    if isUTF16(bytes) { return utf16(bytes) }
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return Array(bytes.dropFirst(3)) }
    let head = String(decoding: bytes.prefix(512), as: UTF8.self).lowercased()
    let singleByte = ["windows-1252", "iso-8859-1", "iso8859-1", "latin1"]
    guard head.contains("encoding"), singleByte.contains(where: head.contains) else { return bytes }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    for byte in bytes {
      if byte < 0x80 {
        text.append(byte)
      } else {
        text.append(0xc0 | byte >> 6)
        text.append(0x80 | byte & 0x3f)
      }
    }
    return text
  }

  static func isUTF16(_ bytes: [UInt8]) -> Bool {
    let heads: [[UInt8]] = [[0xff, 0xfe], [0xfe, 0xff], [0x3c, 0x00], [0x00, 0x3c]]
    return heads.contains { bytes.starts(with: $0) }
  }

  private static func utf16(_ bytes: [UInt8]) -> [UInt8] {
    let isBigEndian = bytes.starts(with: [0xfe, 0xff]) || bytes.starts(with: [0x00, 0x3c])
    let start = bytes[0] >= 0xfe ? 2 : 0
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count / 2)
    for index in stride(from: start, to: bytes.count - 1, by: 2) {
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      units.append(isBigEndian ? first << 8 | second : second << 8 | first)
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }
}

/// An element of XML by local names, since every vendor has prefixes of its own.
struct XMLElement {
  private let value: ConfigValue

  init(_ value: ConfigValue) { self.value = value }

  /// Counted from 1.
  var line: Int { value.line }

  /// The element's own text.
  var text: String {
    switch value {
    case .scalar(let scalar): scalar.text
    case .list: ""
    case .mapping: value["#text"]?.texts.first ?? ""
    }
  }

  /// The name of the only member of a document.
  var rootName: String { members.first?.key ?? "" }

  /// The first child of a name.
  subscript(name: String) -> XMLElement? { children(name).first }

  /// All children of a name, in their order.
  func children(_ name: String) -> [XMLElement] {
    members.filter { Self.isLocal($0.key, name) }.flatMap { member -> [XMLElement] in
      if case .list(let elements, _) = member.value { return elements.map(XMLElement.init) }
      return [XMLElement(member.value)]
    }
  }

  /// The value of an attribute.
  func attribute(_ name: String) -> String? {
    for member in members where member.key.first == "@" && Self.isLocal(member.key.dropFirst(), name) {
      return member.value.texts.first
    }
    return nil
  }

  private var members: [ConfigValue.Member] {
    if case .mapping(let members, _) = value { members } else { [] }
  }

  private static func isLocal(_ key: some StringProtocol, _ name: String) -> Bool {
    guard key.hasSuffix(name) else { return false }
    let rest = key.dropLast(name.count)
    return rest.isEmpty || (rest.last == ":" && !rest.hasPrefix("@"))
  }
}

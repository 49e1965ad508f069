import DiskImages
import Evidence

/// Exim's configuration as it reads it: macros, `.ifdef`, `.include`, lines that go on after a backslash, options of
/// the main section, and the drivers of the others (Exim specification, chapter 6, "The Exim configuration file").
struct EximConfiguration {
  /// A router, transport or authenticator.
  struct Driver {
    var name: String
    var options: [String: Effective<String>] = [:]
  }

  /// Of the main section.
  private(set) var options: [String: Effective<String>] = [:]
  /// By section, in their order.
  private(set) var drivers: [String: [Driver]] = [:]
  /// Files that are included, there or not.
  private(set) var included: [String] = []

  private let evidence: Evidence
  private let builtIn: Set<String>
  /// In the order of their definition, in which they are put in.
  private var macros: [(name: [UInt8], value: [UInt8])] = []
  private var section = "main"
  /// For each open `.ifdef`: whether its lines count, and whether a branch has counted already.
  private var conditions: [(counts: Bool, isDone: Bool)] = []
  private var files = 0
  private var work = 0

  /// - Parameter builtIn: macros of the binary that are tested for: `_HAVE_GNUTLS`.
  init(_ evidence: Evidence, builtIn: Set<String>) {
    self.evidence = evidence
    self.builtIn = builtIn
  }

  /// Reads a file with what it includes.
  mutating func read(_ path: String) throws(EvidenceGap) { try read(path, depth: 0) }

  private mutating func read(_ path: String, depth: Int) throws(EvidenceGap) {
    files += 1
    guard depth < 16, files < 1000 else {
      throw EvidenceGap(path: path, reason: "too many files are included")
    }
    guard let file = try evidence.text(at: path) else { return }
    var pending: (text: String, line: Int)?
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      // Comments and empty lines between the parts of a line do not count.
      if text.isEmpty || text.hasPrefix("#") { continue }
      let whole = (pending?.text ?? "") + text
      let number = pending?.line ?? line.number
      guard whole.utf8.count < 65536 else { throw EvidenceGap(path: path, reason: "a line is too long") }
      if whole.hasSuffix("\\") {
        pending = (String(whole.dropLast()), number)
      } else {
        pending = nil
        try take(whole, path, number, depth)
      }
    }
    if let pending { try take(pending.text, path, pending.line, depth) }
  }

  private mutating func take(_ text: String, _ path: String, _ line: Int, _ depth: Int) throws(EvidenceGap) {
    if text.hasPrefix("."), text.dropFirst().first?.isLetter == true {
      return try direct(text, path, depth)
    }
    guard conditions.allSatisfy(\.counts) else { return }
    if let (name, value) = Self.assignment(text), name.first?.isUppercase == true {
      // `==` defines it anew.
      let bare = value.hasPrefix("=") ? String(value.dropFirst().trimmingBlanks()) : value
      return define(name, try expanded(bare, path).text)
    }
    let origin = Origin(path: path, line: line, kind: .explicit, text: String(text.prefix(200)))
    try add(try expanded(text, path).text, origin)
  }

  private mutating func define(_ name: String, _ value: String) {
    let bytes = Array(name.utf8)
    if let index = macros.firstIndex(where: { $0.name == bytes }) {
      macros[index].value = Array(value.utf8)
    } else if macros.count < 1000 {
      macros.append((bytes, Array(value.utf8)))
    }
  }

  private mutating func direct(_ text: String, _ path: String, _ depth: Int) throws(EvidenceGap) {
    let word = text.prefix { $0 != " " && $0 != "\t" }
    let rest = String(text.dropFirst(word.count).trimmingBlanks())
    switch word {
    case ".ifdef", ".ifndef":
      guard conditions.count < 64 else {
        throw EvidenceGap(path: path, reason: "too many .ifdef in each other")
      }
      let holds = try isDefined(rest, path) == (word == ".ifdef")
      conditions.append((holds, holds))
    case ".elifdef", ".elifndef", ".else":
      guard let last = conditions.popLast() else { return }
      let asked = word == ".else" ? true : try isDefined(rest, path) == (word == ".elifdef")
      let holds = asked && !last.isDone
      conditions.append((holds, last.isDone || holds))
    case ".endif": _ = conditions.popLast()
    case ".include", ".include_if_exists":
      guard conditions.allSatisfy(\.counts) else { return }
      let name = try expanded(rest, path).text.filter { $0 != "\"" }
      let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? ""
      let whole = name.hasPrefix("/") ? name : "\(folder)/\(name)"
      included.append(whole)
      try read(whole, depth: depth + 1)
    default: return
    }
  }

  /// Whether a macro is put into the text.
  private mutating func isDefined(_ text: String, _ path: String) throws(EvidenceGap) -> Bool {
    if text.split(separator: " ").contains(where: { builtIn.contains(String($0)) || $0.hasPrefix("_OPT_") }) {
      return true
    }
    return try expanded(text, path).isChanged
  }

  /// Puts each macro in turn into the line, also into what earlier ones have left (readconf.c, macros_expand).
  private mutating func expanded(
    _ text: String, _ path: String
  ) throws(EvidenceGap) -> (text: String, isChanged: Bool) {
    guard text.utf8.contains(where: { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }) else {
      return (text, false)
    }
    var bytes = Array(text.utf8)
    var isChanged = false
    for macro in macros {
      work += bytes.count
      guard work < 50_000_000, bytes.count < 65536 else {
        throw EvidenceGap(path: path, reason: "its macros are too many to be put in")
      }
      let changed = bytes.replacing(macro.name, with: macro.value)
      if changed != bytes || macro.name == macro.value && bytes.contains(macro.name) { isChanged = true }
      bytes = changed
    }
    return (String(decoding: bytes, as: UTF8.self), isChanged)
  }

  private mutating func add(_ text: String, _ origin: Origin) throws(EvidenceGap) {
    if text.hasPrefix("begin ") {
      section = String(text.dropFirst(6).trimmingBlanks())
    } else if section == "main" {
      if let (name, value) = Self.option(text) { set(&options[name], value, origin) }
    } else if ["routers", "transports", "authenticators"].contains(section) {
      var known = drivers[section] ?? []
      if text.hasSuffix(":"), !text.contains("=") {
        guard known.count < 5000 else {
          throw EvidenceGap(path: origin.path ?? "", reason: "too many drivers")
        }
        known.append(Driver(name: String(text.dropLast().trimmingBlanks())))
      } else if let (name, value) = Self.option(text), !known.isEmpty {
        set(&known[known.count - 1].options[name], value, origin)
      }
      drivers[section] = known
    }
  }

  private func set(_ place: inout Effective<String>?, _ value: String, _ origin: Origin) {
    let before = place.map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] }
    place = Effective(value, origin: origin, shadowed: before ?? [])
  }

  /// `name = value`, `hide name = value`, `name`, `no_name`.
  private static func option(_ text: String) -> (name: String, value: String)? {
    let text = text.hasPrefix("hide ") ? String(text.dropFirst(5).trimmingBlanks()) : text
    if let (name, value) = assignment(text) { return (name, unquoted(value)) }
    guard !text.contains(" ") else { return nil }
    return text.hasPrefix("no_") ? (String(text.dropFirst(3)), "false") : (text, "true")
  }

  private static func assignment(_ text: String) -> (name: String, value: String)? {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    let name = String(text[..<equals].trimmingBlanks())
    guard !name.isEmpty,
      name.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || Character(UnicodeScalar($0)).isASCIIWord })
    else { return nil }
    return (name, String(text[text.index(after: equals)...].trimmingBlanks()))
  }

  private static func unquoted(_ text: String) -> String {
    guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
    return String(text.dropFirst().dropLast())
  }

  /// Items of a list: apart by colons, or by what follows `<`; a doubled separator stands for itself.
  static func list(_ text: String) -> [String] {
    var rest = text.trimmingBlanks()[...]
    var separator: Character = ":"
    if rest.hasPrefix("<"), let own = rest.dropFirst().first, own.isPunctuation || own.isSymbol {
      separator = own
      rest = rest.dropFirst(2)
    }
    let items = String(rest).replacing("\(separator)\(separator)", with: "\u{0}").split(separator: separator)
    return items.map { String($0.replacing("\u{0}", with: "\(separator)").trimmingBlanks()) }
      .filter { !$0.isEmpty }
  }
}

extension Character {
  fileprivate var isASCIIWord: Bool { isASCII && (isLetter || isNumber) }
}

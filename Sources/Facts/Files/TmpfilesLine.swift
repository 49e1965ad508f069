import Evidence

/// One line of tmpfiles.d(5) that sets or creates something.
public struct TmpfilesLine: Sendable, Hashable {
  /// The first letter: `d`, `f`, `z` …
  var type: Character
  /// A path or, for `e`, `z` and `Z`, a pattern. Specifiers are replaced.
  var path: String
  /// Nil for `-`, which leaves what is there.
  var mode: UInt32?
  /// `~`: the mode is masked by the bits that the file has.
  var isMasked = false
  /// `:`: only for what is made anew.
  var modeOnlyIfNew = false
  var uid: UInt32?
  var uidOnlyIfNew = false
  var gid: UInt32?
  var gidOnlyIfNew = false
  var origin: Origin

  /// Lines of which only the first for a path counts.
  var takesPath: Bool { "fFdDvqQpcbLCe".contains(type) }
  /// Lines that are carried out after all others because they take patterns.
  var isPattern: Bool { "ezZm".contains(type) }

  /// What kind of file the line makes where there is none; nil if it makes none.
  var creates: String? {
    switch type {
    case "d", "D", "v", "q", "Q": "directory"
    case "f", "F": "file"
    case "p": "fifo"
    case "L": "symlink"
    case "C": "copy"
    case "c": "character-device"
    case "b": "block-device"
    default: nil
    }
  }

  /// Reads a line; nil for comments, for what systemd-tmpfiles refuses, and for types that set no mode.
  init?(_ line: TextFile.Line, in path: String, names: IdentityNames) {
    let text = line.text.trimmingBlanks()
    guard let first = text.first, first != "#" else { return nil }
    let fields = Self.fields(text, limit: 6)
    guard fields.count >= 2, let type = fields[0].first, "fFdDevqQpcbLCzZm".contains(type),
      // Without the credential that `^` names, the line does nothing.
      !fields[0].contains("^"),
      let target = Self.expand(fields[1]), target.hasPrefix("/")
    else { return nil }
    self.type = type
    self.path = Self.canonical(target)
    origin = Origin(
      path: path, line: line.number, kind: path.hasPrefix("/etc/") ? .explicit : .vendor, text: String(text))
    guard readMode(fields.count > 2 ? fields[2] : "-"),
      readOwner(fields.count > 3 ? fields[3] : "-", fields.count > 4 ? fields[4] : "-", names)
    else { return nil }
  }

  private mutating func readMode(_ field: String) -> Bool {
    if field == "-" || field.isEmpty { return true }
    var digits = Substring(field)
    while let prefix = digits.first, prefix == "~" || prefix == ":" {
      if prefix == "~" { isMasked = true } else { modeOnlyIfNew = true }
      digits.removeFirst()
    }
    guard let value = UInt32(digits, radix: 8), value <= 0o7777 else { return false }
    mode = value
    return true
  }

  private mutating func readOwner(_ user: String, _ group: String, _ names: IdentityNames) -> Bool {
    if user != "-", !user.isEmpty {
      uidOnlyIfNew = user.hasPrefix(":")
      guard let number = names.uid(uidOnlyIfNew ? String(user.dropFirst()) : user) else { return false }
      uid = number
    }
    if group != "-", !group.isEmpty {
      gidOnlyIfNew = group.hasPrefix(":")
      guard let number = names.gid(gidOnlyIfNew ? String(group.dropFirst()) : group) else { return false }
      gid = number
    }
    return true
  }

  /// The first fields: quotes hold blanks together, a backslash keeps the next character.
  private static func fields(_ text: Substring, limit: Int) -> [String] {
    var fields: [String] = []
    var current: String?
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        current = (current ?? "") + String(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { current = (current ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        current = current ?? ""
      } else if character == " " || character == "\t" {
        if let field = current { fields.append(field) }
        current = nil
        if fields.count == limit { return fields }
      } else {
        current = (current ?? "") + String(character)
      }
    }
    if let current { fields.append(current) }
    return fields
  }

  /// Specifiers whose value is the same on every boot; nil if the path holds another.
  private static func expand(_ path: String) -> String? {
    guard path.contains("%") else { return path }
    let known: [Character: String] = [
      "%": "%", "t": "/run", "S": "/var/lib", "C": "/var/cache", "L": "/var/log", "T": "/tmp",
      "V": "/var/tmp",
      "h": "/root", "u": "root", "g": "root", "U": "0", "G": "0",
    ]
    var result = ""
    var rest = Substring(path)
    while let character = rest.popFirst() {
      if character != "%" {
        result.append(character)
      } else if let specifier = rest.popFirst(), let value = known[specifier] {
        result += value
      } else {
        return nil
      }
    }
    return result
  }

  /// Without doubled or trailing slashes, and with /run for /var/run, as systemd-tmpfiles patches it.
  private static func canonical(_ path: String) -> String {
    let simple = "/" + path.split(separator: "/").joined(separator: "/")
    return simple == "/var/run" || simple.hasPrefix("/var/run/") ? String(simple.dropFirst(4)) : simple
  }
}

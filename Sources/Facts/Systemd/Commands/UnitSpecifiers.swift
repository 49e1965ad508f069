/// The specifiers of a system unit (systemd.unit(5), "Specifiers"); those that only the running machine knows stay as
/// they are.
enum UnitSpecifiers {
  private static let constant: [Character: String] = [
    "C": "/var/cache", "E": "/etc", "h": "/root", "L": "/var/log", "S": "/var/lib", "t": "/run", "T": "/tmp",
    "u": "root", "U": "0", "g": "root", "G": "0", "V": "/var/tmp", "%": "%",
  ]

  static func expand(_ text: String, in unit: UnitName) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
    var result = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      guard character == "%", let code = rest.popFirst() else {
        result.append(character)
        continue
      }
      result += constant[code] ?? value(code, unit) ?? "%\(code)"
    }
    return result
  }

  private static func value(_ code: Character, _ unit: UnitName) -> String? {
    switch code {
    case "i": unit.instance ?? ""
    case "I": unescape(unit.instance ?? "")
    case "p": unit.prefix
    case "P": unescape(unit.prefix)
    case "n": unit.description
    case "N": String(unit.description.dropLast(unit.type.count + 1))
    case "j": lastPart(of: unit)
    case "J": unescape(lastPart(of: unit))
    case "f": "/" + unescape(unit.isInstance ? unit.instance ?? "" : unit.prefix)
    default: nil
    }
  }

  private static func lastPart(of unit: UnitName) -> String {
    unit.prefix.split(separator: "-").last.map(String.init) ?? ""
  }

  /// A hyphen is a slash, `\x2d` a hyphen (unit-name.c, unit_name_unescape).
  private static func unescape(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "-") {
        bytes.append(UInt8(ascii: "/"))
      } else if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"),
        let number = BackslashEscape.number(rest, at: rest.startIndex + 1, digits: 2)
      {
        bytes.append(UInt8(truncatingIfNeeded: number))
        rest.removeFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Addresses that a source of advisories names, as far as formats may repeat them.
enum WebAddress {
  /// The text, if it is an address of the web that any reader takes (RFC 3986): nothing else is passed on.
  static func valid(_ text: String) -> String? {
    guard text.utf8.count <= 2000 else { return nil }
    for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
      let rest = text.utf8.dropFirst(scheme.utf8.count)
      let authority = rest.prefix { !"/?#".utf8.contains($0) }
      return isHost(authority) && isTail(rest.dropFirst(authority.count)) ? text : nil
    }
    return nil
  }

  /// A name with or without a port.
  private static func isHost(_ bytes: Substring.UTF8View) -> Bool {
    let name = bytes.prefix { $0 != UInt8(ascii: ":") }
    let port = bytes.dropFirst(name.count)
    return !name.isEmpty && name.allSatisfy { isAlphanumeric($0) || ".-".utf8.contains($0) }
      && (port.isEmpty || (2...6).contains(port.count) && port.dropFirst().allSatisfy(isDigit))
  }

  /// Path, query and fragment.
  private static func isTail(_ bytes: Substring.UTF8View) -> Bool {
    var digitsDue = 0
    var fragments = 0
    for byte in bytes {
      if digitsDue > 0 {
        guard isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20) else {
          return false
        }
        digitsDue -= 1
      } else if byte == UInt8(ascii: "%") {
        digitsDue = 2
      } else if byte == UInt8(ascii: "#") {
        fragments += 1
      } else if !isAlphanumeric(byte), !"-._~:/?@!$&'()*+,;=".utf8.contains(byte) {
        return false
      }
    }
    return digitsDue == 0 && fragments <= 1
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// Where a vulnerability of this name is published, with the name of the publisher.
  static func publisher(of vulnerability: String) -> (name: String, address: String)? {
    guard vulnerability.utf8.count <= 40,
      vulnerability.utf8.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") })
    else { return nil }
    let parts = vulnerability.utf8.split(separator: UInt8(ascii: "-")).dropFirst()
    if vulnerability.hasPrefix("CVE-"), parts.count == 2, parts.allSatisfy({ $0.allSatisfy(isDigit) }) {
      return ("NVD", "https://nvd.nist.gov/vuln/detail/\(vulnerability)")
    }
    if vulnerability.hasPrefix("GHSA-"), parts.count == 3, parts.allSatisfy({ $0.count == 4 }) {
      return ("GITHUB", "https://github.com/advisories/\(vulnerability)")
    }
    return nil
  }
}

/// A name of X.501 as RFC 4514 writes it, which `openssl x509 -nameopt RFC2253,utf8,-esc_msb` writes too.
enum DistinguishedName {
  /// Longer texts are cut.
  static let limit = 512

  static func text(_ name: DERElement) -> String {
    var parts: [String] = []
    for set in name.children(limit: 64).reversed() where set.tag == 0x31 {
      // OpenSSL writes the values of one set in reverse too.
      let values = set.children(limit: 8).reversed().compactMap(attribute)
      parts.append(values.joined(separator: "+"))
    }
    let text = parts.joined(separator: ",")
    return text.count > limit ? String(text.prefix(limit - 1)) + "…" : text
  }

  private static func attribute(_ element: DERElement) -> String? {
    let fields = element.children(limit: 2)
    guard fields.count == 2, let number = fields[0].dotted else { return nil }
    guard let name = names[number], let value = text(of: fields[1]) else {
      let bytes = fields[1].whole.prefix(limit).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      return "\(names[number] ?? number)=#\(bytes.joined().uppercased())"
    }
    return "\(name)=\(escaped(value))"
  }

  /// The text of a string type; nil for another type. What is not valid becomes U+FFFD.
  static func text(of element: DERElement) -> String? {
    let content = element.content.prefix(limit * 4)
    switch element.tag {
    case 0x0c, 0x12, 0x13, 0x16, 0x1a: return String(decoding: content, as: UTF8.self)
    // T61String: everybody who still writes it means Latin-1.
    case 0x14: return String(String.UnicodeScalarView(content.map { Unicode.Scalar($0) }))
    case 0x1e:
      let bytes = Array(content)
      let units = stride(from: 0, to: bytes.count - 1, by: 2).map {
        UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
      }
      return String(decoding: units, as: UTF16.self)
    case 0x1c:
      let bytes = Array(content)
      let units = stride(from: 0, to: bytes.count - 3, by: 4).map { place in
        bytes[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      }
      return String(decoding: units, as: UTF32.self)
    default: return nil
    }
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    let scalars = Array(value.unicodeScalars)
    for (place, scalar) in scalars.enumerated() {
      switch scalar {
      case ",", "+", "\"", "\\", "<", ">", ";": text += "\\\(scalar)"
      case "#" where place == 0, " " where place == 0 || place == scalars.count - 1: text += "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        text += "\\" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16, uppercase: true)
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private static let names: [String: String] = [
    "2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L",
    "2.5.4.8": "ST", "2.5.4.9": "street", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title",
    "2.5.4.13": "description", "2.5.4.15": "businessCategory", "2.5.4.17": "postalCode", "2.5.4.41": "name",
    "2.5.4.42": "GN", "2.5.4.43": "initials", "2.5.4.44": "generationQualifier", "2.5.4.46": "dnQualifier",
    "2.5.4.65": "pseudonym", "2.5.4.97": "organizationIdentifier", "1.2.840.113549.1.9.1": "emailAddress",
    "1.2.840.113549.1.9.2": "unstructuredName", "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC", "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL",
    "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST", "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
  ]
}

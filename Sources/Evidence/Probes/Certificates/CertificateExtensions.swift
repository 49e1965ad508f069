/// The extensions of a certificate that somebody judges (RFC 5280 section 4.2.1).
struct CertificateExtensions {
  var isAuthority = false
  var keyUsage: [String]?
  var extendedKeyUsage: [String] = []
  var names: [String] = []
  var subjectKey: [UInt8]?
  var authorityKey: [UInt8]?

  /// - Parameter field: `[3]` of the body; nil for none.
  init(_ field: DERElement?) {
    for item in field?.children(limit: 1).first?.children(limit: 64) ?? [] {
      let fields = item.children(limit: 3)
      guard let number = fields.first?.dotted, let value = fields.last, value.tag == DERElement.octetString
      else {
        continue
      }
      var reader = DERReader(value.content)
      guard let inner = reader.next() else { continue }
      read(number, inner)
    }
  }

  private mutating func read(_ number: String, _ value: DERElement) {
    switch number {
    case "2.5.29.19":
      isAuthority =
        value.children(limit: 1).first.map { $0.tag == 0x01 && $0.content.first ?? 0 != 0 } ?? false
    case "2.5.29.15": keyUsage = value.tag == DERElement.bitString ? Self.usages(value.content) : nil
    case "2.5.29.37":
      extendedKeyUsage = value.children(limit: 8).compactMap { $0.dotted.map { Self.purposes[$0] ?? $0 } }
    case "2.5.29.17": names = value.children(limit: 8).compactMap(Self.name)
    case "2.5.29.14": subjectKey = value.tag == DERElement.octetString ? Array(value.content) : nil
    case "2.5.29.35":
      authorityKey = value.children(limit: 1).first { $0.tag == 0x80 }.map { Array($0.content) }
    default: break
    }
  }

  private static func usages(_ bits: ArraySlice<UInt8>) -> [String] {
    let bytes = Array(bits.dropFirst())
    return usageNames.enumerated().compactMap { place, name in
      place / 8 < bytes.count && bytes[place / 8] & (0x80 >> UInt8(place % 8)) != 0 ? name : nil
    }
  }

  private static func name(_ element: DERElement) -> String? {
    let text = { String(decoding: element.content.prefix(255), as: UTF8.self) }
    switch element.tag {
    case 0x81: return "email:\(text())"
    case 0x82: return "DNS:\(text())"
    case 0x86: return "URI:\(text())"
    case 0x87 where element.content.count == 4:
      return "IP:" + element.content.map { String($0) }.joined(separator: ".")
    case 0x87 where element.content.count == 16:
      let bytes = Array(element.content)
      let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
      return "IP:" + groups.map { String($0, radix: 16, uppercase: true) }.joined(separator: ":")
    default: return nil
    }
  }

  private static let usageNames = [
    "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
    "keyCertSign",
    "cRLSign", "encipherOnly", "decipherOnly",
  ]

  private static let purposes = [
    "1.3.6.1.5.5.7.3.1": "serverAuth", "1.3.6.1.5.5.7.3.2": "clientAuth", "1.3.6.1.5.5.7.3.3": "codeSigning",
    "1.3.6.1.5.5.7.3.4": "emailProtection", "1.3.6.1.5.5.7.3.8": "timeStamping",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning", "2.5.29.37.0": "anyExtendedKeyUsage",
  ]
}

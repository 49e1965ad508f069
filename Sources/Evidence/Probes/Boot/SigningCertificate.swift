import Binaries

/// An X.509 certificate, as far as checking a signature takes it (RFC 5280, 4.1).
package struct SigningCertificate {
  package var whole: ArraySlice<UInt8>
  /// The names as they are written, and the serial number.
  package var issuerName: ArraySlice<UInt8>
  package var subjectName: ArraySlice<UInt8>
  var serial: ArraySlice<UInt8>
  /// `SubjectPublicKeyInfo`.
  var publicKey: ArraySlice<UInt8>
  var subjectKeyIdentifier: ArraySlice<UInt8>?
  package var summary: BootCertificate

  /// Reads a certificate; nil if it is none.
  package init?(_ bytes: ArraySlice<UInt8>) {
    var reader = DERReader(bytes)
    guard let element = reader.next() else { return nil }
    self.init(element)
  }

  init?(_ element: DERElement) {
    guard element.tag == DERElement.sequence, let body = element.children(limit: 3).first,
      body.tag == DERElement.sequence
    else { return nil }
    var fields = body.children(limit: 12)[...]
    if fields.first?.tag == 0xa0 { fields = fields.dropFirst() }
    guard fields.count >= 6 else { return nil }
    let parts = Array(fields)
    let isShaped =
      parts[0].tag == DERElement.integer
      && [1, 2, 3, 4, 5].allSatisfy { parts[$0].tag == DERElement.sequence }
    guard isShaped else { return nil }
    whole = element.whole
    serial = parts[0].content
    issuerName = parts[2].whole
    subjectName = parts[4].whole
    publicKey = parts[5].whole
    let validity = parts[3].children(limit: 2)
    summary = BootCertificate(
      subject: DERName.words(parts[4]), issuer: DERName.words(parts[2]),
      notBefore: validity.first.flatMap(DERTime.seconds),
      notAfter: validity.dropFirst().first.flatMap(DERTime.seconds),
      digest: SHA256.hex(Array(element.whole)), bodyDigest: SHA256.hex(Array(body.whole)),
      issuerDigest: SHA256.hex(Array(issuerName)))
    subjectKeyIdentifier = Self.keyIdentifier(parts.dropFirst(6))
  }

  /// Extension 2.5.29.14.
  private static func keyIdentifier(_ fields: some Sequence<DERElement>) -> ArraySlice<UInt8>? {
    guard let extensions = fields.first(where: { $0.tag == 0xa3 })?.children(limit: 1).first else {
      return nil
    }
    for item in extensions.children(limit: 32) {
      let parts = item.children(limit: 3)
      guard let name = parts.first, name.content.elementsEqual([0x55, 0x1d, 0x0e]), let value = parts.last
      else { continue }
      return value.children(limit: 1).first?.content
    }
    return nil
  }
}

/// Names of X.501, for people.
enum DERName {
  /// The common name; without one every attribute's value, parted by commas.
  static func words(_ name: DERElement) -> String {
    var values: [String] = []
    for set in name.children(limit: 32) {
      for pair in set.children(limit: 4) {
        let parts = pair.children(limit: 2)
        guard parts.count == 2 else { continue }
        let value = text(parts[1])
        if parts[0].content.elementsEqual([0x55, 0x04, 0x03]) { return value }
        values.append(value)
      }
    }
    return values.joined(separator: ", ")
  }

  /// UTF8String, PrintableString and their like, and BMPString (UTF-16, the first byte the higher one).
  private static func text(_ element: DERElement) -> String {
    let bytes = element.content.prefix(512)
    guard element.tag == 0x1e else { return String(decoding: bytes, as: UTF8.self) }
    var units: [UInt16] = []
    var rest = bytes
    while let high = rest.popFirst(), let low = rest.popFirst() {
      units.append(UInt16(high) << 8 | UInt16(low))
    }
    return String(decoding: units, as: UTF16.self)
  }
}

/// Times of X.509 (RFC 5280, 4.1.2.5).
enum DERTime {
  /// Seconds since 1970-01-01 UTC; nil for what is not `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
  static func seconds(_ element: DERElement) -> Int64? {
    var digits = element.content
    guard digits.popLast() == UInt8(ascii: "Z"), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    var numbers: [Int64] = []
    var rest = digits
    var year: Int64 = 0
    switch (element.tag, digits.count) {
    case (0x17, 12): break
    case (0x18, 14):
      year = 100 * number(rest.prefix(2))
      rest = rest.dropFirst(2)
    default: return nil
    }
    while !rest.isEmpty {
      numbers.append(number(rest.prefix(2)))
      rest = rest.dropFirst(2)
    }
    if element.tag == 0x17 { year = numbers[0] < 50 ? 2000 : 1900 }
    year += numbers[0]
    guard (1...12).contains(numbers[1]), (1...31).contains(numbers[2]) else { return nil }
    let days = days(year, numbers[1], numbers[2])
    return ((days * 24 + numbers[3]) * 60 + numbers[4]) * 60 + numbers[5]
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64 {
    digits.reduce(0) { $0 * 10 + Int64($1) - 0x30 }
  }

  /// Days since 1970-01-01 in the Gregorian calendar.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let years = month <= 2 ? year - 1 : year
    let era = (years >= 0 ? years : years - 399) / 400
    let ofEra = years - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }
}

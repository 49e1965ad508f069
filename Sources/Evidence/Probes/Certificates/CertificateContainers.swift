import Binaries

/// Finds the certificates of a file: PEM (also with text between), DER, PKCS#7, PKCS#12 and Java's key stores.
struct CertificateContainers {
  /// One certificate.
  struct Found {
    var der: ArraySlice<UInt8>
    var line: Int?
  }

  /// What was found; the first 1000.
  var found: [Found] = []
  var further = 0
  var damaged = 0
  var isEncrypted = false
  static let limit = 1000

  init(path: String, bytes: [UInt8]) {
    // Whatever is worth reading is longer than 127 bytes, and no text goes on like that after a `0`.
    if bytes.count >= 2, bytes[0] == 0x30, bytes[1] >= 0x80 {
      readDER(bytes[...])
    } else if let magic = ByteReader(bytes, order: .big).u32(at: 0),
      magic == 0xfeed_feed || magic == 0xcece_cece
    {
      readJava(bytes)
    } else {
      readPEM(path, bytes)
    }
  }

  private mutating func add(_ der: ArraySlice<UInt8>, line: Int? = nil) {
    if found.count < Self.limit { found.append(Found(der: der, line: line)) } else { further += 1 }
  }

  private mutating func readPEM(_ path: String, _ bytes: [UInt8]) {
    let file = SearchedFile(path: path, bytes: bytes)
    guard file.isText, file.contains("-----BEGIN ") else { return }
    // A PKCS#7 file can hold a whole bundle.
    var scanner = PEMScanner(bytes, limit: bytes.count)
    while let block = scanner.next() {
      switch block.label {
      case "CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE":
        if block.isClosed { add(block.body[...], line: file.line(at: block.start)) } else { damaged += 1 }
      case "PKCS7", "CMS":
        let line = file.line(at: block.start)
        for certificate in Self.pkcs7(block.body[...]) ?? [] { add(certificate.whole, line: line) }
      default: continue
      }
    }
  }

  private mutating func readDER(_ bytes: ArraySlice<UInt8>) {
    if let certificates = Self.pkcs7(bytes) {
      for certificate in certificates { add(certificate.whole) }
      return
    }
    var reader = DERReader(bytes)
    guard let first = reader.next() else { return damaged += 1 }
    let fields = first.children(limit: 3)
    if fields.first?.smallInteger == 3, fields.count >= 2 { return readPKCS12(fields[1]) }
    // A key or a request begins with a number, a certificate with its body.
    if fields.count == 3, fields[0].tag == DERElement.sequence { add(first.whole) }
  }

  /// The certificates of SignedData (RFC 5652); nil if it is something else.
  private static func pkcs7(_ bytes: ArraySlice<UInt8>) -> [DERElement]? {
    var reader = DERReader(bytes)
    let fields = reader.next()?.children(limit: 2) ?? []
    guard fields.count == 2, fields[0].dotted == "1.2.840.113549.1.7.2", fields[1].tag == 0xa0 else {
      return nil
    }
    let parts = fields[1].children(limit: 1).first?.children(limit: 6) ?? []
    return parts.first { $0.tag == 0xa0 }?.children(limit: limit).filter { $0.tag == DERElement.sequence }
      ?? []
  }

  /// The certificates in the clear parts of PKCS#12 (RFC 7292); JDK 18 and later write their store of trust anchors so.
  private mutating func readPKCS12(_ content: DERElement) {
    guard let safe = KeyContainer.data(content) else { return damaged += 1 }
    for part in safe.children(limit: 64) {
      guard let bags = KeyContainer.data(part) else {
        isEncrypted = true
        continue
      }
      for bag in bags.children(limit: 4096) {
        let fields = bag.children(limit: 2)
        guard fields.count == 2, fields[0].dotted == "1.2.840.113549.1.12.10.1.3" else { continue }
        let kind = fields[1].children(limit: 1).first?.children(limit: 2) ?? []
        guard kind.count == 2, kind[0].dotted == "1.2.840.113549.1.9.22.1",
          let octets = kind[1].children(limit: 1).first, octets.tag == DERElement.octetString
        else { continue }
        add(octets.content)
      }
    }
  }

  /// JKS and JCEKS (sun.security.provider.JavaKeyStore): trusted certificates, and the chains of private keys.
  private mutating func readJava(_ bytes: [UInt8]) {
    var store = JavaStoreReader(ByteReader(bytes, order: .big))
    while let certificate = store.next() { add(certificate) }
    if store.isDamaged { damaged += 1 }
  }
}

/// Walks the entries of a Java key store.
private struct JavaStoreReader {
  private let reader: ByteReader
  private var offset = 12
  private var entries: UInt32
  /// Certificates of the chain of the current entry that are still to come.
  private var chain: UInt32 = 0
  private let hasTypes: Bool
  private(set) var isDamaged = false

  init(_ reader: ByteReader) {
    self.reader = reader
    entries = reader.u32(at: 8) ?? 0
    hasTypes = reader.u32(at: 4) == 2
  }

  /// The next certificate; nil at the end or where nothing makes sense any more.
  mutating func next() -> ArraySlice<UInt8>? {
    while chain == 0 {
      guard entries > 0, !isDamaged else { return nil }
      entries -= 1
      if !beginEntry() {
        isDamaged = true
        return nil
      }
    }
    chain -= 1
    if hasTypes {
      guard let type = reader.u16(at: offset) else { return fail() }
      offset += 2 + Int(type)
    }
    guard let length = reader.u32(at: offset), let der = reader.slice(at: offset + 4, count: Int(length))
    else {
      return fail()
    }
    offset += 4 + Int(length)
    return der
  }

  private mutating func fail() -> ArraySlice<UInt8>? {
    isDamaged = true
    chain = 0
    return nil
  }

  private mutating func beginEntry() -> Bool {
    guard let tag = reader.u32(at: offset), let alias = reader.u16(at: offset + 4) else { return false }
    offset += 6 + Int(alias) + 8
    if tag == 2 {
      chain = 1
      return true
    }
    // A sealed object of JCEKS (3) has no length of its own: what follows cannot be found.
    guard tag == 1, let length = reader.u32(at: offset) else { return false }
    offset += 4 + Int(length)
    guard let count = reader.u32(at: offset) else { return false }
    offset += 4
    chain = count
    return true
  }
}

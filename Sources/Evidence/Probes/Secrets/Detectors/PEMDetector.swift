/// Private keys and certificates in PEM (RFC 7468), alone in a file or within another, also as one line with `\n` for
/// line feeds; secret keys of OpenPGP in armor, and static keys of OpenVPN.
///
/// A key that is not encrypted has to have the structure of one, so that a header in a program or a document is none.
enum PEMDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    guard file.contains("-----BEGIN ") else { return }
    var scanner = PEMScanner(file.bytes)
    while let block = scanner.next() {
      switch block.label {
      case "CERTIFICATE", "TRUSTED CERTIFICATE", "X509 CERTIFICATE":
        if findings.record.certificates.count < 8, let digest = PublicHalf.digest(ofCertificate: block.body) {
          findings.add(certificate: digest)
        }
      case "PGP PRIVATE KEY BLOCK":
        guard let key = KeyContainer.openPGP(block.body) else { continue }
        findings.add(
          SecretFinding(
            .pgpKey, line: file.line(at: block.start), words: key.words, isEncrypted: key.isEncrypted))
      case "OpenVPN Static key V1":
        findings.add(
          SecretFinding(.privateKey, line: file.line(at: block.start), words: "static key of OpenVPN"))
      case let label where label.hasSuffix("PRIVATE KEY"):
        guard let form = form(of: block, file) else { continue }
        findings.add(
          SecretFinding(
            .privateKey, line: file.line(at: block.start), words: form.words, isEncrypted: form.isEncrypted,
            publicKey: form.publicKey))
      default: continue
      }
    }
  }

  private static func form(
    of block: PEMScanner.Block, _ file: SearchedFile
  ) -> (words: String, isEncrypted: Bool?, publicKey: String?)? {
    if block.label == "OPENSSH PRIVATE KEY" {
      guard let envelope = OpenSSHKeyEnvelope(blob: block.body) else { return truncated(block, file) }
      let half = envelope.publicKey.flatMap(PublicHalf.ssh)
      return ("OpenSSH, \(half?.words ?? "key")", envelope.isEncrypted, half?.digest)
    }
    if block.isEncrypted, block.body.count >= 16 {
      return (
        block.label == "PRIVATE KEY"
          ? "private key" : block.label.replacing(" PRIVATE", with: "").lowercasedKey, true, nil
      )
    }
    if let form = PrivateKeyForm(block.body) { return (form.words, form.isEncrypted, form.publicKey) }
    return truncated(block, file)
  }

  /// A key whose end was not read: larger than any that a program takes, and yet no text.
  private static func truncated(
    _ block: PEMScanner.Block, _ file: SearchedFile
  ) -> (words: String, isEncrypted: Bool?, publicKey: String?)? {
    guard file.isHead, !block.isClosed, block.body.count > 1024 else { return nil }
    return ("private key that goes on behind the part that was read", nil, nil)
  }
}

extension String {
  /// `RSA KEY` as people write it.
  fileprivate var lowercasedKey: String { replacing("KEY", with: "key") }
}

/// Finds blocks of PEM one after the other, in linear time.
struct PEMScanner {
  struct Block {
    var label: String
    /// Where the block begins.
    var start: Int
    /// The decoded body.
    var body: [UInt8]
    /// Whether a header says that the body is encrypted (RFC 1421).
    var isEncrypted: Bool
    /// Whether the line that ends the block was found.
    var isClosed: Bool
  }

  private let bytes: [UInt8]
  private var position = 0
  /// The largest body that is kept: an RSA key of 16 384 bits takes 12 KB.
  private static let limit = 96 << 10

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Block? {
    let opening = Array("-----BEGIN ".utf8)
    while position < bytes.count, let dash = bytes[position...].firstIndex(of: UInt8(ascii: "-")) {
      guard bytes[dash...].starts(with: opening) else {
        position = dash + 1
        continue
      }
      let label = bytes[(dash + opening.count)...].prefix(48).prefix { $0 != UInt8(ascii: "-") && $0 >= 0x20 }
      position = label.endIndex
      guard bytes[label.endIndex...].starts(with: "-----".utf8) else { continue }
      position = label.endIndex + 5
      if let block = block(label.text, start: dash) { return block }
    }
    return nil
  }

  /// Reads the body up to the line that ends it. Whatever does not belong into a body makes it none.
  private mutating func block(_ label: String, start: Int) -> Block? {
    var text: [UInt8] = []
    var isEncrypted = false
    let isHex = label.hasPrefix("OpenVPN")
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "-"):
        let isClosed = bytes[position...].starts(with: "-----END ".utf8)
        guard isClosed, !text.isEmpty else { return nil }
        return Block(
          label: label, start: start, body: isHex ? text : decodeBase64(text),
          isEncrypted: isEncrypted || label.contains("ENCRYPTED"),
          isClosed: true)
      case UInt8(ascii: "\\"):
        // `\n` within a text of JSON, or a line that goes on.
        position += position + 1 < bytes.count && "nr\\".utf8.contains(bytes[position + 1]) ? 2 : 1
      case 0x20, 0x09, 0x0a, 0x0d, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "|"),
        UInt8(ascii: "#"), UInt8(ascii: ">"):
        position += 1
      case UInt8(ascii: "="):
        // Padding, and the checksum of armor behind it.
        let rest = bytes[position...].prefix(8).prefix { $0 != 0x0a && $0 != 0x0d }
        position += rest.count > 2 && label.hasPrefix("PGP") ? rest.count : 1
      case let byte where isBase64Byte(byte):
        if let header = header() {
          if header.contains("ENCRYPTED") { isEncrypted = true }
          continue
        }
        // A word of the text that ends here.
        if text.count < Self.limit { text.append(byte) }
        position += 1
      default: return nil
      }
    }
    guard !text.isEmpty else { return nil }
    return Block(
      label: label, start: start, body: decodeBase64(text), isEncrypted: isEncrypted, isClosed: false)
  }

  /// A line such as `Proc-Type: 4,ENCRYPTED` at the position, which moves behind it.
  private mutating func header() -> String? {
    guard position > 0,
      bytes[position - 1] == 0x0a || bytes[position - 1] == UInt8(ascii: "n") || bytes[position - 1] == 0x20
    else { return nil }
    let name = bytes[position...].prefix(24).prefix { isWordByte($0) }
    guard name.count >= 4, name.endIndex + 1 < bytes.count, bytes[name.endIndex] == UInt8(ascii: ":"),
      bytes[name.endIndex + 1] == 0x20
    else { return nil }
    let line = bytes[position...].prefix(200).prefix { $0 != 0x0a && $0 != UInt8(ascii: "\\") }
    position = line.endIndex
    return line.text
  }
}

/// Files that as a whole are a key or a store of keys: DER, PKCS#12, Java, GnuPG, Kerberos, KeePass, and keys of
/// WireGuard, DNSSEC and age, which have a text form of their own.
enum KeyFileDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    let bytes = file.bytes
    if let digest = bytes.first == 0x30 ? PublicHalf.digest(ofCertificate: bytes) : nil {
      findings.add(certificate: digest)
    } else if bytes.first == 0x30, let key = PrivateKeyForm(bytes) {
      findings.add(
        SecretFinding(
          .privateKey, words: key.words + " in DER", isEncrypted: key.isEncrypted, publicKey: key.publicKey))
    } else if bytes.first == 0x30, let store = KeyContainer.pkcs12(bytes) {
      findings.add(SecretFinding(.keyStore, words: store.words, isEncrypted: store.isEncrypted))
    } else if let store = KeyContainer.java(bytes) {
      findings.add(SecretFinding(.keyStore, words: store.words, isEncrypted: store.isEncrypted))
    } else if let key = KeyContainer.gnuPG(bytes, name: file.name) {
      findings.add(SecretFinding(.pgpKey, words: key.words, isEncrypted: key.isEncrypted))
    } else if bytes.starts(with: [0x05, 0x02]), file.name.contains("keytab"), bytes.count > 20 {
      findings.add(SecretFinding(.keyStore, words: "key table of Kerberos", isEncrypted: false))
    } else if bytes.starts(with: [0x03, 0xd9, 0xa2, 0x9a]) {
      findings.add(SecretFinding(.keyStore, words: "store of KeePass", isEncrypted: true))
    }
    if file.isText { findTextKeys(in: file, into: &findings) }
  }

  private static func findTextKeys(in file: SearchedFile, into findings: inout SecretFindings) {
    let isDNSSEC = bytes(file, startWith: "Private-key-format: v1")
    let isWireGuard =
      file.path.contains("wireguard") || file.name.hasSuffix(".netdev") || file.name.hasPrefix("wg")
    guard isDNSSEC || isWireGuard else { return }
    for line in file.lines {
      let text = file.trimmed(line)
      if isDNSSEC, text.starts(with: "PrivateKey: ".utf8) || text.starts(with: "PrivateExponent: ".utf8) {
        findings.add(
          SecretFinding(
            .privateKey, line: file.line(at: line.lowerBound), words: "key of DNSSEC", isEncrypted: false))
      }
      guard isWireGuard, let value = value(of: ["PrivateKey", "PresharedKey"], text) ?? wholeKey(file, text)
      else { continue }
      // 32 bytes in base64, which end with one `=`.
      if value.count == 44, value.last == UInt8(ascii: "="), value.allSatisfy(isBase64Byte),
        decodeBase64(value).count == 32
      {
        findings.add(
          SecretFinding(
            .privateKey, line: file.line(at: line.lowerBound), words: "key of WireGuard", isEncrypted: false))
      }
    }
  }

  private static func wholeKey(_ file: SearchedFile, _ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    file.name.contains("priv") && file.bytes.count < 64 ? text : nil
  }

  private static func value(of names: [String], _ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    for name in names where line.starts(with: name.utf8) {
      let rest = line.dropFirst(name.utf8.count).drop { $0 == 0x20 }
      if rest.first == UInt8(ascii: "=") { return rest.dropFirst().drop { $0 == 0x20 } }
    }
    return nil
  }

  private static func bytes(_ file: SearchedFile, startWith text: String) -> Bool {
    file.bytes.starts(with: text.utf8)
  }
}

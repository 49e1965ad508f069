/// Finds private keys in text, in the forms of PEM (RFC 7468), OpenSSH, OpenPGP and PuTTY, alone in a file or within
/// another, also as one line with `\n` for line feeds.
struct PrivateKeyScan {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Cuts the bodies. The line that begins a key stays, the first line of its body becomes the marker, the others
  /// become empty.
  func cut(into cuts: inout CutList) {
    guard contains("PRIVATE KEY") || contains("PuTTY-User-Key-File") else { return }
    var position = 0
    while let header = nextHeader(from: position) {
      position = header.end
      if let body = spread(header) ?? inline(header) {
        mark(body, header, &cuts)
        position = max(position, body.last?.upperBound ?? position)
      }
    }
    cutPuTTYKeys(into: &cuts)
  }

  private struct Header {
    /// `OPENSSH PRIVATE KEY` and its like.
    var label: String
    /// Behind the last dash.
    var end: Int
  }

  /// The next `-----BEGIN … PRIVATE KEY…-----` (four dashes and a blank in SSH2 keys).
  private func nextHeader(from start: Int) -> Header? {
    var position = start
    while let dash = bytes[position...].firstIndex(of: UInt8(ascii: "-")) {
      let begin = bytes[dash...].firstIndex { $0 != UInt8(ascii: "-") } ?? bytes.endIndex
      position = max(begin, dash + 1)
      guard begin - dash >= 4 else { continue }
      let text = bytes[begin...].prefix(64).drop { $0 == UInt8(ascii: " ") }
      guard text.starts(with: "BEGIN ".utf8) else { continue }
      let label = text.dropFirst(6).prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "\n") }
      let name = String(decoding: label, as: UTF8.self)
      guard name.contains("PRIVATE KEY") || name.contains("SSH2 ENCRYPTED PRIVATE") else { continue }
      let end = bytes[label.endIndex...].firstIndex { $0 != UInt8(ascii: "-") } ?? bytes.endIndex
      return Header(label: name, end: end)
    }
    return nil
  }

  /// The lines of a body that follows its header on lines of its own, without what stands around them: indentation,
  /// comment signs, quotes.
  private func spread(_ header: Header) -> [Range<Int>]? {
    var lineStart = header.end
    while lineStart < bytes.count, bytes[lineStart] != UInt8(ascii: "\n") {
      guard " \t\r\"'\\n,;+".utf8.contains(bytes[lineStart]) else { return nil }
      lineStart += 1
    }
    lineStart += 1
    var body: [Range<Int>] = []
    var headers = 0
    while lineStart < bytes.count {
      let lineEnd = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      let core = self.core(of: lineStart..<lineEnd)
      if isBase64(core) {
        body.append(core)
      } else if !core.isEmpty {
        // Proc-Type, DEK-Info, Comment and their like stand before the body.
        headers += 1
        if !body.isEmpty || headers > 8 || !bytes[core].contains(UInt8(ascii: ":")) { break }
      }
      lineStart = lineEnd + 1
    }
    // A script that looks for such a header is no key.
    return (body.first?.count ?? 0) >= 16 ? body : nil
  }

  private func core(of line: Range<Int>) -> Range<Int> {
    var line = line
    while let first = bytes[line].first, " \t#>|\"'".utf8.contains(first) { line = line.dropFirst() }
    while let last = bytes[line].last, " \t\r\"',;".utf8.contains(last) { line = line.dropLast() }
    if bytes[line].suffix(2).elementsEqual("\\n".utf8) { line = line.dropLast(2) }
    return line
  }

  private func isBase64(_ range: Range<Int>) -> Bool {
    !range.isEmpty && bytes[range].allSatisfy(isBase64Byte)
  }

  /// The body of a key that is written in one line.
  private func inline(_ header: Header) -> [Range<Int>]? {
    var end = header.end
    while end < bytes.count, isBase64Byte(bytes[end]) || " \\".utf8.contains(bytes[end]) { end += 1 }
    return end - header.end >= 40 ? [header.end..<end] : nil
  }

  private func mark(_ body: [Range<Int>], _ header: Header, _ cuts: inout CutList) {
    guard let first = body.first else { return }
    let beginning = body.prefix(200).flatMap { bytes[$0] }
    let (kind, fingerprint) = describe(header, first, beginning)
    cuts.add(first, kind, fingerprint: fingerprint)
    for line in body.dropFirst() { cuts.add(line, []) }
  }

  private func describe(
    _ header: Header, _ first: Range<Int>, _ base64: [UInt8]
  ) -> (CutMarker.Kind, String?) {
    if header.label.contains("ENCRYPTED") { return (.encryptedPrivateKey, nil) }
    if header.label.hasPrefix("PGP") { return (.privateKey, nil) }
    if header.label.hasPrefix("OPENSSH"), let key = OpenSSHKeyEnvelope(base64: base64) {
      return (key.isEncrypted ? .encryptedPrivateKey : .plainPrivateKey, key.fingerprint)
    }
    // Proc-Type: 4,ENCRYPTED (RFC 1421) stands between the header and the body.
    let between = bytes[header.end..<max(header.end, first.lowerBound)]
    let isEncrypted = String(decoding: between, as: UTF8.self).contains("ENCRYPTED")
    return (isEncrypted ? .encryptedPrivateKey : .plainPrivateKey, nil)
  }

  /// `Private-Lines: N` and the N lines after it; `Encryption: none` stands above.
  private func cutPuTTYKeys(into cuts: inout CutList) {
    guard contains("PuTTY-User-Key-File") else { return }
    var kind = CutMarker.Kind.encryptedPrivateKey
    var remaining = 0
    var isFirst = false
    forEachLine(of: bytes) { line in
      if remaining > 0, isBase64(core(of: line)) {
        remaining -= 1
        if isFirst { cuts.add(core(of: line), kind) } else { cuts.add(core(of: line), []) }
        isFirst = false
        return
      }
      remaining = 0
      let text = bytes[line]
      if text.starts(with: "Encryption: none".utf8) { kind = .plainPrivateKey }
      if text.starts(with: "Private-Lines: ".utf8) {
        remaining =
          Int(String(decoding: text.dropFirst(15).prefix(6).filter { $0 > 0x20 }, as: UTF8.self)) ?? 0
        isFirst = true
      }
    }
  }

  private func contains(_ needle: String) -> Bool {
    let needle = Array(needle.utf8)
    var position = 0
    while let start = bytes[position...].firstIndex(of: needle[0]) {
      if bytes[start...].starts(with: needle) { return true }
      position = start + 1
    }
    return false
  }
}

func isBase64Byte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
    true
  default: false
  }
}

/// Whether the bytes as a whole are a private key or a key store in a binary form: PKCS#1, PKCS#8, SEC 1, PKCS#12
/// (all DER), a Java key store, a Kerberos key table.
func isSecretBinary(_ bytes: [UInt8]) -> Bool {
  if bytes.starts(with: [0xfe, 0xed, 0xfe, 0xed]) || bytes.starts(with: [0xce, 0xce, 0xce, 0xce]) {
    return true
  }
  guard bytes.count > 16, bytes[0] == 0x30 else { return false }
  let lengthBytes = bytes[1] & 0x80 == 0 ? 0 : Int(bytes[1] & 0x7f)
  guard lengthBytes <= 4 else { return false }
  let content = bytes.dropFirst(2 + lengthBytes)
  let length = bytes[2..<2 + lengthBytes].reduce(0) { $0 << 8 | Int($1) }
  guard lengthBytes == 0 ? Int(bytes[1]) == content.count : length == content.count else { return false }
  let head = Array(content.prefix(24))
  // Version 0 and then an INTEGER (PKCS#1) or a SEQUENCE (PKCS#8); 1 and an OCTET STRING (SEC 1); 3 (PKCS#12).
  if head.count > 3, head[0] == 0x02, head[1] == 0x01 {
    let followers: [UInt8: [UInt8]] = [0: [0x02, 0x30], 1: [0x04, 0x30], 3: [0x30]]
    return followers[head[2]]?.contains(head[3]) ?? false
  }
  // An encrypted PKCS#8 key begins with PBES2 (1.2.840.113549.1.5.13) or a PKCS#12 scheme (1.2.840.113549.1.12.1).
  let pbes: [[UInt8]] = [
    [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05], [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c],
  ]
  guard head.first == 0x30, let oid = head.firstIndex(of: 0x06), oid <= 4 else { return false }
  return pbes.contains { head.dropFirst(oid + 2).starts(with: $0) }
}

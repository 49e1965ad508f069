/// Private keys of PuTTY, versions 2 and 3 (PuTTY's manual, appendix C).
enum PuTTYKeyDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    guard file.isText, let start = file.position(of: "PuTTY-User-Key-File-", from: 0) else { return }
    var isEncrypted: Bool?
    var isPrivate = false
    var publicLines = 0
    var publicText: [UInt8] = []
    for line in file.lines where line.lowerBound >= start {
      let text = file.trimmed(line)
      if publicLines > 0 {
        publicLines -= 1
        if publicText.count < 16 << 10 { publicText += text }
        continue
      }
      if text.starts(with: "Encryption: ".utf8) {
        isEncrypted = !text.dropFirst(12).elementsEqual("none".utf8)
      }
      if text.starts(with: "Public-Lines: ".utf8) {
        publicLines = min(1000, Int(text.dropFirst(14).text) ?? 0)
      }
      if text.starts(with: "Private-Lines: ".utf8) { isPrivate = true }
    }
    guard let isEncrypted, isPrivate else { return }
    let half = PublicHalf.ssh(decodeBase64(publicText))
    findings.add(
      SecretFinding(
        .privateKey, line: file.line(at: start), words: "PuTTY, \(half?.words ?? "key")",
        isEncrypted: isEncrypted,
        publicKey: half?.digest))
  }
}

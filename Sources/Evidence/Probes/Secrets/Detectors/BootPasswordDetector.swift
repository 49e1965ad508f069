/// Passwords of boot loaders in clear: `password USER PASSWORD` of GRUB 2 (its manual, section 16), `password PASSWORD`
/// of GRUB legacy, `MENU MASTER PASSWD` of syslinux. Hashes are what one should use.
enum BootPasswordDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    guard file.isText else { return }
    let isGRUB =
      file.path.hasPrefix("/boot/") || file.path.hasPrefix("/etc/grub") || file.path.hasPrefix("/efi/")
    let isSyslinux = file.name.contains("linux.cfg") || file.path.contains("linux/") && isGRUB
    guard isGRUB || isSyslinux, file.contains("assw") || file.contains("ASSW") else { return }
    for line in file.lines {
      let words = file.trimmed(line).prefix(1024).split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
      guard let password = password(words), !isPlaceholder(password), CryptHash(password) == nil else {
        continue
      }
      findings.add(
        SecretFinding(
          .bootPassword, line: file.line(at: line.lowerBound), words: "password of the boot loader in clear"))
    }
  }

  private static func password(_ words: [ArraySlice<UInt8>]) -> ArraySlice<UInt8>? {
    guard let first = words.first?.text.lowercased() else { return nil }
    switch (first, words.count) {
    case ("password", 3): return words[1].starts(with: "--".utf8) ? nil : words[2]
    case ("password", 2): return words[1]
    case ("menu", 4...) where words[2].text.lowercased() == "passwd": return words[3]
    default: return nil
    }
  }
}

/// Passwords of network shares: options of fstab(5) and the files that `credentials=` names (mount.cifs(8)).
enum MountCredentialsDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    guard file.isText else { return }
    if file.path.hasPrefix("/etc/fstab") || file.name.hasPrefix("auto.") || file.name.hasSuffix(".mount") {
      findOptions(in: file, &findings)
    } else if file.bytes.count <= 4096, isCredentialsFile(file) {
      for line in file.lines {
        let text = file.trimmed(line)
        guard text.starts(with: "password".utf8) || text.starts(with: "pass".utf8),
          let value = text.split(separator: UInt8(ascii: "="), maxSplits: 1).dropFirst().first,
          !isPlaceholder(value)
        else { continue }
        findings.add(
          SecretFinding(
            .mountCredentials, line: file.line(at: line.lowerBound), words: "password of a network share"))
      }
    }
  }

  private static func findOptions(in file: SearchedFile, _ findings: inout SecretFindings) {
    for line in file.lines {
      let text = file.trimmed(line).prefix(8192)
      if text.first == UInt8(ascii: "#") { continue }
      for option in text.split(whereSeparator: { ", \t".utf8.contains($0) }) {
        let name = option.prefix { $0 != UInt8(ascii: "=") }.text
        let options = ["password", "pass", "password2", "Options=password"]
        guard options.contains(name) else { continue }
        let value = option.dropFirst(name.utf8.count + 1)
        if isPlaceholder(value) { continue }
        findings.add(
          SecretFinding(
            .mountCredentials, line: file.line(at: line.lowerBound), words: "password of a network share"))
      }
    }
  }

  /// Whether every line is one of those that mount.cifs reads, with a user and a password among them.
  private static func isCredentialsFile(_ file: SearchedFile) -> Bool {
    var names: Set<String> = []
    for line in file.lines {
      let text = file.trimmed(line)
      if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
      guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return false }
      let name = text[..<equals].filter { $0 != 0x20 }[...].text
      guard
        ["username", "user", "password", "password2", "pass", "domain", "dom", "workgroup"].contains(name)
      else { return false }
      names.insert(name)
    }
    return !names.isDisjoint(with: ["username", "user"]) && !names.isDisjoint(with: ["password", "pass"])
  }
}

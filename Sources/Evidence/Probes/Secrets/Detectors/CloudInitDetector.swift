/// Passwords in what was handed to cloud-init: `password`, `plain_text_passwd`, `passwd` and `hashed_passwd` of users,
/// and the lists of `chpasswd` (cloud-init's documentation, modules set_passwords and users_groups). Hashes count: who
/// has the image can try passwords against them.
enum CloudInitDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    guard file.isText, knows(file), !file.isExample else { return }
    NamedValues(file, isWanted: names.contains).forEach { assignment in
      guard assignment.value.count >= 2, !isPlaceholder(assignment.value) else { return }
      let isHash = CryptHash(assignment.value) != nil
      findings.add(
        SecretFinding(
          .cloudInit, line: file.line(at: assignment.position),
          words: isHash ? "hash of a password '\(assignment.name)'" : "password '\(assignment.name)'"))
    }
    findLists(in: file, &findings)
  }

  static func knows(_ file: SearchedFile) -> Bool {
    file.path.hasPrefix("/var/lib/cloud/") || file.path.hasPrefix("/etc/cloud/")
      || file.path.contains("/nocloud")
      || [
        "user-data", "vendor-data", "user-data.txt", "cloud-config.txt", "autoinstall-user-data",
        "autoinstall.yaml",
      ]
      .contains(file.name)
      || file.bytes.starts(with: "#cloud-config".utf8)
  }

  private static let names: Set<String> = [
    "password", "plain_text_passwd", "passwd", "hashed_passwd", "hashed_password", "adminpass", "admin_pass",
  ]

  /// `chpasswd:` with `list: |` and lines `user:password`, or `- user:password`.
  private static func findLists(in file: SearchedFile, _ findings: inout SecretFindings) {
    var depth: Int?
    for line in file.lines {
      let text = file.trimmed(line)
      let indentation = file.bytes[line].prefix { $0 == 0x20 }.count
      if text.isEmpty { continue }
      if let known = depth, indentation < known { depth = nil }
      if text.starts(with: "chpasswd:".utf8) {
        depth = indentation + 1
        continue
      }
      guard depth != nil else { continue }
      let entry = text.starts(with: "- ".utf8) ? text.dropFirst(2) : text
      guard let colon = entry.firstIndex(of: UInt8(ascii: ":")), colon > entry.startIndex else { continue }
      let value = entry[(colon + 1)...]
      // `user:password` has no blank behind the colon, which YAML's `key: value` has.
      guard let first = value.first, first != 0x20, !value.elementsEqual("RANDOM".utf8),
        !value.elementsEqual("R".utf8),
        !isPlaceholder(value), entry[..<colon].allSatisfy(isWordByte)
      else { continue }
      findings.add(
        SecretFinding(
          .cloudInit, line: file.line(at: line.lowerBound), words: "password in the list of chpasswd"))
    }
  }
}

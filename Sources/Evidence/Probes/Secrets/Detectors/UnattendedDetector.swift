/// Passwords in the answers of unattended installations: preseed of Debian, kickstart, AutoYaST, Windows' answer files.
/// Hashes count: who has the image can try passwords against them.
enum UnattendedDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    guard file.isText, knows(file) else { return }
    switch form(of: file) {
    case .preseed: findLines(in: file, &findings, preseed)
    case .kickstart: findLines(in: file, &findings, kickstart)
    case .xml: findElements(in: file, &findings)
    case nil: break
    }
  }

  private enum Form { case preseed, kickstart, xml }

  static func knows(_ file: SearchedFile) -> Bool { form(of: file) != nil && !file.isExample }

  private static func form(of file: SearchedFile) -> Form? {
    let name = file.name
    if name.contains("preseed") || name.hasSuffix(".seed") { return .preseed }
    if ["ks.cfg", "anaconda-ks.cfg", "original-ks.cfg", "initial-setup-ks.cfg"].contains(name)
      || name.hasSuffix(".ks")
    {
      return .kickstart
    }
    if name.contains("autoinst") && name.hasSuffix(".xml")
      || name.contains("unattend") && name.hasSuffix(".xml")
    {
      return .xml
    }
    if file.path.hasPrefix("/var/log/installer/"), name.hasSuffix(".dat") { return .preseed }
    // The same forms under other names.
    if name.hasSuffix(".cfg"), file.contains("d-i passwd/") { return .preseed }
    if name.hasSuffix(".cfg"), file.contains("\nrootpw ") { return .kickstart }
    return nil
  }

  private static func findLines(
    in file: SearchedFile, _ findings: inout SecretFindings,
    _ read: (ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)?
  ) {
    for line in file.lines {
      let text = file.trimmed(line).prefix(4096)
      guard text.first != UInt8(ascii: "#"), let (words, value) = read(text), !isPlaceholder(value) else {
        continue
      }
      let isHash = CryptHash(value) != nil
      findings.add(
        SecretFinding(
          .unattended, line: file.line(at: line.lowerBound), words: isHash ? "hash of \(words)" : words))
    }
  }

  /// `owner question type value`, where the type is `password`.
  private static func preseed(_ line: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
    let words = line.split(maxSplits: 3, whereSeparator: { $0 == 0x20 || $0 == 0x09 })
    guard words.count == 4, words[2].elementsEqual("password".utf8), !words[3].elementsEqual("!".utf8),
      !words[3].elementsEqual("*".utf8)
    else { return nil }
    return ("the answer to \(words[1].prefix(80).text)", words[3])
  }

  private static func kickstart(_ line: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
    let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
    guard let command = words.first?.text else { return nil }
    switch command {
    case "rootpw":
      if words.contains(where: { $0.elementsEqual("--lock".utf8) }) { return nil }
      return words.dropFirst().last { !$0.starts(with: "--".utf8) }.map {
        ("the password of root", unquoted($0))
      }
    case "user", "sshpw", "bootloader", "part", "partition", "logvol", "raid", "autopart":
      for word in words.dropFirst() {
        for option in ["--password=", "--passphrase="] where word.starts(with: option.utf8) {
          return ("a password of \(command)", unquoted(word.dropFirst(option.utf8.count)))
        }
      }
      return command == "sshpw"
        ? words.dropFirst().last { !$0.starts(with: "--".utf8) }.map { ("a password of sshpw", unquoted($0)) }
        : nil
    default: return nil
    }
  }

  private static func unquoted(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard word.count > 2, let first = word.first, "\"'".utf8.contains(first), word.last == first else {
      return word
    }
    return word.dropFirst().dropLast()
  }

  /// `<user_password>` of AutoYaST; `<Value>` below an element whose name ends in Password of Windows.
  private static func findElements(in file: SearchedFile, _ findings: inout SecretFindings) {
    var isWithinPassword = false
    NamedValues(file, isWanted: { $0.hasSuffix("password") || $0 == "value" }).forEach { assignment in
      let name = assignment.name
      if name.hasSuffix("password") {
        isWithinPassword = assignment.value.isEmpty || assignment.value.first == UInt8(ascii: "<")
      }
      guard ["user_password", "password", "administratorpassword", "value"].contains(name),
        name != "value" || isWithinPassword,
        !assignment.value.isEmpty, assignment.value.first != UInt8(ascii: "<"),
        !isPlaceholder(assignment.value),
        assignment.value.first != UInt8(ascii: "!")
      else { return }
      let isHash = CryptHash(assignment.value) != nil
      findings.add(
        SecretFinding(
          .unattended, line: file.line(at: assignment.position),
          words: isHash ? "hash of a password" : "a password"))
      if name == "value" { isWithinPassword = false }
    }
  }
}

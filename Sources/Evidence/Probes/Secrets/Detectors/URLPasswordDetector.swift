/// Passwords in addresses, `scheme://user:password@host`, in files that configure something and in scripts.
enum URLPasswordDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    guard file.isText, !file.isExample, file.name != ".git-credentials",
      !file.path.hasSuffix("/git/credentials")
    else { return }
    for line in file.lines {
      let text = file.trimmed(line)
      if let first = text.first, "#;".utf8.contains(first) || text.starts(with: "//".utf8) { continue }
      find(in: text, file, &findings)
    }
  }

  private static func find(in line: ArraySlice<UInt8>, _ file: SearchedFile, _ findings: inout SecretFindings)
  {
    var position = line.startIndex
    while position < line.endIndex, let colon = line[position...].firstIndex(of: UInt8(ascii: ":")) {
      position = colon + 1
      guard line[colon...].starts(with: "://".utf8) else { continue }
      var start = colon
      while start > line.startIndex, colon - start < 20,
        isWordByte(line[start - 1]) || line[start - 1] == UInt8(ascii: "+")
      { start -= 1 }
      guard start < colon, let password = passwordOfURL(line[start...]), password.count >= 4,
        !isPlaceholder(password),
        !password.contains(where: { "{}()<>[]|$ ".utf8.contains($0) })
      else { continue }
      let isGit = file.path.hasSuffix("/.git/config") || file.name == ".gitconfig"
      findings.add(
        SecretFinding(
          isGit ? .gitCredentials : .password, line: file.line(at: start), words: "password within an address"
        ))
      position = password.endIndex
    }
  }
}

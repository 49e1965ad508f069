/// Files of logins with a form of their own: `.netrc`, `.pgpass`, `.git-credentials`, secrets of PPP and IPsec, passwords
/// of debconf, logins of Postfix.
enum LoginFileDetector: SecretDetector {
  static func find(in file: SearchedFile, into findings: inout SecretFindings) {
    guard file.isText, let (kind, words, secret) = form(of: file) else { return }
    for line in file.lines {
      let text = file.trimmed(line).prefix(4096)
      guard !text.isEmpty, text.first != UInt8(ascii: "#"), let value = secret(text), !isPlaceholder(value)
      else { continue }
      findings.add(SecretFinding(kind, line: file.line(at: line.lowerBound), words: words))
    }
  }

  private typealias Reader = (ArraySlice<UInt8>) -> ArraySlice<UInt8>?

  private static func form(of file: SearchedFile) -> (SecretFinding.Kind, String, Reader)? {
    switch file.name {
    case ".netrc", "_netrc", "netrc": return (.password, "login of .netrc", netrc)
    case ".pgpass", "pgpass": return (.password, "login of PostgreSQL", pgpass)
    case ".git-credentials": return (.gitCredentials, "login of Git", address)
    case "credentials" where file.path.hasSuffix("/git/credentials"):
      return (.gitCredentials, "login of Git", address)
    case "chap-secrets", "pap-secrets": return (.password, "secret of PPP", { column(2, $0) })
    case "ipsec.secrets": return (.password, "secret of IPsec", ipsec)
    case "sasl_passwd":
      return (
        .password, "login of Postfix",
        { column(1, $0)?.split(separator: UInt8(ascii: ":"), maxSplits: 1).dropFirst().first }
      )
    case "rsyncd.secrets":
      return (
        .password, "secret of rsyncd",
        { $0.split(separator: UInt8(ascii: ":"), maxSplits: 1).dropFirst().first }
      )
    case "passwd.client" where file.path.contains("exim"):
      return (.password, "login of Exim", { $0.split(separator: UInt8(ascii: ":")).dropFirst(2).first })
    case "passwords.dat" where file.path.contains("debconf"):
      return (.password, "password that debconf keeps", debconf)
    default: return nil
    }
  }

  /// The word behind `password`, on the same line (netrc(5)).
  private static func netrc(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
    guard let index = words.firstIndex(where: { $0.elementsEqual("password".utf8) }), index + 1 < words.count
    else { return nil }
    return words[index + 1]
  }

  /// `host:port:database:user:password`; a backslash takes a colon's meaning.
  private static func pgpass(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var fields = 0
    var isEscaped = false
    for position in line.indices {
      if isEscaped {
        isEscaped = false
      } else if line[position] == UInt8(ascii: "\\") {
        isEscaped = true
      } else if line[position] == UInt8(ascii: ":") {
        fields += 1
        if fields == 4 { return line[(position + 1)...] }
      }
    }
    return nil
  }

  /// The password of `https://user:password@host`.
  private static func address(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? { passwordOfURL(line) }

  private static func column(_ index: Int, _ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
    guard index < words.count else { return nil }
    let word = words[index]
    return word.first == UInt8(ascii: "\"") && word.count > 2 ? word.dropFirst().dropLast() : word
  }

  /// `… : PSK "secret"`.
  private static func ipsec(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
    guard let index = words.firstIndex(where: { ["PSK", "XAUTH", "EAP"].contains($0.text) }),
      index + 1 < words.count
    else { return nil }
    return words[index + 1].filter { $0 != UInt8(ascii: "\"") }[...]
  }

  private static func debconf(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    line.starts(with: "Value: ".utf8) ? line.dropFirst(7) : nil
  }
}

/// The password of `scheme://user:password@host` at the start of the bytes.
func passwordOfURL(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
  let scheme = text.prefix(32).prefix { $0 != UInt8(ascii: ":") }
  guard text[scheme.endIndex...].starts(with: "://".utf8) else { return nil }
  let authority = text[(scheme.endIndex + 3)...].prefix(1024).prefix {
    $0 > 0x20 && !"/?#\"'<>`\\,".utf8.contains($0)
  }
  guard let at = authority.lastIndex(of: UInt8(ascii: "@")),
    let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":")), colon + 1 < at
  else { return nil }
  return authority[(colon + 1)..<at]
}

import DiskImages

/// A line of words of which one is a secret, told by the first word: `rocommunity SECRET`.
struct SecretDirective {
  /// Files in which the directive has this meaning.
  private var files: [String]
  /// First words that it begins with, in small letters; empty for every line.
  private var words: Set<String> = []
  /// The word that is the secret, the first word being 0; counted from the end if negative.
  private var field: Int
  /// Whether all that follows belongs to the secret too.
  private var takesRest = false
  /// A word that stands right before the secret, for lines that have several forms.
  private var after: String?
  private var kind = CutMarker.Kind.password

  /// The directives that may stand in a file.
  static func all(for place: CapturedPlace) -> [SecretDirective] {
    known.filter { directive in directive.files.contains { fnmatch(pattern: $0, place.path) } }
  }

  private static let known: [SecretDirective] = [
    SecretDirective(
      files: ["*snmp*"],
      words: ["rocommunity", "rwcommunity", "rocommunity6", "rwcommunity6", "trapcommunity"], field: 1,
      kind: .secret),
    SecretDirective(files: ["*snmp*"], words: ["com2sec", "com2sec6"], field: -1, kind: .secret),
    SecretDirective(
      files: ["*snmp*"], words: ["trapsink", "trap2sink", "informsink"], field: 2, kind: .secret),
    SecretDirective(files: ["*snmp*"], words: ["createuser", "usmuser"], field: 2, takesRest: true),
    SecretDirective(files: ["*grub*"], words: ["password"], field: -1),
    SecretDirective(
      files: ["*ldap*", "*nslcd*"], words: ["bindpw", "rootbindpw"], field: 1, takesRest: true),
    SecretDirective(
      files: ["*redis*", "*valkey*", "*sentinel*"], words: ["requirepass", "masterauth"], field: 1),
    SecretDirective(files: ["*.ks", "*ks.cfg"], words: ["rootpw", "sshpw"], field: -1),
    SecretDirective(files: ["*preseed*", "*.seed"], field: 3, takesRest: true, after: "password"),
    SecretDirective(
      files: ["/var/cache/debconf/passwords.dat*"], words: ["value:"], field: 1, takesRest: true),
    SecretDirective(files: ["*msmtprc"], words: ["password"], field: 1),
    SecretDirective(files: ["*/chap-secrets", "*/pap-secrets"], field: 2),
    SecretDirective(files: ["*/chrony.keys", "*/ntp.keys", "*/ntp/keys"], field: -1, kind: .secret),
    SecretDirective(files: ["*sasl_passwd*", "*/sasl/passwd*"], field: 1),
    SecretDirective(files: ["*/passwd.client"], field: 0),
    SecretDirective(files: ["*/openssl.cnf"], words: ["input_password", "output_password"], field: -1),
  ]

  /// Cuts the secret of a line.
  func cut(_ bytes: [UInt8], _ line: Range<Int>, _ cuts: inout CutList) {
    let fields = self.fields(of: bytes, in: line)
    guard let first = fields.first, bytes[first].first != UInt8(ascii: "#") else { return }
    if !words.isEmpty, !words.contains(String(decoding: bytes[first].prefix(32), as: UTF8.self).lowercased())
    {
      return
    }
    let index = field < 0 ? fields.count + field : field
    guard index < fields.count, index > 0 || field == 0 else { return }
    if let after, !bytes[fields[index - 1]].elementsEqual(after.utf8) { return }
    let end = takesRest ? fields[fields.count - 1].upperBound : fields[index].upperBound
    let value = fields[index].lowerBound..<end
    // Names that everybody knows are no secret, and for others to judge.
    if kind == .secret, ["public", "private"].contains(where: { bytes[value].elementsEqual($0.utf8) }) {
      return
    }
    if bytes[value].starts(with: "--".utf8) { return }
    cutSecret(bytes, value, kind, &cuts)
  }

  private func fields(of bytes: [UInt8], in line: Range<Int>) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var position = line.lowerBound
    while position < line.upperBound, fields.count < 64 {
      if " \t\r;".utf8.contains(bytes[position]) {
        position += 1
        continue
      }
      let quote = bytes[position]
      var end = position + 1
      if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
        while end < line.upperBound, bytes[end] != quote { end += 1 }
        end = min(end + 1, line.upperBound)
      }
      while end < line.upperBound, !" \t\r".utf8.contains(bytes[end]) { end += 1 }
      fields.append(position..<end)
      position = end
    }
    return fields
  }
}

/// Files of words in which the word after `password` is a secret: .netrc and what resembles it, and the keys of name
/// servers.
struct SecretTokens {
  private let names: [String]
  private let crossesLines: Bool
  private var isExpected = false

  /// The scan for a file; nil if the file is none of this kind.
  init?(_ place: CapturedPlace) {
    let netrc = ["*netrc", "*/auth.conf", "*/auth.conf.d/*", "*/.authinfo", "*fetchmailrc"]
    let keys = ["*rndc*", "*named*", "*/bind/*", "*dhcp*", "*tsig*", "*/knot/*", "*/nsd/*"]
    if netrc.contains(where: { fnmatch(pattern: $0, place.path) }) {
      names = ["password", "passwd", "pass"]
      crossesLines = true
    } else if keys.contains(where: { fnmatch(pattern: $0, place.path) }) {
      names = ["secret"]
      crossesLines = false
    } else if place.name.hasPrefix("ipsec.") || place.path.contains("/ipsec.d/") {
      names = ["PSK", "XAUTH", "EAP", "NTLM", "PIN"]
      crossesLines = false
    } else {
      return nil
    }
  }

  /// Cuts the secrets of a line.
  mutating func cut(_ bytes: [UInt8], _ line: Range<Int>, _ cuts: inout CutList) {
    if !crossesLines { isExpected = false }
    var position = line.lowerBound
    while position < line.upperBound {
      if " \t\r;{}".utf8.contains(bytes[position]) {
        position += 1
        continue
      }
      let quote = bytes[position]
      let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
      var end = position + 1
      if isQuoted {
        while end < line.upperBound, bytes[end] != quote { end += 1 }
      } else {
        let stops = isExpected && crossesLines ? " \t\r" : " \t\r;{}"
        while end < line.upperBound, !stops.utf8.contains(bytes[end]) { end += 1 }
      }
      let token = position + (isQuoted ? 1 : 0)..<end
      if isExpected {
        cutSecret(bytes, token, .password, &cuts)
        isExpected = false
      } else {
        isExpected = !isQuoted && names.contains { bytes[token].elementsEqual($0.utf8) }
      }
      position = isQuoted ? end + 1 : end
    }
  }
}

/// How files with one entry a line and fields apart by colons hold hashes and passwords.
enum SecretColumns {
  /// passwd(5), shadow(5), group(5), gshadow(5): the second field.
  case account
  /// opasswd: the fourth field, hashes apart by commas.
  case oldPasswords
  /// smbpasswd(5): third and fourth field.
  case samba
  /// Web servers' password files: the last field.
  case web
  /// The PostgreSQL password file: the fifth field, `\:` is no separator.
  case postgres

  func cut(_ bytes: [UInt8], into cuts: inout CutList) {
    forEachLine(of: bytes) { line in
      if bytes[line].first == UInt8(ascii: "#") { return }
      let fields = self.fields(of: bytes, in: line)
      switch self {
      case .account:
        if fields.count > 1 { cutHash(bytes, fields[1], &cuts) }
      case .oldPasswords:
        if fields.count > 3 {
          // Whatever follows the third colon is hashes, also where a hash holds a colon.
          let rest = fields[3].lowerBound..<line.upperBound
          for part in pieces(of: bytes, in: rest, at: UInt8(ascii: ",")) { cutHash(bytes, part, &cuts) }
        }
      case .samba:
        for field in fields.dropFirst(2).prefix(2) { cutHash(bytes, field, &cuts) }
      case .web:
        if fields.count > 1, let last = fields.last { cutHash(bytes, last, &cuts) }
      case .postgres:
        if fields.count > 4 { cutSecret(bytes, fields[4].lowerBound..<line.upperBound, .password, &cuts) }
      }
    }
  }

  private func fields(of bytes: [UInt8], in line: Range<Int>) -> [Range<Int>] {
    pieces(of: bytes, in: line, at: UInt8(ascii: ":"), escape: self == .postgres)
  }

  private func pieces(
    of bytes: [UInt8], in range: Range<Int>, at separator: UInt8, escape: Bool = false
  ) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = range.lowerBound
    var isEscaped = false
    for position in range {
      if isEscaped {
        isEscaped = false
      } else if escape, bytes[position] == UInt8(ascii: "\\") {
        isEscaped = true
      } else if bytes[position] == separator {
        pieces.append(start..<position)
        start = position + 1
      }
    }
    pieces.append(start..<range.upperBound)
    return pieces
  }
}

/// Cuts the hash of a password field; signs of a lock and words that are no hash stay.
func cutHash(_ bytes: [UInt8], _ field: Range<Int>, _ cuts: inout CutList) {
  var field = field
  while let last = bytes[field].last, last == UInt8(ascii: "\r") || last == UInt8(ascii: " ") {
    field = field.dropLast()
  }
  let hash = bytes[field].drop { $0 == UInt8(ascii: "!") || $0 == UInt8(ascii: "*") }
  if hash.isEmpty || isPasswordWord(hash) || CutMarker.exactly(hash) != nil { return }
  if let crypt = CryptHash(hash) {
    cuts.add(hash.indices, Array(crypt.reduced.utf8))
  } else {
    cuts.add(hash.indices, .unknownHash)
  }
}

/// `x` refers to shadow; `LK*`, `NP*`, `NP` and their like are what other tools write where no password is.
private func isPasswordWord(_ field: ArraySlice<UInt8>) -> Bool {
  if field.elementsEqual("x".utf8) { return true }
  let word = field.last == UInt8(ascii: "*") ? field.dropLast() : field
  return ["LK", "NP", "RL", "UP"].contains { word.elementsEqual($0.utf8) }
}

/// Cuts a value unless it is empty, a marker already, a word that is no secret, or the name of a variable.
///
/// - Parameter isShell: whether `$name` in small letters is a variable and not a password.
func cutSecret(
  _ bytes: [UInt8], _ value: Range<Int>, _ kind: CutMarker.Kind, isShell: Bool = false, _ cuts: inout CutList
) {
  let secret = bytes[value]
  if let hash = CryptHash(secret), hash.prefix != "" {
    if !secret.elementsEqual(hash.reduced.utf8) { cuts.add(value, Array(hash.reduced.utf8)) }
    return
  }
  if let body = bodyOfGRUBHash(secret) {
    // A value that does not begin its line ends before the marker's parenthesis.
    let marker = CutMarker.parse(bytes[body.lowerBound...])
    if let marker, body.count <= marker.length { return }
    if secret[body].allSatisfy(isWordByte) {
      cuts.add(body, .hash)
      return
    }
  }
  if secret.isEmpty || CutMarker.exactly(secret) != nil || isNoSecret(secret, isShell) { return }
  cuts.add(value, kind)
}

/// Salt and hash of `grub.pbkdf2.sha512.ITERATIONS.SALT.HASH`, as GRUB's user.cfg assigns it; nil if it is none.
private func bodyOfGRUBHash(_ secret: ArraySlice<UInt8>) -> Range<Int>? {
  let scheme = Array("grub.pbkdf2.sha512.".utf8)
  guard secret.starts(with: scheme) else { return nil }
  let rest = secret.dropFirst(scheme.count)
  let iterations = rest.prefix(12).prefix { (0x30...0x39).contains($0) }
  guard !iterations.isEmpty, iterations.endIndex < rest.endIndex,
    rest[iterations.endIndex] == UInt8(ascii: ".")
  else { return nil }
  let body = iterations.endIndex + 1..<rest.endIndex
  return body.isEmpty ? nil : body
}

/// Words that configuration files write in place of a secret, and references to variables.
private func isNoSecret(_ value: ArraySlice<UInt8>, _ isShell: Bool) -> Bool {
  if value.count <= 6, plainWords.contains(String(decoding: value, as: UTF8.self).lowercased()) {
    return true
  }
  guard value.first == UInt8(ascii: "$"), let second = value.dropFirst().first else { return false }
  let name = value.dropFirst()
  if second == UInt8(ascii: "{") || second == UInt8(ascii: "(") {
    // One expansion and nothing behind it.
    let close = second == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: ")")
    return name.firstIndex(of: close) == name.endIndex - 1 && name.count <= 80
  }
  return name.allSatisfy { byte in
    isWordByte(byte) && byte != UInt8(ascii: "-") && byte != UInt8(ascii: ".")
      && (isShell || !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte))
  }
}

private let plainWords: Set<String> = [
  "yes", "no", "true", "false", "on", "off", "none", "null", "~", "*", "!", "!!", "x", "0", "1", "ask",
  "prompt",
  "{}", "[]", "r", "random",
]

/// Bytes of which names of settings consist.
func isWordByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
    true
  default: false
  }
}

/// Calls `body` with the range of every line, its line feed left out.
func forEachLine(of bytes: [UInt8], _ body: (Range<Int>) -> Void) {
  var start = 0
  for position in bytes.indices where bytes[position] == UInt8(ascii: "\n") {
    body(start..<position)
    start = position + 1
  }
  if start < bytes.count { body(start..<bytes.count) }
}

/// Finds secrets that have a form of their own, wherever they stand: password hashes of crypt(5) and of GRUB, the
/// password within a URL, tokens whose issuers gave them a prefix to be found by, `Authorization` headers.
struct EmbeddedSecrets {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func cut(into cuts: inout CutList) {
    var position = 0
    while position < bytes.count {
      let byte = bytes[position]
      let end: Int? =
        switch Self.starts[Int(byte)] {
        case .nothing: nil
        case .dollar: cutHash(at: position, &cuts)
        case .colon: cutURL(at: position, &cuts)
        case .token: startsWord(position) ? cutToken(at: position, &cuts) : nil
        }
      position = max(end ?? 0, position + 1)
    }
  }

  private enum Start: UInt8 { case nothing, dollar, colon, token }

  private static let starts: [Start] = {
    var starts = [Start](repeating: .nothing, count: 256)
    for token in tokens { starts[Int(token.prefix[0])] = .token }
    for byte in "gAaBe".utf8 { starts[Int(byte)] = .token }
    starts[Int(UInt8(ascii: "$"))] = .dollar
    starts[Int(UInt8(ascii: ":"))] = .colon
    return starts
  }()

  /// Prefixes that issuers document for their tokens, with the least length of what follows.
  private static let tokens: [(prefix: [UInt8], length: Int)] = [
    ("ghp_", 36), ("gho_", 36), ("ghu_", 36), ("ghs_", 36), ("ghr_", 36), ("github_pat_", 40), ("glpat-", 20),
    ("xoxb-", 20), ("xoxp-", 20), ("xoxa-", 20), ("xoxs-", 20), ("xapp-", 20), ("sk_live_", 20),
    ("rk_live_", 20), ("npm_", 36), ("hvs.", 24), ("hvb.", 24), ("AIza", 35), ("ya29.", 20), ("SG.", 40),
    ("dop_v1_", 60), ("pypi-", 50), ("AGE-SECRET-KEY-1", 50), ("dckr_pat_", 20), ("tskey-", 20),
  ].map { (Array($0.0.utf8), $0.1) }

  private func startsWord(_ position: Int) -> Bool {
    position == 0 || !isWordByte(bytes[position - 1]) || bytes[position - 1] == UInt8(ascii: "-")
  }

  private func cutHash(at position: Int, _ cuts: inout CutList) -> Int? {
    guard let hash = CryptHash(prefixOf: bytes[position...]), hash.isComplete else { return nil }
    let end = position + hash.length
    let body = position + hash.prefix.utf8.count..<end
    if CutMarker.exactly(bytes[body]) == nil { cuts.add(body, .hash) }
    return end
  }

  /// The password in `scheme://user:password@host`, or a long name that is a token itself.
  private func cutURL(at colon: Int, _ cuts: inout CutList) -> Int? {
    guard bytes[colon...].starts(with: "://".utf8), colon > 0, isWordByte(bytes[colon - 1]) else {
      return nil
    }
    let start = colon + 3
    let authority = bytes[start...].prefix(1024).prefix { byte in
      byte > 0x20 && !"/?#\"'<>`\\".utf8.contains(byte)
    }
    guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return nil }
    if let separator = authority[..<at].firstIndex(of: UInt8(ascii: ":")) {
      cutSecret(bytes, separator + 1..<at, .password, isShell: true, &cuts)
    } else if at - start >= 20, bytes[start..<at].allSatisfy({ isWordByte($0) && $0 != UInt8(ascii: ".") }) {
      cuts.add(start..<at, .secret)
    }
    return at
  }

  private func cutToken(at position: Int, _ cuts: inout CutList) -> Int? {
    let rest = bytes[position...]
    switch bytes[position] {
    case UInt8(ascii: "g") where rest.starts(with: "grub.pbkdf2.".utf8):
      return cutGRUBHash(at: position, &cuts)
    case UInt8(ascii: "A"), UInt8(ascii: "a"):
      if rest.dropFirst().starts(with: "uthorization".utf8) { return cutAuthorization(at: position, &cuts) }
    case UInt8(ascii: "e") where rest.starts(with: "eyJ".utf8):
      let token = rest.prefix(while: isWordByte)
      let dots = token.count { $0 == UInt8(ascii: ".") }
      guard dots == 2 || dots == 4, token.count >= 40 else { return token.endIndex }
      cuts.add(token.indices, .secret)
      return token.endIndex
    default: break
    }
    for (prefix, length) in Self.tokens where prefix[0] == bytes[position] && rest.starts(with: prefix) {
      let token = rest.dropFirst(prefix.count).prefix(while: isWordByte)
      guard token.count >= length else { return nil }
      cuts.add(token.indices, .secret)
      return token.endIndex
    }
    return nil
  }

  /// `grub.pbkdf2.sha512.ITERATIONS.SALT.HASH`: the iterations stay.
  private func cutGRUBHash(at position: Int, _ cuts: inout CutList) -> Int? {
    let fields = bytes[position...].prefix(48).split(
      separator: UInt8(ascii: "."), maxSplits: 4, omittingEmptySubsequences: false)
    guard fields.count == 5 else { return nil }
    let body = bytes[fields[4].startIndex...].prefix { isWordByte($0) }
    if !body.isEmpty { cuts.add(body.indices, .hash) }
    return body.endIndex
  }

  /// `Authorization: Basic …` and `Authorization: Bearer …`, also as quoted keys and values.
  private func cutAuthorization(at position: Int, _ cuts: inout CutList) -> Int? {
    var place = position + 13
    while place < bytes.count, " :\"'=\t".utf8.contains(bytes[place]) { place += 1 }
    let scheme = bytes[place...].prefix { isWordByte($0) }
    let names = ["basic", "bearer", "token", "digest"]
    guard scheme.count <= 6, names.contains(String(decoding: scheme, as: UTF8.self).lowercased()) else {
      return place
    }
    let value = bytes[scheme.endIndex...].drop { $0 == UInt8(ascii: " ") }.prefix { byte in
      isBase64Byte(byte) || isWordByte(byte)
    }
    if value.count >= 8 { cuts.add(value.indices, .secret) }
    return value.endIndex
  }
}

/// Forms of tokens that their issuers have published, so that they can be found.
struct TokenForm: Sendable {
  /// `GitHub token`.
  var words: String
  var prefix: [UInt8]
  /// The bytes behind the prefix that belong to the token.
  var alphabet: Alphabet
  /// How many of them; the upper bound is where a longer word is none of these.
  var length: ClosedRange<Int>
  /// Looks closer at what follows the prefix.
  var test: @Sendable (ArraySlice<UInt8>) -> Bool

  enum Alphabet: Sendable { case alphanumeric, hexadecimal, word, dotted, base32, base64 }

  init(
    _ words: String, _ prefix: String, _ alphabet: Alphabet, _ length: ClosedRange<Int>,
    _ test: @escaping @Sendable (ArraySlice<UInt8>) -> Bool = hasVariety
  ) {
    self.words = words
    self.prefix = Array(prefix.utf8)
    self.alphabet = alphabet
    self.length = length
    self.test = test
  }

  static let all: [TokenForm] = [
    // https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
    TokenForm("GitHub token", "ghp_", .alphanumeric, 36...36, hasBase62Checksum),
    TokenForm("GitHub token", "gho_", .alphanumeric, 36...36, hasBase62Checksum),
    TokenForm("GitHub token", "ghu_", .alphanumeric, 36...36, hasBase62Checksum),
    TokenForm("GitHub token", "ghs_", .alphanumeric, 36...36, hasBase62Checksum),
    TokenForm(
      "GitHub token", "ghr_", .alphanumeric, 36...76,
      { $0.count == 76 ? hasVariety($0) : hasBase62Checksum($0) }),
    TokenForm(
      "GitHub token", "github_pat_", .word, 82...82,
      { $0[$0.startIndex + 22] == UInt8(ascii: "_") && hasVariety($0) }),
    // https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/
    TokenForm("npm token", "npm_", .alphanumeric, 36...36, hasBase62Checksum),
    TokenForm("GitLab token", "glpat-", .dotted, 20...300),
    TokenForm("GitLab token", "glrt-", .dotted, 20...300),
    TokenForm("GitLab token", "gldt-", .dotted, 20...300),
    TokenForm("GitLab token", "glptt-", .hexadecimal, 40...40),
    TokenForm("GitLab token", "glcbt-", .dotted, 20...300),
    TokenForm("Slack token", "xoxb-", .word, 40...120, hasSlackNumbers),
    TokenForm("Slack token", "xoxp-", .word, 40...120, hasSlackNumbers),
    TokenForm("Slack token", "xoxa-", .word, 40...120, hasSlackNumbers),
    TokenForm("Slack token", "xapp-", .word, 60...160, { $0.first == UInt8(ascii: "1") && hasVariety($0) }),
    TokenForm("Slack web hook", "hooks.slack.com/services/T", .dotted, 8...12, { _ in true }),
    TokenForm("Stripe key", "sk_live_", .alphanumeric, 24...120),
    TokenForm("Stripe key", "rk_live_", .alphanumeric, 24...120),
    TokenForm("Google API key", "AIza", .word, 35...35),
    TokenForm("Google OAuth secret", "GOCSPX-", .word, 28...28),
    TokenForm(
      "SendGrid key", "SG.", .dotted, 66...66,
      { $0[$0.startIndex + 22] == UInt8(ascii: ".") && hasVariety($0) }),
    TokenForm("PyPI token", "pypi-", .word, 80...300, isPyPIMacaroon),
    TokenForm("Vault token", "hvs.", .word, 24...300), TokenForm("Vault token", "hvb.", .word, 24...400),
    TokenForm("DigitalOcean token", "dop_v1_", .hexadecimal, 64...64),
    TokenForm("Docker Hub token", "dckr_pat_", .word, 27...27),
    TokenForm("Tailscale key", "tskey-auth-", .word, 20...80),
    TokenForm("Tailscale key", "tskey-api-", .word, 20...80),
    TokenForm("age key", "AGE-SECRET-KEY-1", .base32, 58...58, hasBech32Checksum),
    TokenForm("Databricks token", "dapi", .hexadecimal, 32...32),
    TokenForm("OpenAI key", "sk-", .word, 48...200, { $0.text.contains("T3BlbkFJ") }),
    TokenForm("Anthropic key", "sk-ant-", .word, 90...130),
    TokenForm("Hugging Face token", "hf_", .alphanumeric, 34...34),
    TokenForm("Shopify token", "shpat_", .hexadecimal, 32...32),
    TokenForm(
      "Grafana token", "glsa_", .word, 41...41,
      { $0[$0.startIndex + 32] == UInt8(ascii: "_") && hasVariety($0) }),
    TokenForm("RubyGems key", "rubygems_", .hexadecimal, 48...48),
    TokenForm("Azure storage key", "AccountKey=", .base64, 88...88, isAzureStorageKey),
    TokenForm(
      "Azure shared access key", "SharedAccessKey=", .base64, 43...44,
      { decodeBase64($0).count == 32 && hasVariety($0) }),
  ]

  func holds(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "a")...UInt8(ascii: "f"): alphabet != .base32
    case UInt8(ascii: "A")...UInt8(ascii: "F"): alphabet != .hexadecimal
    case UInt8(ascii: "g")...UInt8(ascii: "z"): alphabet != .hexadecimal && alphabet != .base32
    case UInt8(ascii: "G")...UInt8(ascii: "Z"): alphabet != .hexadecimal
    case UInt8(ascii: "_"), UInt8(ascii: "-"): alphabet == .word || alphabet == .dotted
    case UInt8(ascii: "."): alphabet == .dotted
    case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): alphabet == .base64
    default: false
    }
  }
}

/// Whether the text varies as something random does: at least a quarter of its length, and eight, different characters.
func hasVariety(_ text: ArraySlice<UInt8>) -> Bool {
  let upper = text.prefix(200).map { $0 & 0xdf }
  if ["EXAMPLE", "XXXX"].contains(where: { String(decoding: upper, as: UTF8.self).contains($0) }) {
    return false
  }
  return Set(text.prefix(200)).count >= max(8, min(16, text.count / 4))
}

/// The last six characters are the CRC-32 of the others, in base 62.
func hasBase62Checksum(_ text: ArraySlice<UInt8>) -> Bool {
  guard text.count == 36 else { return false }
  var value: UInt64 = 0
  for byte in text.suffix(6) {
    guard let digit = base62.firstIndex(of: byte) else { return false }
    value = value * 62 + UInt64(digit)
  }
  return value == UInt64(crc32(text.dropLast(6)))
}

private let base62 = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

/// CRC-32 as of ISO 3309.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  var value: UInt32 = 0xffff_ffff
  for byte in bytes {
    value ^= UInt32(byte)
    for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
  }
  return ~value
}

/// `123456789012-…`: numbers of the workspace and the app stand first.
private func hasSlackNumbers(_ text: ArraySlice<UInt8>) -> Bool {
  let parts = text.split(separator: UInt8(ascii: "-"))
  guard parts.count >= 3, let first = parts.first, (9...14).contains(first.count) else { return false }
  return first.allSatisfy { (0x30...0x39).contains($0) } && hasVariety(text)
}

/// A macaroon of version 2 whose location is pypi.org or test.pypi.org.
private func isPyPIMacaroon(_ text: ArraySlice<UInt8>) -> Bool {
  let standard = text.map {
    $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0
  }
  let macaroon = decodeBase64(standard)
  guard macaroon.count > 40, macaroon[0] == 2, macaroon[1] == 1 else { return false }
  return macaroon[3...].starts(with: "pypi.org".utf8) || macaroon[3...].starts(with: "test.pypi.org".utf8)
}

/// 64 bytes, and not the published key of the storage emulator.
private func isAzureStorageKey(_ text: ArraySlice<UInt8>) -> Bool {
  decodeBase64(text).count == 64 && hasVariety(text) && !text.starts(with: "Eby8vdM02xNOcqFlqUwJPLlm".utf8)
}

/// The checksum of BIP 173 over `age-secret-key-` and what follows.
func hasBech32Checksum(_ text: ArraySlice<UInt8>) -> Bool {
  let alphabet = Array("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".utf8)
  let prefix = Array("age-secret-key-".utf8)
  var values = prefix.map { $0 >> 5 } + [0] + prefix.map { $0 & 31 }
  for byte in text {
    guard let value = alphabet.firstIndex(of: byte) else { return false }
    values.append(UInt8(value))
  }
  let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
  var checksum: UInt32 = 1
  for value in values {
    let top = checksum >> 25
    checksum = (checksum & 0x1ff_ffff) << 5 ^ UInt32(value)
    for bit in 0..<5 where top >> UInt32(bit) & 1 == 1 { checksum ^= generator[bit] }
  }
  return checksum == 1
}

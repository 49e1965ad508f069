/// Whether a value stands for a secret that somebody is to fill in, or that is filled in when it is used.
func isPlaceholder(_ value: ArraySlice<UInt8>) -> Bool {
  guard let first = value.first, let last = value.last else { return true }
  // Longer ones are no words that people put in for a secret.
  if value.count > 4096 { return false }
  // Variables and templates: `$NAME`, `${NAME}`, `{{ name }}`, `%NAME%`, `<name>`, `@NAME@`, `[name]`.
  if first == UInt8(ascii: "$") { return CryptHash(value) == nil }
  if first == UInt8(ascii: "%"), last == UInt8(ascii: "%") { return true }
  if first == UInt8(ascii: "@"), last == UInt8(ascii: "@") { return true }
  if first == UInt8(ascii: "<") || first == UInt8(ascii: "[") || first == UInt8(ascii: "(") { return true }
  if value.allSatisfy({ $0 == first }) { return true }
  // What begins with a mark of inclusion names a place: `!vault`, `file:…`, `env:…`, `vault:…`.
  if first == UInt8(ascii: "!") || first == UInt8(ascii: "*") || first == UInt8(ascii: "&") { return true }
  let text = value.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
  if exactPlaceholders.contains(String(decoding: text, as: UTF8.self)) { return true }
  if beginningsOfPlaceholders.contains(where: { text.starts(with: $0) }) { return true }
  for position in text.indices {
    guard let parts = partsOfPlaceholders[text[position]] else { continue }
    for part in parts where text[position...].starts(with: part) {
      if text.count <= longestWord || part.count > 6 || standsAlone(part, at: position, in: text) {
        return true
      }
    }
  }
  return false
}

/// In longer values a word of few letters comes about by chance: keys and tokens are random.
private let longestWord = 24

/// Whether no letter or digit touches the word; what begins with a sign needs no neighbours.
private func standsAlone(_ word: [UInt8], at start: Int, in text: [UInt8]) -> Bool {
  func isWordByte(_ position: Int) -> Bool {
    guard text.indices.contains(position) else { return false }
    return (0x61...0x7a).contains(text[position]) || (0x30...0x39).contains(text[position])
  }
  guard let first = word.first, (0x61...0x7a).contains(first) else { return true }
  return !isWordByte(start - 1) && !isWordByte(start + word.count)
}

private let beginningsOfPlaceholders = [
  "your", "my-", "my_", "insert", "enter", "replace", "file:", "env:", "vault:", "secretref",
].map { Array($0.utf8) }

private let exactPlaceholders: Set<String> = [
  "password", "passwd", "pass", "pw", "secret", "token", "key", "none", "null", "nil", "true", "false", "yes",
  "no",
  "on", "off", "ask", "prompt", "default", "string", "str", "text", "optional", "required", "empty",
  "undefined",
  "user", "username", "files", "compat", "system", "disabled", "enabled", "unset", "random", "r", "x", "test",
  "foo",
  "bar", "foobar", "sufficient", "requisite", "include", "api_key", "apikey", "access_token", "keyring",
  "store",
]

/// By their first byte.
private let partsOfPlaceholders = Dictionary(
  grouping: [
    "example", "changeme", "change_me", "change-me", "placeholder", "xxxx", "****", "${", "$(", "{{", "<%",
    "%(", "...",
    "dummy", "redacted", "todo", "fixme", "sample", "cut-by-brinell", "not-a-real", "notarealkey", "your_",
    "your-",
    "-here", "_here", "getenv", "environ", "mysecret", "mypassword", "s3cr3t", "secretpassword", "fake",
  ].map { Array($0.utf8) }, by: { $0[0] })

import Evidence
import Facts
import Testing

/// A file in one format, as text.
func document(_ text: String, _ format: ConfigFormat) throws -> ConfigDocument {
  try format.parse(TextFile(path: "/etc/x", bytes: Array(text.utf8)))
}

/// What a tree has at a dotted path.
func texts(_ text: String, _ format: ConfigFormat, _ path: String) throws -> [String]? {
  guard case .tree(let tree) = try document(text, format) else { return nil }
  return tree.value(at: path.split(separator: ".").map(String.init))?.texts
}

@Suite struct FlatFormatTests {
  private func pairs(_ text: String, _ format: ConfigFormat) throws -> [String] {
    guard case .assignments(let all) = try document(text, format) else { return [] }
    return all.map { "\($0.section)/\($0.key)=\($0.value)@\($0.line)" }
  }

  @Test func ini() throws {
    let text = """
      top = 1
      ; comment
      [ domain/LDAP ]
      uri = ldaps://a,
        ldaps://b
      # comment
      colon: yes
      flag
      [empty]
      = nokey
      """
    #expect(
      try pairs(text, .ini) == [
        "/top=1@1", "domain/LDAP/uri=ldaps://a, ldaps://b@4", "domain/LDAP/colon=yes@7",
        "domain/LDAP/flag=@8",
      ])
  }

  @Test(arguments: [
    ("A=b", "A", "b"), ("a = b # c", "a", "b"), ("a b", "a", "b"), ("a: b", "a", "b"), ("a\tb c", "a", "b c"),
    ("a='b # c' # d", "a", "b # c"), ("a=\"\"", "a", ""), ("export A=1", "A", "1"), ("a=b#c", "a", "b#c"),
    ("a", "a", ""), ("a=\"open", "a", "\"open"),
  ]) func keyValue(_ line: String, _ key: String, _ value: String) throws {
    #expect(try pairs("# x\n\n" + line, .keyValue) == ["/\(key)=\(value)@3"])
  }

  @Test func systemd() throws {
    #expect(
      try pairs("[Journal]\n#Storage=auto\nStorage=a\\\n  b\n;x\nStorage=\nnonsense\n", .systemd)
        == ["Journal/Storage=a b@3", "Journal/Storage=@6"])
  }

  @Test func manyLinesAreRead() throws {
    let text = String(repeating: "[s]\nk=v\n  more\n", count: 50_000)
    #expect(try pairs(text, .ini).count == 50_000)
  }
}

@Suite struct JSONFormatTests {
  @Test(
    arguments: [
      ("{\"a\": {\"b\": [1, true, null, \"x\"]}}", "a.b", ["1", "true", "x"]),
      ("{\"a\": 1, \"a\": 2}", "a", ["2"]),
      ("// c\n{ /* d */ \"a\": \"\\u00e9\\ud83d\\ude00\\n\\\"\", }", "a", ["é😀\n\""]),
      ("{\"a\": [{\"b\": -1.5e3}]}", "a.0.b", ["-1.5e3"]),
      ("{\"a\": null}", "a", []),
      ("{\"a.b\": 1}", "a", nil),
    ] as [(String, String, [String]?)])
  func values(_ text: String, _ path: String, _ expected: [String]?) throws {
    #expect(try texts(text, .json, path) == expected)
  }

  @Test(arguments: [
    "", "{", "{\"a\"", "{\"a\":}", "{\"a\":1", "[1,2", "{\"a\":1} x", "{a:1}", "{\"a\":\"",
    "{\"a\":\"\\u12\"}",
    "/* open", "tru", "{\"a\":1e}", "/",
  ]) func malformed(_ text: String) { #expect(throws: ConfigError.self) { try document(text, .json) } }

  @Test func depthAndLinesAreBounded() throws {
    #expect(throws: ConfigError.self) { try document(String(repeating: "[", count: 100_000), .json) }
    guard case .tree(let tree) = try document("{\n\"a\":\n\n1}", .json) else { return }
    #expect(tree["a"]?.line == 4)
  }
}

@Suite struct YAMLFormatTests {
  @Test(
    arguments: [
      ("a:\n  b: [1, yes, ~, 'null']\n", "a.b", ["1", "yes", "null"]),
      ("base: &x {k: 1, l: 2}\na:\n  <<: *x\n  l: 3\n", "a.l", ["3"]),
      ("base: &x {k: 1, l: 2}\na:\n  <<: *x\n  l: 3\n", "a.k", ["1"]),
      ("a: |\n  [loggers]\n  x\n", "a", ["[loggers]\nx\n"]),
      ("- a\n- b: c\n", "1.b", ["c"]),
      ("", "a", nil),
      ("a:\n", "a", []),
    ] as [(String, String, [String]?)])
  func values(_ text: String, _ path: String, _ expected: [String]?) throws {
    #expect(try texts(text, .yaml, path) == expected)
  }

  @Test(arguments: ["a: [", "a: b: c", "a: 1\na: 2", "a: *nowhere", "\t- x", "a: 1\n---\nb: 2", "a: \"\\q\""])
  func malformed(_ text: String) { #expect(throws: ConfigError.self) { try document(text, .yaml) } }

  @Test func aliasesThatExplodeAreRefused() {
    var text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
    for level in 1..<12 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(throws: ConfigError.self) { try document(text, .yaml) }
  }

  @Test func starsThatAreNoAliasesDoNotCount() throws {
    let text = "a: &x 1\nb:\n" + String(repeating: "  - '*.example'\n  - \"** & **\"\n", count: 100)
    #expect(try texts(text, .yaml, "b")?.count == 200)
  }

  @Test func depthIsBounded() {
    #expect(throws: ConfigError.self) { try document(String(repeating: "[", count: 20_000), .yaml) }
    #expect(throws: ConfigError.self) {
      try document(String(repeating: "[", count: 500) + String(repeating: "]", count: 500), .yaml)
    }
    let block = (0..<200).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(throws: ConfigError.self) { try document(block, .yaml) }
  }
}

@Suite struct TOMLFormatTests {
  private let text = """
    # containerd
    version = 2
    title = "a \\"b\\" \\u00e9"
    path = 'C:\\x'
    [plugins."io.containerd.grpc.v1.cri"]
      enabled = true # yes
      list = [ "a",
        "b", ]  # end
      inline = { x = 1, y.z = "w" }
    [plugins.other]
    when = 2024-01-01 00:00:00Z # then
    [[servers]]
    name = "one"
    [[servers]]
    name = "two"
    [servers.sub]
    k = \"\"\"
    first \\
       second\"\"\"
    """

  @Test(arguments: [
    (["version"], ["2"]), (["title"], ["a \"b\" é"]), (["path"], ["C:\\x"]),
    (["plugins", "io.containerd.grpc.v1.cri", "enabled"], ["true"]),
    (["plugins", "io.containerd.grpc.v1.cri", "list"], ["a", "b"]),
    (["plugins", "io.containerd.grpc.v1.cri", "inline", "y", "z"], ["w"]),
    (["plugins", "other", "when"], ["2024-01-01 00:00:00Z"]), (["servers", "1", "name"], ["two"]),
    (["servers", "1", "sub", "k"], ["first second"]),
  ]) func values(_ path: [String], _ expected: [String]) throws {
    guard case .tree(let tree) = try document(text, .toml) else { return }
    #expect(tree.value(at: path)?.texts == expected)
  }

  @Test(arguments: [
    "a", "a =", "= 1", "a = 1 b = 2", "a = 1\na = 2", "[a", "a = [1", "a = \"x", "a = \"\"\"x", "a = {x = 1",
    "a = 1\n[a]\nb = 1", "a = 1\n[[a]]", "a = '\n'", "a = \"\\u12\"",
  ]) func malformed(_ text: String) { #expect(throws: ConfigError.self) { try document(text, .toml) } }

  @Test func depthIsBounded() {
    #expect(throws: ConfigError.self) { try document("a = " + String(repeating: "[", count: 100_000), .toml) }
    #expect(throws: ConfigError.self) {
      try document(Array(repeating: "a", count: 10_000).joined(separator: ".") + " = 1", .toml)
    }
  }
}

@Suite struct XMLFormatTests {
  private let text = """
    <?xml version="1.0"?>
    <!DOCTYPE busconfig PUBLIC "x" "y">
    <!-- comment > -->
    <busconfig a='1 &lt; 2'>
      <policy user="root"><allow own="x"/></policy>
      <policy context="default">text &#x41;&amp;<![CDATA[<b>]]></policy>
      <type> system </type>
    </busconfig>
    """

  @Test(
    arguments: [
      ("busconfig.@a", ["1 < 2"]), ("busconfig.policy.0.allow.@own", ["x"]),
      ("busconfig.policy.1.@context", ["default"]),
      ("busconfig.policy.1.#text", ["text A&<b>"]), ("busconfig.type", ["system"]), ("busconfig.none", nil),
    ] as [(String, [String]?)])
  func values(_ path: String, _ expected: [String]?) throws {
    #expect(try texts(text, .xml, path) == expected)
  }

  @Test(arguments: [
    "", "text", "<a>", "<a></b>", "</a>", "<a", "<a b>", "<a b=c/>", "<a b='x/>", "<a>&evil;</a>",
    "<a>&#xffffffff;</a>",
    "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "<!-- open", "<a>&amp</a>", "<![CDATA[x",
  ]) func malformed(_ text: String) { #expect(throws: ConfigError.self) { try document(text, .xml) } }

  @Test func depthIsBounded() {
    #expect(throws: ConfigError.self) { try document(String(repeating: "<a>", count: 100_000), .xml) }
  }
}

@Suite struct SystemdValuesTests {
  @Test(
    arguments: [
      ("90", 90), ("5min", 300), ("1h 30m", 5400), ("1month", 2_629_800), ("2 weeks", 1_209_600),
      ("100ms", 0),
      ("infinity", .max), ("1.5h", 5400), ("x", nil), ("", nil), ("5 parsecs", nil), ("5min x", nil),
    ] as [(String, Int?)])
  func timeSpans(_ text: String, _ expected: Int?) { #expect(SystemdValues.seconds(text) == expected) }

  @Test(
    arguments: [
      ("10", 10), ("1K", 1024), ("2G", 2 << 30), ("1.5M", 3 << 19), ("0", 0), ("x", nil), ("1X", nil),
      ("", nil),
      ("99999999999999999999E", nil),
    ] as [(String, Int?)])
  func sizes(_ text: String, _ expected: Int?) { #expect(SystemdValues.bytes(text) == expected) }

  @Test(
    arguments: [("YES", true), ("on", true), ("1", true), ("off", false), ("0", false), ("auto", nil)]
      as [(String, Bool?)])
  func truthValues(_ text: String, _ expected: Bool?) { #expect(SystemdValues.boolean(text) == expected) }
}

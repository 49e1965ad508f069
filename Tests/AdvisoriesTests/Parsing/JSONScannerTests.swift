import Testing

@testable import Advisories

struct JSONScannerTests {
  private static func scanner(_ text: String) -> JSONScanner {
    JSONScanner(bytes: Array(text.utf8), name: "f")
  }

  @Test(arguments: [
    (#""plain""#, "plain"), (#"  "\u00e4\n\/\"\\""#, "ä\n/\"\\"), (#""\ud83d\ude00""#, "😀"),
    (#""\ud83d""#, "\u{fffd}"),
    (#""\uzzzz""#, "\u{fffd}zzzz"), ("\u{feff}\"bom\"", "bom"),
  ])
  func readsStrings(text: String, value: String) throws {
    var scanner = Self.scanner(text)
    #expect(try scanner.text() == value)
    try scanner.finish()
  }

  @Test func cutsLongStringsBetweenCharacters() throws {
    var scanner = Self.scanner(#"["aää","\u00e4\u00e4\u00e4"]"#)
    try scanner.beginList()
    #expect(try scanner.nextElement() && scanner.text(limit: 2) == "a")
    #expect(try scanner.nextElement() && scanner.text(limit: 3) == "ä")
    #expect(try !scanner.nextElement())
  }

  @Test func skipsAnyValue() throws {
    var scanner = Self.scanner(#"{"a":[1,{"b":"]}"},-1e5],"c":null,"d":"x"}"#)
    try scanner.beginObject()
    var keys: [String] = []
    while let key = try scanner.nextKey() {
      keys.append(key)
      try scanner.skip()
    }
    #expect(keys == ["a", "c", "d"])
  }

  @Test(arguments: [
    #"{"a" 1}"#, #"{"a":1 "b":2}"#, "{,}", #"{"a":}"#, #"{"a":1,}"#, "{1:2}", #"{"a":?}"#,
  ])
  func refusesWhatIsNoJSON(text: String) {
    #expect(throws: AdvisoryError.self) {
      var scanner = Self.scanner(text)
      try scanner.beginObject()
      while try scanner.nextKey() != nil { try scanner.skip() }
    }
  }

  @Test func costsNoStackForDeepNesting() throws {
    var scanner = Self.scanner(
      String(repeating: "[", count: 1_000_000) + String(repeating: "]", count: 1_000_000))
    try scanner.skip()
    try scanner.finish()
  }

  @Test func refusesWhatFollows() {
    #expect(throws: AdvisoryError.self) {
      var scanner = Self.scanner("{} x")
      try scanner.skip()
      try scanner.finish()
    }
  }
}

struct AdvisoryTextTests {
  @Test(
    arguments: [
      ("2026-07-11", "2026-07-11"), ("2025-02-25T20:33:53.3676Z", "2025-02-25"), ("0", "1970-01-01"),
      ("951782400", "2000-02-29"), ("1593505741", "2020-06-30"), ("yesterday", nil), ("", nil),
      ("2026/07/11", nil),
    ] as [(String, String?)])
  func readsDays(text: String, day: String?) {
    #expect(AdvisoryText.day(text) == day)
  }

  @Test(arguments: [
    ("CVE-2024-0001", ["CVE-2024-0001"]),
    ("xcve-2024-12345,CVE-2024-0002.", ["CVE-2024-12345", "CVE-2024-0002"]),
    ("CVE-2024-001", []), ("CVE-20240001", []), ("CVE-2024-" + String(repeating: "1", count: 30), []),
  ])
  func findsCVEs(text: String, cves: [String]) {
    #expect(AdvisoryText.cves(in: text) == cves)
  }
}

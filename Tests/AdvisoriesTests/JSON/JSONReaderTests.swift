import Advisories
import Testing

@Suite struct JSONReaderTests {
  private func strings(_ text: String) throws -> [String] {
    var json = JSONReader(Array(text.utf8))
    let result = try json.strings()
    try json.end()
    return result
  }

  @Test(arguments: [
    (#"["a","b"]"#, ["a", "b"]), (#""alone""#, ["alone"]), ("[]", []),
    (#" [ 1.5e3 , "x" ] "#, ["1.5e3", "x"]),
    (#"["\u00e9\n\"\\\/","\ud83d\ude00"]"#, ["é\n\"\\/", "😀"]), (#"["\ud83d"]"#, ["\u{fffd}"]),
    (#"[null,true,{"a":[1,{}]},"z"]"#, ["z"]), ("\u{feff}[\"bom\"]", ["bom"]),
  ])
  func reads(_ text: String, _ expected: [String]) throws {
    #expect(try strings(text) == expected)
  }

  @Test(arguments: [
    "", "[", #"["a""#, #"["a","#, #"["a"#, #"["a\"#, #"["\u12"]"#, #"["\x"]"#, "[1 2]", "{\"a\" 1}", "{1:2}",
    "[tru]", "[] []", String(repeating: "[", count: 100_000), "[\"a\"}", "{\"a\":1]", "[,]", "\u{0}\u{1}",
  ])
  func refuses(_ text: String) {
    #expect(throws: JSONError.self) { try strings(text) }
  }

  @Test func everyPrefixOfARecordIsCutOff() {
    let text = #"{"id":"A\u00e9","x":[1,{"y":null}],"z":"\"end"}"#
    for length in 0..<text.utf8.count {
      var json = JSONReader(Array(text.utf8.prefix(length)))
      #expect(throws: JSONError.self) { try json.skip() }
    }
  }
}

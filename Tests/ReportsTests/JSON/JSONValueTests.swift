import Testing

@testable import Reports

@Suite struct JSONValueTests {
  private struct Example: Encodable {
    var second = "b"
    var first = 1
    var list: [Int] = [1, 2]
    var absent: Int?
    var counts = ["z": 1, "a": 2, "not_applicable_key": 3]
    var nested: [Inner] = [Inner()]

    struct Inner: Encodable {
      var ratio = 0.5
      var whole = 3.0
      var isTrue = true
      var text = "q\"\\\n\t\u{1b}\u{85}\u{202e}ä"
    }
  }

  @Test func keepsTheOrderOfMembersAndSortsDictionaries() throws {
    #expect(
      try JSONValue(encoding: Example()).text == """
        {
          "second": "b",
          "first": 1,
          "list": [1, 2],
          "counts": {"a": 2, "not_applicable_key": 3, "z": 1},
          "nested": [
            {"ratio": 0.5, "whole": 3, "isTrue": true, "text": "q\\"\\\\\\n\\t\\u001b\\u0085\\u202eä"}
          ]
        }

        """)
  }

  @Test func emptyContainersStayOnOneLine() throws {
    #expect(try JSONValue(encoding: [String: Int]()).text == "{}\n")
    #expect(try JSONValue(encoding: [Int]()).text == "[]\n")
    #expect(JSONValue.number(.infinity).text == "null\n")
  }
}

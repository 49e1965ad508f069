import TestSupport
import Testing

@testable import Baselines

struct YAMLFileTests {
  private func problem(_ text: String) -> String { problem(Array(text.utf8)) }

  private func problem(_ bytes: [UInt8]) -> String {
    do {
      _ = try YAMLFile.parse(bytes, name: "f.yaml")
      return ""
    } catch {
      return error.description
    }
  }

  @Test func scalarsStayAsWritten() throws {
    let node = try YAMLFile.parse(
      Array("{a: 0644, b: no, c: 1.10, d: \"\", e: , f: 'x', g: ~}".utf8), name: "f")
    let texts = node.entries?.map { $0.value.text }
    #expect(texts == ["0644", "no", "1.10", "", nil, "x", "~"])
    #expect(node.entry("b")?.place == SourcePlace(file: "f", line: 1, column: 11))
  }

  @Test(arguments: [
    ("", "f.yaml:1:1: the file is empty"),
    ("# only a comment\n", "f.yaml:1:1: the file is empty"),
    ("a: 1\n---\nb: 2\n", "f.yaml:2:1: found another document"),
    ("a: 1\nb: 2\na: 3\n", "f.yaml:1:1: written twice in one mapping: 'a'"),
    ("a:\n  - b\n c: d\n", "f.yaml:3:2: while parsing a block mapping: did not find expected key"),
    ("a: [1, 2\n", "f.yaml:2:1: while parsing a flow sequence: did not find expected ',' or ']'"),
    ("a: 'x\n", "f.yaml:2:1: while scanning a quoted scalar: found unexpected end of stream"),
    ("a: \tb: c\n", "f.yaml:1:6: mapping values are not allowed in this context"),
    ("? [a, b]\n: c\n", "f.yaml:1:3: a key has to be text"),
    ("a: !!binary Zm9v\n", "f.yaml:1:4: the tag 'tag:yaml.org,2002:binary' is not part of the language"),
    ("a: !ruby/object {}\n", "f.yaml:1:4: the tag '!ruby/object' is not part of the language"),
    ("a: *b\n", "f.yaml:1:4: found undefined alias"),
    ("a: \u{1}\n", "f.yaml:1:1: control characters are not allowed"),
  ])
  func problems(text: String, message: String) {
    #expect(problem(text) == message)
  }

  @Test func notUTF8() {
    #expect(problem(Array("a: b\nc: ".utf8) + [0xff, 0xfe]) == "f.yaml:2:1: the file is not UTF-8")
    #expect(problem([0x80]).hasSuffix("the file is not UTF-8"))
  }

  @Test func anchorsAreRefused() {
    #expect(
      problem("a: 1\nb: &x [c]\n")
        == "f.yaml:2:4: anchors and aliases are not part of the language; use values, extends or a library")
  }

  /// Nine levels of nine aliases each: a billion elements.
  @Test(arguments: [false, true]) func aliasesThatExplode(asKey: Bool) {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      text +=
        "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
        + "]\n"
    }
    if asKey { text += "? *a9\n: x\n" }
    let elapsed = ThreadClock.measure {
      #expect(problem(text).contains("anchors and aliases are not part of the language"))
    }
    #expect(elapsed < .seconds(1))
  }

  @Test func starsInTextAreNoAliases() {
    let stars = (0..<40).map { "t\($0): a *bold* word, rm -rf *x and *y\n" }.joined()
    #expect(problem(stars).isEmpty)
  }

  @Test(arguments: ["[", "{a: ", "- ", "? "]) func deepNesting(opening: String) {
    #expect(!problem(String(repeating: opening, count: 100_000)).isEmpty)
    #expect(!problem(String(repeating: opening, count: 900) + "x").isEmpty)
  }

  @Test func moderateNestingIsTooDeepToo() {
    let text = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
    #expect(problem(text) == "f.yaml:1:34: values lie more than 32 levels deep")
  }

  @Test func tenMegabytes() {
    let elapsed = ThreadClock.measure {
      let text = "checks:\n" + String(repeating: "  - {id: a.b, title: c}\n", count: 430_000)
      #expect(problem(text) == "f.yaml:1:1: the file is larger than 1 MiB")
    }
    #expect(elapsed < .seconds(1))
  }

  @Test func manySmallValues() {
    let text = "a: [" + String(repeating: "x,", count: 150_000) + "]"
    #expect(problem(text).hasSuffix("the file has more than 100000 values"))
  }

  @Test func aFolderOrNothingIsNotAFile() {
    #expect(throws: BaselineProblem(nil, "/nonexistent.yaml: no such file")) {
      try YAMLFile.read("/nonexistent.yaml")
    }
    #expect(throws: BaselineProblem(nil, "/tmp: a folder, not a file")) { try YAMLFile.read("/tmp") }
  }
}

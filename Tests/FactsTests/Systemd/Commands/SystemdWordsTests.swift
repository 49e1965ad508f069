import TestSupport
import Testing

@testable import Facts

@Suite struct SystemdWordsTests {
  @Test(arguments: [
    ("a b\tc", ["a", "b", "c"]), ("  a  ", ["a"]), ("", []), ("\"a b\" 'c d'", ["a b", "c d"]),
    ("a'b c'd", ["ab cd"]), ("''", [""]), ("\"'\"", ["'"]), ("'a\\'b'", ["a'b"]),
    ("a\\sb\\x41\\101\\t\\u00e9", ["a bAA\té"]), ("\\\\u", ["\\u"]), ("a\\d", ["a\\d"]), ("a\\", ["a\\"]),
    ("\\x00 \\000 \\xg1", ["\\x00", "\\000", "\\xg1"]),
    ("\\U0001f600 \\ud800 \\U00110000", ["😀", "\\ud800", "\\U00110000"]),
    ("\\777 \\8", ["\\777", "\\8"]),
  ])
  func wordsOfACommand(_ text: String, _ expected: [String]) throws {
    #expect(try SystemdWords.commands(text) == [expected])
    #expect(try SystemdWords.split(text, .relaxed) == expected)
  }

  @Test(arguments: [
    ("/a ; /b", [["/a"], ["/b"]]), ("/a \\; /b", [["/a", ";", "/b"]]), ("/a; /b", [["/a;", "/b"]]),
    ("; /a ;", [[], ["/a"], []]), ("/a ';' /b", [["/a", ";", "/b"]]),
  ])
  func semicolonsPartCommands(_ text: String, _ expected: [[String]]) throws {
    #expect(try SystemdWords.commands(text) == expected)
  }

  @Test(arguments: ["\"a", "a 'b c", "a 'b\\", "\"a\\\""]) func openQuotes(_ text: String) {
    #expect(throws: SystemdWords.Malformed.self) { try SystemdWords.commands(text) }
  }

  @Test(arguments: [("a \\d", ["a"]), ("a b \"c", ["a", "b"]), ("a\\", [])])
  func whatStandsBeforeAMistake(_ text: String, _ expected: [String]) throws {
    let mistake = try #require(throws: SystemdWords.Malformed.self) { try SystemdWords.split(text, .strict) }
    #expect(mistake.words == expected)
  }

  /// Values that `$NAME` stands for.
  @Test(arguments: [
    ("-a 'b c' \"d", ["-a", "b c", "d"]), ("a\\ b", ["a b"]), ("\\n", ["n"]), ("a\\", ["a"]),
    ("\n a \n", ["a"]),
  ])
  func plainWords(_ text: String, _ expected: [String]) throws {
    #expect(try SystemdWords.split(text, .plain) == expected)
  }

  @Test func longValuesAreReadInOnePass() throws {
    let start = ThreadClock.now
    let text = String(repeating: "a ", count: 200_000) + String(repeating: "\\x41'", count: 100_000)
    #expect(try SystemdWords.split(text, .plain).count == 200_001)
    #expect(ThreadClock.now - start < .seconds(5))
  }
}

@Suite struct UnitCommandTests {
  private func commands(_ lines: String, unit: String = "a@x-y.service") throws -> [String] {
    let files = ["\(lib)/a@.service": "[Service]\n\(lines)\n"]
    let unit = try #require(units(files).state(of: unit).loaded)
    return unit.commands().map {
      "\(String($0.prefixes.sorted())) \($0.program) \($0.arguments.joined(separator: "|"))"
    }
  }

  @Test(arguments: [
    ("ExecStart=/a b", [" /a b"]), ("ExecStart=-/a", ["- /a "]),
    ("ExecStart=@/opt/cron cron -f", ["@ /opt/cron -f"]),
    ("ExecStart=-@:+/a b c", ["+-:@ /a c"]), ("ExecStart=!!/a", ["! /a "]), ("ExecStart=|a", ["| a "]),
    ("ExecStart=\"-/a b\" c", ["- /a b c"]), ("ExecStart=/a ; /b", [" /a ", " /b "]), ("ExecStart=/a 'b", []),
    ("ExecStart=/a\nExecStart=", []), ("ExecStart=/a\nExecStart=/b", [" /a ", " /b "]),
    ("ExecStart=/%i %I %p %%i %f", [" /x-y x/y|a|%i|/x/y"]), ("ExecStart=/a %H %t", [" /a %H|/run"]),
    ("ExecStart=-", []), ("ExecStart=/a \\\n# note\n  b", [" /a b"]),
  ])
  func parts(_ lines: String, _ expected: [String]) throws { #expect(try commands(lines) == expected) }

  @Test func specifiersUnescape() throws {
    #expect(try commands("ExecStart=/a %I %i", unit: "a@c\\x2dd-e.service") == [" /a c-d/e|c\\x2dd-e"])
  }
}

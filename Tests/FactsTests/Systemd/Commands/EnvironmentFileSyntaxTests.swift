import TestSupport
import Testing

@testable import Facts

@Suite struct EnvironmentFileSyntaxTests {
  @Test(arguments: [
    ("A=1\nB = 2 \n", ["1 A=1", "2 B=2"]), ("  A=1\n", ["1 A=1"]), ("# A=1\n; B=2\n\nC=3", ["4 C=3"]),
    ("A=\"x y\" \nB='x \"y\"'\n", ["1 A=x y", "2 B=x \"y\""]), ("A=x \"y\" z\n", ["1 A=x \"y\" z"]),
    ("A='b'c\n", ["1 A=bc"]), ("A=\"b\" 'c'\n", ["1 A=bc"]), ("A=a\\\nb\nC=1\n", ["1 A=ab", "3 C=1"]),
    ("A=a\\ \\'b\n", ["1 A=a 'b"]), ("A=\"\\$x \\n \\\n\"\n", ["1 A=$x \\n "]),
    ("A='one\ntwo'\nB=3\n", ["1 A=one\ntwo", "3 B=3"]), ("A=\nB\nC=1\n", ["1 A=", "3 C=1"]),
    ("export A=1\n1B=2\nC-D=3\n", []), ("A=1\r\nB=2\r\n", ["1 A=1", "2 B=2"]),
    ("A=\"open\nB=2\n", ["1 A=open\nB=2\n"]),
    ("A=a\\ ", ["1 A=a "]), ("A=a # b\n", ["1 A=a # b"]), ("A=$B ${C}\n", ["1 A=$B ${C}"]), ("A=\u{1}\n", []),
    ("=1\nA=2\n", ["2 A=2"]),
  ])
  func assignments(_ text: String, _ expected: [String]) throws {
    let found = try #require(EnvironmentFileSyntax.read(Array(text.utf8)))
    #expect(found.map { "\($0.line) \($0.name)=\($0.value)" } == expected)
  }

  /// Since systemd 254 a comment ends with its line.
  @Test func commentsThatEndInABackslash() throws {
    let bytes = Array("# a \\\nA=1\nB=2\n".utf8)
    #expect(EnvironmentFileSyntax.read(bytes)?.map(\.name) == ["A", "B"])
    #expect(EnvironmentFileSyntax.read(bytes, joinsComments: true)?.map(\.name) == ["B"])
  }

  @Test func whatIsNoText() {
    #expect(EnvironmentFileSyntax.read(Array("A=1\nB=".utf8) + [0xff, 0x0a]) == nil)
    #expect(EnvironmentFileSyntax.read(Array("A=1\0\n".utf8)) == nil)
  }

  @Test func hugeFilesAreReadInOnePass() throws {
    let start = ThreadClock.now
    let text =
      String(repeating: "A=\"1 2\" \\\n3\n", count: 60_000) + "B=" + String(repeating: "x ", count: 500_000)
    let found = try #require(EnvironmentFileSyntax.read(Array(text.utf8)))
    #expect(found.count == 60_001 && found.last?.value.utf8.count == 999_999)
    #expect(ThreadClock.now - start < .seconds(8))
  }
}

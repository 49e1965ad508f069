import Testing

@testable import Facts

@Suite struct SafePatternTests {
  @Test(arguments: [
    ("/etc", "/etc/passwd", true), ("/etc$", "/etc/passwd", false), ("/etc$", "/etc", true),
    ("/e.c", "/etc", true), ("/e\\.c", "/etc", false), ("/e\\.c", "/e.c", true), ("^/etc", "/etc", true),
    ("/var/log/[a-c]+$", "/var/log/abcab", true), ("/var/log/[^a-c]+$", "/var/log/xa", false),
    ("/(usr|opt)/bin", "/opt/bin/x", true), ("/(usr|opt)/bin", "/srv/bin", false),
    ("/(?:a|b|c)d?$", "/c", true), ("/a{2,3}$", "/aa", true), ("/a{2,3}$", "/aaaa", false),
    ("/a{2}$", "/aa", true),
    ("/a{2,}$", "/aaaaaa", true), ("/x/[0-9]{1,3}(\\.[0-9]{1,3}){3}$", "/x/10.0.0.1", true),
    ("/a*b", "/aaab", true), ("/a*?b", "/b", true), ("/[]a]x", "/]x", true), ("/[a\\]]x", "/]x", true),
    ("/\\d+$", "/123", true), ("/a{x", "/a{x", true), ("/()$", "/", true), ("/", "/anything", true),
    ("/a", "", false),
    ("/a|/b", "/b", true), ("/ä.$", "/ä!", true),
  ])
  func matches(_ row: (pattern: String, text: String, result: Bool)) throws {
    #expect(try #require(SafePattern(row.pattern)).matchesStart(of: row.text) == row.result)
  }

  @Test(arguments: [
    "/(?=a)", "/(?!a)", "/(?<n>a)", "/(a)\\1", "/\\bx", "/[[:alpha:]]", "/(a", "/a)", "/[a", "*a", "/a++",
    "/a{3,2}",
    "/a{1,2000}", "/[z-a]",
  ])
  func whatIsNotSupportedIsNotRead(_ pattern: String) { #expect(SafePattern(pattern) == nil) }

  /// Patterns that take a backtracking engine for ever, or that unfold without end.
  @Test func hostilePatterns() throws {
    let slow = try #require(SafePattern("/(a|a)*(a+)+(a*)*b$"))
    #expect(!slow.matchesStart(of: "/" + String(repeating: "a", count: 4_000)))
    #expect(SafePattern("/" + String(repeating: "(", count: 100_000)) == nil)
    #expect(SafePattern("/(" + String(repeating: "a|", count: 200_000) + "b)") == nil)
    #expect(SafePattern("/" + String(repeating: "a", count: 500_000)) == nil)
    #expect(SafePattern("/((((((){1000}){1000}){1000}){1000}){1000})") == nil)
    #expect(SafePattern("/(((a{1000}){1000}){1000})") == nil)
  }
}

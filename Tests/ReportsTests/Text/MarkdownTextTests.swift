import Testing

@testable import Reports

struct MarkdownTextTests {
  @Test(
    arguments: [
      ("plain text, 50 % of it.", "plain text, 50 % of it."),
      ("", ""),
      ("a|b", "a&#124;b"),
      // A combining mark makes one character of both, but Markdown still sees the bar.
      ("a|\u{301}b", "a&#124;\u{301}b"),
      ("<b>", "&#60;b&#62;"),
      ("&amp;", "&#38;amp;"),
      ("http://x", "http&#58;//x"), ("HTTPS://x", "HTTPS&#58;//x"), ("ftp://x", "ftp&#58;//x"),
      ("mailto:a", "mailto&#58;a"), ("key: value", "key: value"),
      ("www.example.org", "www&#46;example.org"), ("example.org", "example.org"),
      ("@octocat", "&#64;&#8203;octocat"), ("(@octocat", "&#40;&#64;&#8203;octocat"),
      ("root@host", "root&#64;host"), ("@ alone", "&#64; alone"), ("@", "&#64;"),
      ("see #12", "see &#35;&#8203;12"), ("# heading", "&#35; heading"), ("a#1", "a&#35;1"),
      ("größe", "größe"), ("😀|😀", "😀&#124;😀"),
    ])
  func escapes(_ text: String, _ expected: String) {
    #expect(MarkdownText.escaped(text) == expected)
  }

  @Test(
    arguments: [
      ("one\n two\r\n\tthree\u{2003}four ", "one two three four"),
      ("1. item", "1&#46; item"), ("2026.5", "2026&#46;5"), ("12) item", "12&#41; item"),
      ("- item", "&#45; item"), ("+ item", "&#43; item"), ("=== ", "&#61;=="), ("* item", "&#42; item"),
      ("a - b", "a - b"), ("", ""), (" \n ", ""), ("-", "&#45;"), ("7", "7"),
    ])
  func beginsNothing(_ text: String, _ expected: String) {
    #expect(MarkdownText.paragraph(text) == expected)
  }
}

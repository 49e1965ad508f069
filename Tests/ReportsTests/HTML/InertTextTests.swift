import Testing

@testable import Reports

@Suite struct InertTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("", ""), ("<b>", "&lt;b&gt;"), ("a & b", "a &amp; b"),
    ("\" onload='x", "&quot; onload=&#39;x"), ("Grüße 日本", "Grüße 日本"), ("&lt;", "&amp;lt;"),
    ("a\u{202e}b", "a\\u{202e}b"), ("a\u{0}\u{1b}[2J", "a\\x00\\x1b[2J"), ("a\nb", "a\\nb"),
    ("{{{style}}}", "{{{style}}}"),
    // One Character for Swift, and still an angle bracket for a browser.
    ("<\u{301}script>", "&lt;\u{301}script&gt;"),
  ])
  func textIsNothingButText(_ text: String, _ expected: String) {
    #expect(InertText().escapeText(text) == expected)
  }

  @Test func everyTemplateEscapesAllButStyleAndScript() throws {
    let page: HTMLView = ["value": "<i>\u{202e}</i>", "parts": ["<u>"], "again": ["value": "'"] as HTMLView]
    let template = "{{value}}{{#parts}}{{.}}{{/parts}}{{#again}}{{>inner}}{{/again}}"
    let library = try HTMLPage(["outer": Array(template.utf8), "inner": Array("[{{value}}]".utf8)])
    let html = library.render("outer", title: "</title>", tool: .init(name: "<", version: "\""), page)
    #expect(html.contains("&lt;i&gt;\\u{202e}&lt;/i&gt;&lt;u&gt;[&#39;]"))
    #expect(html.contains("<title>&lt;/title&gt;</title>"))
    #expect(html.contains("content=\"&lt; &quot;\""))
  }
}

@Suite struct ReferenceLinksTests {
  @Test(
    arguments: [
      ("CVE-2024-3094", "https://www.cve.org/CVERecord?id=CVE-2024-3094"),
      ("CWE-732", "https://cwe.mitre.org/data/definitions/732.html"),
      ("DSA-5649-1", "https://security-tracker.debian.org/tracker/DSA-5649-1"),
      ("USN-6700-1", "https://ubuntu.com/security/notices/USN-6700-1"),
      ("GHSA-rxwq-x6h5-x525", "https://github.com/advisories/GHSA-rxwq-x6h5-x525"),
      ("CVE-2024-", nil), ("CVE-", nil), ("CVE-2024-3094/../x", nil), ("CVE-2024-３", nil), ("5.1.20", nil),
      ("https://example.org/", nil), ("javascript:alert(1)", nil), ("GHSA-RXWQ-x6h5-x525", nil),
      ("DSA-1\"onclick=", nil), ("", nil), ("-", nil), ("CVE-" + String(repeating: "1", count: 100), nil),
    ] as [(String, String?)])
  func onlyIdentifiersBecomeAddresses(_ identifier: String, _ address: String?) {
    #expect(ReferenceLinks.address(of: identifier) == address)
  }

  @Test func identifiersAreFoundInText() {
    let text = "openssl: CVE-2024-1, CVE-2024-1 and (CVE-2024-2) DSA-1-1 CWE-1 CWE-2"
    #expect(ReferenceLinks.views(in: text).count == 4)
    #expect(ReferenceLinks.views(in: "no such thing").isEmpty)
  }
}

import Baselines
import TestSupport
import Testing

@testable import Reports

/// What a real browser makes of a page about a guest that attacks its reader.
@Suite(.enabled(if: Browser.program != nil, "Chromium is not installed: scripts/install-dependencies test"))
struct HTMLBrowserTests {
  private static let attacks = [
    "<script>document.title='owned'</script>",
    "<img src=http://attack.invalid/x onerror=document.title='owned'>",
    "\"><svg onload=document.title='owned'>", "</style></script><script>document.title='owned'</script>",
    "' onmouseover='document.title=1", "<meta http-equiv=refresh content='0;url=http://attack.invalid/'>",
    "<link rel=stylesheet href=http://attack.invalid/x.css>", "&lt;script&gt;", "{{{script}}}",
    "<details open ontoggle=document.title='owned'>", "javascript:document.title='owned'",
  ]

  /// Host name, file names, banner and all else are markup.
  private static let report: Report = {
    let findings = attacks.enumerated().map { number, text in
      ReportSamples.finding(
        "banner.text-\(number)", .high, subject: "/srv/" + text, expected: text, actual: "banner: " + text,
        evidence: [EvidenceLine(path: "/etc/issue" + text, line: 1, text: text, origin: text)])
    }
    let all = attacks.joined()
    var guest = ReportSamples.guest(findings, passed: ["ssh.port"], notApplicable: [all: 1])
    guest.hostname = all
    guest.name = all
    let checks = findings.map {
      Report.CheckDescription(
        id: $0.check, title: $0.expected, severity: .high, references: [$0.expected: [$0.expected]],
        rationale: $0.expected, remediation: $0.expected, fix: Fix(shell: $0.expected, ansible: ""))
    }
    return ReportSamples.report([ReportSamples.target([guest], name: "image " + all)], checks: checks)
  }()

  private static let html = Result { try HTMLFormat.render(report, TextStyle()) }

  private func count(_ part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

  @Test func markupOfTheGuestStaysText() throws {
    let page = try Browser.load(Self.html.get())
    #expect(page.document.contains("<html lang=\"en\" class=\"js\">"), "our own script runs")
    #expect(page.document.contains("<title>FAIL: image &lt;script&gt;"))
    #expect(count("<script", in: page.document) == 1)
    for tag in [
      "<img", "<svg onload", "http-equiv=\"refresh", "rel=\"stylesheet", "ontoggle=document", "href=\"java",
    ] {
      #expect(!page.document.replacing("=\"\"", with: "").contains(tag + " ") || tag.contains("="), "\(tag)")
    }
    #expect(page.document.contains("<bdi>/srv/&lt;img src=http://attack.invalid/x onerror="))
    #expect(page.document.contains("<li><bdi>host &lt;script&gt;"))
    #expect(page.document.contains("<bdi>banner: \"&gt;&lt;svg onload="))
    #expect(page.console == "")
    #expect(page.requests == [])
  }

  @Test func allIsThereWithoutJavaScript() throws {
    let page = try Browser.load(Self.html.get(), withScripts: false)
    #expect(page.document.contains("<html lang=\"en\">"))
    #expect(count("<li class=\"row\">", in: page.document) == Self.attacks.count)
    #expect(page.requests == [])
  }

  /// Were a template ever to forget its escaping, nothing would run or be loaded.
  @Test func thePolicyStopsWhatEscapingMissed() throws {
    let hole =
      "<script>document.title='owned'</script><img src=http://attack.invalid/x onerror=\"document.title='owned'\">"
    let page = try Browser.load(Self.html.get().replacing("<main>", with: "<main>" + hole))
    #expect(page.document.contains("<title>FAIL: "))
    #expect(page.console.contains("Content Security Policy"))
    #expect(page.requests == [])
  }
}

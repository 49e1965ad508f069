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
      "<img", "<svg onload", "<meta http-equiv=\"refresh", "rel=\"stylesheet", "<details open=\"\" on",
    ] {
      #expect(!page.document.contains(tag), "\(tag)")
    }
    #expect(page.document.contains("<bdi>/srv/&lt;img src=http://attack.invalid/x onerror="))
    #expect(page.document.contains("<li><bdi>host &lt;script&gt;"))
    #expect(page.document.contains("<bdi>banner: \"&gt;&lt;svg onload="))
    #expect(page.console == "")
    #expect(page.requests == [])
  }

  /// Folded cards too, by the style alone.
  @Test(.enabled(if: Browser.canReadPaper, "pdftotext is not installed: scripts/install-dependencies test"))
  func allIsPrintedWithoutJavaScript() throws {
    let findings = (0..<40).map {
      ReportSamples.finding("test.check-\($0)", .low, subject: "subject-\($0).", actual: "found-\($0).")
    }
    let html = try HTMLFormat.render(
      ReportSamples.report([ReportSamples.target([ReportSamples.guest(findings)])]), TextStyle())
    let script = try #require(html.firstRange(of: "<script>"))
    let paper = try Browser.print(html[..<script.lowerBound] + "</body></html>")
    for number in 0..<40 {
      #expect(paper.contains("subject-\(number)."))
      #expect(paper.contains("found-\(number)."))
    }
    #expect(!paper.contains("Unfold"), "what needs a script is not shown without it")
  }

  @Test(arguments: [
    ("search.value = 'option7'; search.dispatchEvent(new Event('input'))", 1),
    ("form.querySelector('[data-filter=a]').value = 'ssh'; form.dispatchEvent(new Event('change'))", 30),
    ("form.querySelector('[data-filter=v]').value = 'blocked'; form.dispatchEvent(new Event('change'))", 63),
    ("form.querySelector('[data-filter-severity=low]').click()", 244 - 75),
  ])
  func entriesAreFiltered(_ action: String, _ count: Int) throws {
    let script = """
      <script>
      const form = document.querySelector('.filters'), search = form.querySelector('input');
      \(action);
      setTimeout(() => {
        document.title = document.querySelectorAll('.item:not([hidden])').length + ' shown';
      }, 500);
      </script></body>
      """
    // Only without the policy another script than the page's own runs.
    let html = try HTMLFormat.render(ReportSamples.many, TextStyle())
      .replacing("Content-Security-Policy", with: "x-none").replacing("</body>", with: script)
    #expect(try Browser.load(html).document.contains("<title>\(count) shown</title>"))
  }

  /// Were a template ever to forget its escaping, nothing would run or be loaded.
  @Test func thePolicyStopsWhatEscapingMissed() throws {
    let hole =
      "<script>document.title='owned'</script><img src=http://attack.invalid/x onerror=\"document.title='owned'\">"
    #expect(try Browser.load(hole).requests == ["http://attack.invalid/x"], "the log tells of requests")
    let page = try Browser.load(Self.html.get().replacing("<main>", with: "<main>" + hole))
    #expect(page.document.contains("<title>FAIL: "))
    #expect(page.console.contains("Content Security Policy"))
    #expect(page.requests == [])
  }
}

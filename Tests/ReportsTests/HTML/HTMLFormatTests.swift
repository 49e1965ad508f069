import Baselines
import Foundation
import TestSupport
import Testing

@testable import Reports

/// What the page says, that it is whole, and that it stays small.
@Suite struct HTMLFormatTests {
  private static let samples = ReportJSONTests.samples

  private func html(_ report: Report) throws -> String { try HTMLFormat.render(report, TextStyle()) }

  private func count(_ part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

  @Test(arguments: samples.indices) func elementsAreClosedAndNamesAreUnique(_ index: Int) throws {
    let script = """
      import sys, html.parser
      void = {'meta', 'link', 'input', 'br', 'circle', 'path', 'rect', 'line', 'wbr'}
      class Page(html.parser.HTMLParser):
        open, ids, links, problems = [], [], [], []
        def handle_starttag(self, tag, attributes):
          attributes = dict(attributes)
          self.ids += [attributes['id']] if 'id' in attributes else []
          self.links += [attributes['href'][1:]] if attributes.get('href', '').startswith('#') else []
          self.problems += [name for name in attributes if name.startswith('on') or name in ('style', 'src')]
          if tag not in void: self.open.append(tag)
        def handle_endtag(self, tag):
          if tag in void: return
          if not self.open or self.open.pop() != tag: self.problems.append('end of ' + tag)
      page = Page()
      page.feed(open(sys.argv[1], encoding='utf-8').read())
      page.problems += ['open ' + tag for tag in page.open]
      page.problems += ['twice ' + name for name in set(page.ids) if page.ids.count(name) > 1]
      page.problems += ['nowhere ' + name for name in page.links if name not in page.ids]
      print(page.problems)
      """
    #expect(try Python.run(script, on: html(Self.samples[index].report)).output == "[]\n")
  }

  @Test(arguments: [
    ("clean", "Passed the gate"), ("many", "Failed the gate"), ("undecided", "Incomplete"),
    ("failed", "Incomplete"),
  ])
  func theVerdictComesFirst(_ name: String, _ words: String) throws {
    let report = try #require(Self.samples.first { $0.name == name }?.report)
    let text = try html(report)
    let verdict = try #require(text.firstRange(of: "</svg>\(words)</p>"))
    for reason in report.conclusion.reasons { #expect(text.contains("<li>\(reason)</li>")) }
    if let findings = text.firstRange(of: "class=\"overview\"") {
      #expect(verdict.lowerBound < findings.lowerBound)
    }
  }

  @Test func whatIsNewSinceAnEarlierReportIsMarked() throws {
    var report = ReportSamples.many
    #expect(try count("<span class=\"is-new\">", in: html(report)) == 0)
    report.since = Report.Since(report: "old<b>.json", startedAt: "2026-11-01T00:00:00Z", baselines: [])
    var changes = GuestReport.Since()
    changes.new = [report.targets[0].guests[0].findings[0].fingerprint]
    report.targets[0].guests[0].since = changes
    let text = try html(report)
    #expect(count("<span class=\"is-new\">", in: text) == 1)
    #expect(text.contains("since old&lt;b&gt;.json of 2026-11-01: 1 new"))
  }

  @Test func everyFindingIsThere() throws {
    let text = try html(ReportSamples.many)
    let findings = ReportSamples.many.targets[0].guests[0].findings
    #expect(count("<li class=\"row\">", in: text) == findings.count)
    #expect(count("data-v=\"fail\"", in: text) == Set(findings.map(\.check)).count)
    for finding in findings { #expect(text.contains("<p class=\"subject\"><bdi>\(finding.subject)</bdi>")) }
    #expect(text.contains("<summary>108 more</summary>"))
    #expect(text.contains("unblocks 63 checks") == false)
    #expect(text.contains("Blocks 63 checks that cannot be met before"))
    #expect(count("data-v=\"blocked\"", in: text) == 63)
    #expect(text.contains("<code><bdi>/etc/ssh/sshd_config:1</bdi></code>"))
    #expect(text.contains("compiled default, shadowed"))
  }

  @Test func theGravestAreMendedFirst() throws {
    let check = ReportSamples.check("test.blocker", .critical, title: "The one that blocks")
    let findings = [
      ReportSamples.finding("test.low", .low), ReportSamples.finding("test.first", .critical),
      ReportSamples.finding("test.blocker", .critical, blocks: ["test.a", "test.b"]),
    ]
    let report = ReportSamples.report(
      [ReportSamples.target([ReportSamples.guest(findings)])], checks: [check])
    let text = try html(report)
    let top = try #require(text.firstRange(of: "Mend first")).lowerBound
    let list = text[top...].prefix { $0 != "\u{0}" }.components(separatedBy: "</ol>")[0]
    #expect(count("<li class=", in: list) == 3)
    let blocker = try #require(list.firstRange(of: "The one that blocks")).lowerBound
    let low = try #require(list.firstRange(of: "<span class=\"sev\">low")).lowerBound
    #expect(blocker < low)
    #expect(list.firstRange(of: "<li")?.lowerBound ?? low < blocker)
    #expect(list.components(separatedBy: "</li>")[0].contains("unblocks 2 checks"))
  }

  @Test func gapsAndWaiversAreShownWithTheirReasons() throws {
    let text = try html(ReportSamples.undecided)
    #expect(text.contains("could not be mounted"))
    #expect(count("data-v=\"undecided\"", in: text) == 21)
    #expect(text.contains("the check ran into a limit"))
    #expect(text.contains("openssh-server is not installed"))
    var finding = ReportSamples.finding("test.accepted", verdict: .waived, subject: "thing")
    finding.waiver = .init(reason: "for a while", owner: "ops", ticket: "OPS-1", expires: "2027-03-31")
    var late = ReportSamples.finding("test.late", .high, subject: "other")
    late.expiredWaiver = .init(reason: "no more", owner: "dev", ticket: nil, expires: "2025-01-01")
    let waived = try html(
      ReportSamples.report([ReportSamples.target([ReportSamples.guest([finding, late])])]))
    #expect(waived.contains("for a while"))
    #expect(waived.contains("ops, until 2027-03-31, OPS-1"))
    #expect(waived.contains("accepted until 2025-01-01 by dev: no more"))
  }

  @Test func storageIsDrawnFromDiskToMount() throws {
    let text = try html(ReportSamples.clean)
    let picture = try #require(text.components(separatedBy: "<h3>Storage</h3>").last)
      .components(separatedBy: "</section>")[0]
    #expect(count("<rect class=\"part", in: picture) == 3)
    #expect(count("<li class=\"d", in: picture) == 5)
    #expect(picture.contains("encrypted"))
    #expect(picture.contains("bad superblock on /dev/sda3"))
    #expect(picture.contains("<bdi>/var/lib/containers</bdi>"))
  }

  @Test func severalTargetsHaveATableAndAFailedOneItsError() throws {
    let report = ReportSamples.report([
      ReportSamples.target([
        ReportSamples.guest([], passed: ["a.b"]), ReportSamples.guest([], passed: ["a.b"]),
      ]),
      ReportSamples.failed("x.qcow2", "x.qcow2: the file is empty"),
    ])
    let text = try html(report)
    #expect(text.contains("<table class=\"targets\">"))
    #expect(text.contains("System 1 of 2"))
    #expect(text.contains("This target could not be judged: x.qcow2: the file is empty"))
    #expect(count("<form class=\"filters\"", in: text) == 1)
  }

  @Test func nothingComesFromElsewhere() throws {
    let text = try html(HostileText.report)
    #expect(!text.contains("src="))
    #expect(!text.contains("@import"))
    #expect(!text.contains("url("))
    #expect(count("<script", in: text) == 1)
    #expect(count("<style", in: text) == 1)
    #expect(text.contains("default-src &#39;none&#39;; style-src &#39;sha256-"))
  }

  @Test func fiveThousandFindingsStaySmall() throws {
    let findings = (0..<5000).map {
      ReportSamples.finding(
        "test.check-\($0 / 8)", [.critical, .high, .medium, .low][$0 / 8 % 4],
        subject: "/srv/data/customer-\($0)/shared files/report-\($0).pdf",
        expected: "not writable by others", actual: "mode 0666, owner www-data:www-data",
        evidence: [
          EvidenceLine(
            path: "/srv/data/customer-\($0)/shared files/report-\($0).pdf", text: "0666 www-data:www-data",
            origin: "on the disk")
        ])
    }
    let text = try html(ReportSamples.report([ReportSamples.target([ReportSamples.guest(findings)])]))
    #expect(text.utf8.count < 5 << 20)
    #expect(count("<li class=\"row\">", in: text) == 5000)
    #expect(count("<details class=\"group", in: text) == 625)
    #expect(count(" open>", in: text) < 60)
  }

  @Test func numbersOfADamagedReportDoNoHarm() throws {
    var guest = ReportSamples.guest([])
    guest.coverage.percent = 1e300
    guest.summary.score = -1e300
    guest.timings = ["a": 1e300, "b": -1]
    var target = ReportSamples.target([guest])
    target.storage = [
      .init(device: "a", type: "disk", parents: ["b"], size: .max, encrypted: false),
      .init(device: "b", type: "disk", parents: ["a"], size: .min, encrypted: false),
      .init(device: "c", type: "disk", parents: [], size: .max, encrypted: false),
      .init(device: "d", type: "partition", parents: ["c"], size: .max, encrypted: false),
    ]
    var report = ReportSamples.report([target])
    report.durationSeconds = 1e300
    #expect(try html(report).contains("</html>"))
  }
}

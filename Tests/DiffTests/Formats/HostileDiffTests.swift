import Baselines
import Foundation
import TestSupport
import Testing

@testable import Diff
@testable import Reports

/// Two guests, or two saved reports, whose every text is an attack: it is text and nothing else in every format.
@Suite struct HostileDiffTests {
  /// The texts in every place of a comparison that a guest or a saved report can fill.
  private static func report(_ texts: [String]) -> DiffReport {
    let all = texts.joined(separator: " ")
    func side(_ source: String) -> DiffReport.Side {
      DiffReport.Side(
        target: all, source: source, name: all, distribution: all, version: all, architecture: all,
        asOf: "2026-11-24", baselines: [.init(id: all, title: all, version: all, digest: all)],
        findings: .init(), coverage: 97.5, score: 61)
    }
    func changes(_ kinds: [DiffChange.Kind], severity: Severity?) -> [DiffChange] {
      kinds.flatMap { kind in
        texts.enumerated().map { number, text in
          let value = DiffChange.Value(text, path: "/" + text, line: 3, origin: text)
          return DiffChange(
            kind, text, old: value, new: value, severity: severity,
            check: severity.map { _ in "a.b-\(number)" },
            fingerprint: text, note: text)
        }
      }
    }
    func topic(_ name: String, _ changes: [DiffChange]) -> DiffReport.Topic {
      .init(
        name: name, title: name, changes: changes, churn: [.init(reason: all, count: 3)], notCompared: all)
    }
    let findings = changes([.new, .fixed, .waived, .undecided, .changed], severity: .high)
    let others = changes([.added, .removed, .changed, .moved, .upgraded, .downgraded], severity: nil)
    return DiffReport(
      tool: .init(name: "brinell", version: "0.1.0"), startedAt: "2026-11-24T18:44:21Z", gate: DiffGate(),
      pairs: [
        .init(
          old: side("report"), new: side("image"),
          sections: [
            .init(name: .verdicts, topics: [topic("findings", findings)]),
            .init(name: .privilege, topics: [topic("setuid", others), topic("accounts", others)]),
            .init(name: .files, topics: [topic("files", others), topic("file-list", others)]),
          ])
      ], problems: texts,
      catalogues: [
        texts.enumerated().map { number, text in
          .init(
            id: "a.b-\(number)", title: text, severity: .high, references: [text: [text]], rationale: text,
            remediation: text)
        }
      ])
  }

  /// Marks that combine hide the character before them from who compares character by character.
  private static let texts = HostileText.texts + ["|\u{301}`\u{301}<\u{301}b>\u{301}", "/\u{301}a"]
  private static let hostile = report(texts)
  /// The same comparison with words: whatever forms the page has to be the same.
  private static let tame = report(texts.indices.map { "word\($0)" })

  /// The runner of GitHub Actions obeys `::command` at the start of a line and `##[command]` anywhere.
  private func isInert(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0 == "\n" || !HostileText.isDangerous($0) } && !text.contains("##[")
      && !text.split(separator: "\n").contains { $0.drop { $0 == " " }.hasPrefix("::") }
  }

  @Test(arguments: DiffFormats.names) func noFormatPassesOnWhatATerminalOrALogObeys(_ name: String) throws {
    let format = try #require(DiffFormats.named(name))
    for width in [72, 80, 140] {
      #expect(isInert(try format.render(Self.hostile, TextStyle(width: width))))
    }
  }

  @Test func theJSONHoldsAllOfItAndNothingElse() throws {
    let text = try DiffJSON.render(Self.hostile, TextStyle())
    #expect(try JSONDecoder().decode(DiffReport.self, from: Data(text.utf8)) == Self.hostile)
    #expect(try JSONSchema.problem(of: text, schema: "diff.schema.json") == nil)
  }

  @Test func thePageHasTheSameElements() throws {
    func elements(_ report: DiffReport) throws -> [String] {
      try DiffHTML.render(report, TextStyle()).matches(of: /<[^>]*>/.matchingSemantics(.unicodeScalar)).map {
        String($0.output)
      }
    }
    #expect(try elements(Self.hostile) == elements(Self.tame))
  }

  @Test func theMarkdownHasTheSameForm() throws {
    func form(_ report: DiffReport) throws -> [String] {
      try DiffMarkdown.render(report, TextStyle()).replacing(
        /&#[0-9]+;/.matchingSemantics(.unicodeScalar), with: ""
      )
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0.unicodeScalars.filter { "<>`*_[]()#|@!\\$^~".unicodeScalars.contains($0) }) }
    }
    #expect(try form(Self.hostile) == form(Self.tame))
    let text = try DiffMarkdown.render(Self.hostile, TextStyle())
    #expect(!text.contains("http://") && !text.contains("\n=") && !text.contains("\n+"))
  }

  @Test func theSARIFNamesFilesByAddressesAlone() throws {
    struct Log: Decodable {
      struct Run: Decodable { var results: [Result] }
      struct Result: Decodable { var locations: [Location]? }
      struct Location: Decodable { var physicalLocation: Physical? }
      struct Physical: Decodable { var artifactLocation: Artifact }
      struct Artifact: Decodable { var uri: String }
      var runs: [Run]
    }
    let text = try DiffSARIF.render(Self.hostile, TextStyle())
    let results = try JSONDecoder().decode(Log.self, from: Data(text.utf8)).runs.flatMap(\.results)
    #expect(results.count == Self.texts.count)
    for uri in results.flatMap({ $0.locations ?? [] }).compactMap({
      $0.physicalLocation?.artifactLocation.uri
    }) {
      #expect(uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"<>\"`{}|\\^".utf8.contains($0) }, "\(uri)")
      #expect(!uri.hasPrefix("/") && !uri.contains(":"), "\(uri)")
    }
  }

  /// Names, settings, accounts, jobs and greetings of a guest, from the bytes on its disk to every format.
  @Test func twoGuestsOfWhichOneIsHostile() throws {
    let guest = try VariedGuest()
    let files = guest.fixture.filesystem
    var texts: [String: String] = [:]
    for (number, text) in Self.texts.enumerated() {
      let name = text.replacing("/", with: "").replacing("\0", with: "")
      files.addFile("/opt/\(name)", "#!/bin/sh\n", mode: 0o4755)
      files.addFile("/etc/app/\(name).ini", "[\(text)]\n\(text)=\(text)\n")
      guest.fixture.addStarted("x\(number)\(name).service", "[Service]\nExecStart=/bin/\(text)\n")
      texts["/etc/passwd", default: ""] += "e\(number):x:0:0:\(text):/\(text):/\(text)\n"
      texts["/etc/group", default: ""] += "g\(number):x:\(5000 + number):\(text)\n"
      texts["/etc/sudoers", default: ""] += "bob ALL=(ALL) /bin/\(text)\n"
      texts["/etc/cron.d/job", default: ""] += "1 1 * * * root /bin/\(text)\n"
      texts["/etc/ssh/sshd_config", default: ""] += "Banner \(text)\n"
      texts["/etc/login.defs", default: ""] += "\(text) \(text)\n"
      texts["/home/bob/.ssh/authorized_keys", default: ""] +=
        "command=\"\(text)\" ssh-rsa QkJC\(number % 10)g== x\n"
      texts["/etc/apt/sources.list", default: ""] += "deb http://\(text)/ \(text) main\n"
    }
    for (path, text) in texts { files.addFile(path, guest.text(path) + text) }
    files.addFile("/etc/app/app.json", #"{"listen": "\ud800", "\udc00\u001b": "a\u0000b"}"#)
    files.addFile("/etc/motd", HostileText.texts.joined(separator: " "))
    let sides = [try VariedGuest().side("old"), try guest.side("new")]
    for (old, new) in [(sides[0], sides[1]), (sides[1], sides[0])] {
      let found = DiffBuilder(topics: DiffTopics.all + DiffTopics.onRequest).compare(old, new)
      let report = DiffReport(
        tool: .init(name: "brinell", version: "0"), startedAt: "2026-11-24T18:44:21Z", gate: DiffGate(),
        pairs: found.pairs, problems: found.problems, catalogues: [old.report.checks])
      #expect(report.pairs.first?.changes.count ?? 0 > 80)
      for format in DiffFormats.all {
        let text = try format.render(report, TextStyle())
        #expect(isInert(text), "\(format.name)")
        #expect(!text.contains("<script>alert") || format.name != "html" && format.name != "markdown")
      }
      let json = try DiffJSON.render(report, TextStyle())
      #expect(try JSONDecoder().decode(DiffReport.self, from: Data(json.utf8)) == report)
    }
  }
}

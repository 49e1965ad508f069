import Advisories
import Baselines
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct UpdatesKindTests {
  private static let lists = "/var/lib/apt/lists/h_d_dists_"

  private static func offered(_ name: String, _ version: String) -> String {
    "Package: \(name)\nVersion: \(version)\nArchitecture: amd64\nFilename: f\nSize: 1\n\n"
  }

  private func answers(
    _ parameters: [String: ParameterValue], main: String?, security: String? = nil,
    date: String = "Mon, 23 Nov 2026 11:22:37 UTC"
  ) throws -> [Outcome] {
    var files = [
      "/etc/apt/sources.list": "deb http://h/d s main\n",
      "/var/lib/dpkg/status": ["libssl3", "openssl", "curl"].map {
        "Package: \($0)\nStatus: \($0 == "curl" ? "hold" : "install") ok installed\nArchitecture: amd64\nVersion: 3-1\n"
          + ($0 == "libssl3" ? "Source: openssl\n" : "") + "\n"
      }.joined(),
    ]
    for (suite, packages) in [("s", main), ("s-security", security)] {
      guard let packages else { continue }
      files[Self.lists + "\(suite)_InRelease"] = "Suite: \(suite)\nDate: \(date)\n"
      files[Self.lists + "\(suite)_main_binary-amd64_Packages"] = packages
    }
    if security != nil { files["/etc/apt/sources.list"]? += "deb http://h/d s-security main\n" }
    let guest = GuestFixture(files)
    let kind = try UpdatesKind(Parameters(parameters))
    let evidence = try Collector(plan: kind.plan).collect(guest.filesystem)
    return try kind.evaluate(GuestFacts(evidence, asOf: guest.asOf))
  }

  @Test func oneFindingForASource() throws {
    let found = try answers([:], main: Self.offered("libssl3", "3-2") + Self.offered("openssl", "3-2"))
    let outcome = try #require(found.first)
    #expect(found.count == 1 && outcome.verdict == .fail && outcome.subject == "openssl")
    #expect(outcome.actual == "3-1 installed, 3-2 in s; index of 2026-11-23")
    #expect(outcome.evidence.map(\.text) == ["libssl3:amd64 3-1 -> 3-2", "openssl:amd64 3-1 -> 3-2"])
    #expect(outcome.evidence.first?.path == "/var/lib/dpkg/status")
  }

  @Test func whatIsHeldBackIsNamed() throws {
    let found = try answers([:], main: Self.offered("curl", "4"))
    #expect(found.first?.actual.contains("held back: curl") == true)
  }

  @Test(arguments: [
    ("any", "3-2", "3-1", Outcome.Verdict.fail), ("security", "3-2", "3-1", .pass),
    ("security", "3-1", "3-2", .fail),
    ("security", "3-1", "3-1", .pass), ("any", "3-0", "3-1", .pass),
  ])
  func suites(_ suite: String, _ main: String, _ security: String, _ verdict: Outcome.Verdict) throws {
    let found = try answers(
      ["suite": .text(suite)], main: Self.offered("curl", main), security: Self.offered("curl", security))
    #expect(found.map(\.verdict) == [verdict])
  }

  @Test func someMayWait() throws {
    let main = Self.offered("curl", "4") + Self.offered("openssl", "4")
    #expect(try answers(["maximum": .integer(2)], main: main).map(\.verdict) == [.pass])
    #expect(try answers(["maximum": .integer(1)], main: main).map(\.verdict) == [.fail, .fail])
  }

  /// An old index that shows no update proves nothing; one that shows some does.
  @Test func oldIndexes() throws {
    let date = "Mon, 16 Nov 2026 00:00:00 UTC"
    let quiet = try answers([:], main: Self.offered("curl", "3-1"), date: date)
    #expect(
      quiet.first?.verdict
        == .undecided(reason: "the newest index is 8 days old; updates since then are not known"))
    #expect(
      try answers(["index_days": .integer(8)], main: Self.offered("curl", "3-1"), date: date).map(\.verdict)
        == [.pass])
    let found = try answers([:], main: Self.offered("curl", "4"), date: date)
    #expect(found.first?.verdict == .fail && found.first?.actual.contains("2026-11-16, 8 days old") == true)
  }

  @Test func withoutAnIndexItIsUndecided() throws {
    let found = try answers([:], main: nil)
    #expect(found.count == 1 && found[0].subject == "http://h/d s")
    guard case .undecided = found[0].verdict else {
      Issue.record("\(found)")
      return
    }
  }

  @Test func withoutPackagesItIsAGap() {
    #expect(throws: EvidenceGap.self) { try UpdatesKind(Parameters([:])).evaluate(GuestFixture([:]).facts()) }
  }

  @Test(arguments: ["maximum", "index_days"]) func negativeNumbers(_ key: String) {
    #expect(throws: ParameterError.self) { try UpdatesKind(Parameters([key: .integer(-1)])) }
  }
}

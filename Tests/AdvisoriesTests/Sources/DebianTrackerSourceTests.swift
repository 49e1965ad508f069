import Testing

@testable import Advisories

/// The shape was checked against a real extract of the tracker, `debian/tracker/testdata/fixtures/debian.json` in
/// github.com/aquasecurity/vuln-list-update, and against the tracker's own `bin/tracker_service.py`.
struct DebianTrackerSourceTests {
  private static func feed(_ releases: String) -> String {
    """
    {"prototypejs":{"CVE-2008-7220":{"scope":"remote","debianbug":555217,
    "description":"Makes \\"cross-site ajax requests\\".\\nMore.","releases":{\(releases)}}}}
    """
  }

  @Test(arguments: [
    (
      #""bookworm":{"status":"resolved","repositories":{"bookworm":"1.7.1-3"},"fixed_version":"1.6.0.2-1","urgency":"high**"}"#,
      "Debian:12 prototypejs affected [0, 1.6.0.2-1) severity=high"
    ),
    (
      #""trixie":{"status":"resolved","fixed_version":"0","urgency":"unimportant"}"#,
      "Debian:13 prototypejs not_affected severity=unimportant"
    ),
    (
      #""bullseye":{"status":"open","urgency":"not yet assigned","nodsa":"Minor issue","nodsa_reason":"postponed"}"#,
      "Debian:11 prototypejs affected [0, ∞) note=no-dsa: Minor issue (postponed)"
    ),
    (
      #""forky":{"status":"open","urgency":"low","nodsa":"Minor issue","nodsa_reason":""}"#,
      "Debian:14 prototypejs affected [0, ∞) severity=low note=no-dsa: Minor issue"
    ),
    (
      #""buster":{"status":"open","urgency":"end-of-life"}"#,
      "Debian:10 prototypejs affected [0, ∞) note=no longer supported in this release"
    ),
    (#""sid":{"status":"undetermined"}"#, "Debian:sid prototypejs under_investigation"),
  ])
  func saysWhatTheTrackerKnowsOfARelease(release: String, line: String) throws {
    let taken = try TakenRecords(DebianTrackerSource.self, Self.feed(release))
    #expect(taken.lines == ["CVE-2008-7220 " + line])
    #expect(taken.advisories.first?.summary == "Makes \"cross-site ajax requests\".")
    #expect(taken.skipped == [])
  }

  @Test func makesOneAdvisoryOfAllReleasesOfAPackage() throws {
    let taken = try TakenRecords(
      DebianTrackerSource.self,
      Self.feed(#""bookworm":{"status":"open"},"sid":{"status":"resolved","fixed_version":"2-1"}"#))
    #expect(taken.advisories.count == 1)
    #expect(taken.lines.count == 2)
  }

  @Test(arguments: [
    (#""sid":{"status":"resolved"}"#, "CVE-2008-7220 prototypejs sid: resolved without a version"),
    (#""sid":{"status":"odd"}"#, "CVE-2008-7220 prototypejs sid: an unknown status"),
    (#""sid":7"#, "CVE-2008-7220 prototypejs sid: a release without a status"),
  ])
  func countsWhatItLeavesOut(release: String, reason: String) throws {
    let taken = try TakenRecords(DebianTrackerSource.self, Self.feed(release))
    #expect(taken.skipped == [reason])
    #expect(taken.advisories == [])
  }

  @Test func leavesOutEntriesThatAreNoVulnerability() throws {
    let taken = try TakenRecords(
      DebianTrackerSource.self, #"{"a":{"TEMP-0-1":{},"x":{"releases":{}}},"b":[1,{"c":2}]}"#)
    #expect(taken.skipped == ["x: not a vulnerability", "b: a package without vulnerabilities"])
  }

  @Test func saysThatAFileIsCutOff() {
    let feed = Self.feed(#""sid":{"status":"undetermined"}"#)
    for length in 60..<feed.utf8.count {
      let words = problem(DebianTrackerSource.self, String(feed.prefix(length))) ?? ""
      #expect(words.hasPrefix("feed: ends in the middle") && !words.contains("\n"), "\(length)")
    }
  }

  @Test(arguments: [
    (#"{"curl":{"CVE-2024-1":{"releases":{}}}}"#, false), (#"{"curl":{"CVE-2024-0001":{}}}"#, true),
    (#"{"id":"CVE-2024-0001","affected":[]}"#, false), ("[1]", false), ("", false), ("<updates/>", false),
  ])
  func recognisesItsForm(head: String, isIts: Bool) {
    #expect(DebianTrackerSource.recognises(name: "data.json", head: Array(head.utf8)) == isIts)
  }

  /// The pages are never touched, so the file costs no memory here.
  @Test func refusesAFileLargerThanAnyFeed() {
    let bytes = [UInt8](unsafeUninitializedCapacity: AdvisoryLimits.file + 1) { $1 = $0.count }
    var taken = Ignored()
    let error = #expect(throws: AdvisoryError.self) {
      try DebianTrackerSource.read(AdvisoryFile(name: "data.json", bytes: bytes), into: &taken)
    }
    #expect(
      error?.description == "data.json: 512 MB, more than the 512 MB that one file of advisories may have")
  }
}

/// Takes everything and keeps nothing.
struct Ignored: AdvisoryReceiver {
  var count = 0
  mutating func take(_ advisory: Advisory) { count += 1 }
  mutating func skip(_ record: String, reason: String) {}
  mutating func takeExploited(cve: String, added: String, due: String?, ransomware: Bool) { count += 1 }
  mutating func takeProbability(cve: String, probability: Double) { count += 1 }
  mutating func takeDate(_ date: String) {}
}

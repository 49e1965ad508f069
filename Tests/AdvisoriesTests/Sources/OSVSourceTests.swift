import Facts
import Foundation
import TestSupport
import Testing

@testable import Advisories

@Suite struct OSVSourceTests {
  private func read(_ text: String) throws -> Collected {
    var collected = Collected()
    try OSVSource.read(AdvisoryFile(name: "x.json", bytes: Array(text.utf8)), into: &collected)
    return collected
  }

  private func ranges(_ events: String, _ ecosystem: String = "npm") throws -> [String] {
    let text = """
      {"id":"A","modified":"2026-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"\(ecosystem)","name":"x"},
      "ranges":[{"type":"SEMVER","events":[\(events)]}]}]}
      """
    return try read(text).advisories.flatMap(\.affected).flatMap(\.ranges).map {
      "\($0.introduced ?? "0")..\($0.fixed ?? $0.lastAffected.map { "=" + $0 } ?? "")"
    }
  }

  @Test(arguments: [
    (#"{"introduced":"0"}"#, ["0.."]), (#"{"introduced":"0"},{"fixed":"1.2"}"#, ["0..1.2"]),
    (
      #"{"introduced":"0"},{"introduced":"2.0.0"},{"fixed":"2.0.1"},{"fixed":"1.3.2"}"#,
      ["0..1.3.2", "2.0.0..2.0.1"]
    ),
    (
      #"{"fixed":"10.0"},{"introduced":"9.1"},{"fixed":"2.0"},{"introduced":"1.0"}"#,
      ["1.0..2.0", "9.1..10.0"]
    ),
    (#"{"introduced":"1"},{"last_affected":"1.9"},{"introduced":"2"}"#, ["1..=1.9", "2.."]),
    (#"{"fixed":"3"}"#, ["0..3"]),
    (#"{"introduced":"1"},{"fixed":"2"},{"introduced":"2"},{"fixed":"3"}"#, ["1..2", "2..3"]),
    (#"{"limit":"4"}"#, []),
  ])
  func events(_ events: String, _ expected: [String]) throws {
    #expect(try ranges(events) == expected)
  }

  @Test func takesWhatTheSchemaHas() throws {
    let collected = try read(
      """
      {"schema_version":"1.7.0","id":"DSA-5678-1","modified":"2026-11-20T05:00:00Z","published":"2026-07-11T10:00:00Z",
      "upstream":["CVE-2026-1","CVE-2026-2"],"summary":"openssl\\nmore","related":["CVE-2000-9"],
      "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"},{"type":"Ubuntu","score":"medium"},
      {"type":"CVSS_V2","score":"AV:N"}],"references":[{"type":"WEB","url":"w"},{"type":"ADVISORY","url":"a"},{"type":"WEB","url":"v"}],
      "affected":[{"package":{"ecosystem":"Debian:12","name":"openssl"},"ecosystem_specific":{"urgency":"unimportant"},
      "ranges":[{"type":"GIT","events":[{"introduced":"abc"}]},{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.1-1"}]}],
      "versions":["3.0.0-1"]},
      {"package":{"ecosystem":"Red Hat:enterprise_linux:8::appstream","name":"nodejs","purl":"pkg:rpm/redhat/nodejs?arch=x86_64&rpmmod=nodejs%3A18"},
      "versions":["18.0"]}]}
      """)
    let advisory = try #require(collected.advisories.first)
    #expect(collected.date == "2026-11-20T05:00:00Z")
    #expect(advisory.id == "DSA-5678-1")
    #expect(advisory.cves == ["CVE-2026-1", "CVE-2026-2"])
    #expect(advisory.published == "2026-07-11")
    #expect(advisory.summary == "openssl")
    #expect(advisory.cvss == ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"])
    #expect(advisory.statedSeverity == "medium")
    #expect(advisory.references == ["a", "w"])
    #expect(advisory.affected.map(\.name) == ["openssl", "nodejs"])
    #expect(advisory.affected[0].ranges == [.init(fixed: "3.0.1-1")])
    #expect(advisory.affected[0].statedSeverity == "unimportant")
    #expect(advisory.affected[0].versions == [])
    #expect(advisory.affected[1].versions == ["18.0"])
    #expect(advisory.affected[1].module == "nodejs:18")
  }

  @Test(arguments: [
    (#"{"id":"A","modified":"x","withdrawn":"2026-01-01T00:00:00Z","affected":[]}"#, "withdrawn"),
    (#"{"modified":"x","affected":[]}"#, "no id"),
    (#"{"id":"A","modified":"x"}"#, "no package that a version tells"),
    (#"{"id":"A","modified":"x","affe"#, "damaged JSON: a string without an end"),
    ("[]]", "damaged JSON: text after the value"),
    ("\u{1}\u{2}", "damaged JSON: a value is missing"), ("", "damaged JSON: cut off"), ("7", "no id"),
  ])
  func leavesOut(_ text: String, _ reason: String) throws {
    let collected = try read(text)
    #expect(collected.advisories.isEmpty)
    #expect(collected.skipped == [reason: 1])
  }

  @Test func aListIsReadToItsDamage() throws {
    let collected = try read("[\(osv("A", "npm", "x")),\(osv("B", "npm", "x")),{\"id\":")
    #expect(collected.advisories.map(\.id) == ["A", "B"])
    #expect(collected.skipped == ["damaged JSON: cut off": 1])
  }

  @Test(arguments: [
    (osv("A", "npm", "x"), true), ("[\(osv("A", "npm", "x"))]", true), (#"{"id":"A","modified":"2026"#, true),
    (#"{"document":{"id":"A"},"modified":1}"#, false), (#"{"packages":[]}"#, false), ("", false),
    ("garbage", false),
    (#"{"id":7,"modified":""}"#, false),
  ])
  func recognises(_ text: String, _ expected: Bool) {
    #expect(OSVSource.recognises(name: "a.json", head: Array(text.utf8)) == expected)
  }

  /// Which versions the files of shared/testdata call affected, by the ranges that they hold.
  @Test(arguments: [
    ("equals_no_patch", "RubyGems", ["1.1.6"], ["1.1.5", "1.1.7"]),
    ("equals_with_patch", "npm", ["1.3.1", "2.0.0"], ["1.3.2", "1.9.0", "2.0.1"]),
    ("full_ranges", "Maven", ["2.5.0", "2.5.15"], ["2.4.9", "2.5.16"]),
    ("greater_than_equals_no_patch", "npm", ["0.0.0", "99.0.0"], []),
    ("less_than_equals_no_patch", "npm", ["0.0.1", "1.1.0"], []),
    ("less_than_equals_with_patch", "npm", ["1.10.2"], ["1.10.3"]),
    (
      "maven_greater_than", "Maven", ["11.6.1", "12.0", "12.6.6", "12.10.1"],
      ["11.6", "11.10.13", "12.6.7", "12.10.2"]
    ),
    ("multiple_ranges_in_package", "RubyGems", ["3.0.20", "4.0.1"], ["3.0.21", "4.0.0", "4.0.5"]),
    ("npm_greater_than", "npm", ["2.1.1", "2.2.0"], ["2.1.0", "3.0.0"]),
  ])
  func realRecords(_ name: String, _ ecosystem: String, _ inside: [String], _ outside: [String]) throws {
    guard let bytes = try testData("osv/ghsa_testdata_\(name).osv.json") else { return }
    #expect(OSVSource.recognises(name: name, head: bytes))
    var collected = Collected()
    try OSVSource.read(AdvisoryFile(name: name, bytes: bytes), into: &collected)
    let packages = try #require(collected.advisories.first).affected
    #expect(Set(packages.map(\.ecosystem)) == [ecosystem])
    let scheme = try #require(Ecosystem(ecosystem).scheme)
    for package in packages {
      for version in inside { #expect(package.position(of: version, scheme) != .outside, "\(version)") }
      for version in outside { #expect(package.position(of: version, scheme) == .outside, "\(version)") }
    }
  }

  @Test func aWithdrawnRealRecordIsLeftOut() throws {
    guard let bytes = try testData("osv/ghsa_testdata_withdrawn.osv.json") else { return }
    var collected = Collected()
    try OSVSource.read(AdvisoryFile(name: "w", bytes: bytes), into: &collected)
    #expect(collected.skipped == ["withdrawn": 1])
  }
}

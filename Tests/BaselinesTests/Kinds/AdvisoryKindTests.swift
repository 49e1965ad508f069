import Advisories
import Baselines
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@Suite struct AdvisoryKindTests {
  private static let high = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"
  private static let low = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N"

  private func record(_ cve: String, _ name: String, _ fixed: String?, _ day: String, _ cvss: String?)
    -> String
  {
    let end = fixed.map { #",{"fixed":"\#($0)"}"# } ?? ""
    let severity = cvss.map { #""severity":[{"type":"CVSS_V3","score":"\#($0)"}],"# } ?? ""
    return #"""
      {"id":"\#(cve)","modified":"2026-11-20T00:00:00Z","published":"\#(day)T00:00:00Z",\#(severity)"affected":
      [{"package":{"ecosystem":"Debian:12","name":"\#(name)"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}\#(end)]}]}]}
      """#
  }

  /// - Parameter exploited: CVEs of CISA's catalogue, with whether ransomware uses them.
  private func outcomes(
    _ parameters: [String: ParameterValue], supplied: Bool = true, exploited: [String: Bool] = [:]
  ) throws -> [Outcome] {
    let folder = NSTemporaryDirectory() + "brinell-kind-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let records =
      [
        record("CVE-2026-1", "curl", "8", "2026-01-01", Self.high),
        record("CVE-2026-2", "curl", nil, "2026-01-01", Self.low),
        record("CVE-2026-3", "curl", "9", "2026-11-20", Self.high),
        record("CVE-2026-4", "nano", "2", "2026-11-20", nil),
        record("CVE-2026-5", "vim", nil, "2026-01-01", Self.high),
      ] + (0..<300).map { record("CVE-2025-\($0)", "big", "2", "2026-01-01", Self.low) }
    try Data("[\(records.joined(separator: ","))]".utf8).write(to: URL(filePath: folder + "/a.json"))
    _ = try AdvisoryImport(database: folder + "/a.sqlite").run([folder + "/a.json"])
    if !exploited.isEmpty {
      let rows = exploited.map { "(1, '\($0.key)', '2026-02-01', NULL, \($0.value ? 1 : 0))" }
      let script = """
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[2])
        db.execute("INSERT INTO exploited (source, cve, added, due, ransomware) VALUES " + open(sys.argv[1]).read())
        db.execute("UPDATE source SET exploited = 1")
        db.commit()
        """
      let run = try Python.run(script, on: rows.joined(separator: ","), [folder + "/a.sqlite"])
      #expect(run.status == 0, "\(run.output)")
    }
    let status = ["curl", "nano", "vim", "big", "bash"].map {
      "Package: \($0)\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n"
    }.joined(separator: "\n")
    let facts = try GuestFixture([
      "/etc/os-release": "ID=debian\nVERSION_ID=12\n", "/var/lib/dpkg/status": status,
    ]).facts()
    if supplied { facts.supply(try AdvisoryStore(path: folder + "/a.sqlite")) }
    return try AdvisoryKind(Parameters(parameters)).evaluate(facts)
  }

  @Test(
    arguments: [
      ([:], ["curl", "nano", "vim", "big"]),
      (["minimum_severity": .text("high")], ["curl", "nano", "vim"]),
      (["minimum_severity": .text("high"), "fix": .text("available")], ["curl", "nano"]),
      (
        ["minimum_severity": .text("high"), "fix": .text("available"), "older_than_days": .integer(30)],
        ["curl"]
      ),
      (["fix": .text("available"), "older_than_days": .integer(3)], ["curl", "nano", "big"]),
      (["minimum_severity": .text("high"), "fix": .text("none")], ["vim"]),
      (["minimum_severity": .text("critical")], []), (["kernels": .text("idle")], []),
    ] as [([String: ParameterValue], [String])])
  func counts(_ parameters: [String: ParameterValue], _ subjects: [String]) throws {
    let found = try outcomes(parameters)
    #expect(found.map(\.subject) == subjects)
    #expect(found.allSatisfy { $0.verdict == .fail })
  }

  @Test func aPackageIsOneOutcomeTheWorstFirst() throws {
    let curl = try #require(try outcomes([:]).first)
    #expect(curl.expected == "no known vulnerability")
    #expect(curl.actual == "1: 3 vulnerabilities, the worst high (CVE-2026-1); fixed in 9")
    #expect(
      curl.evidence.map(\.text) == [
        "high CVE-2026-1 (CVSS 7.8), fixed in 8, of 2026-01-01",
        "high CVE-2026-3 (CVSS 7.8), fixed in 9, of 2026-11-20",
        "low CVE-2026-2 (CVSS 3.7), no fix, of 2026-01-01",
      ])
    #expect(curl.evidence[0].path == "/var/lib/dpkg/status")
    #expect(curl.evidence[0].line == 1)
    let big = try #require(try outcomes([:]).last)
    #expect(big.evidence.count == 201)
    #expect(big.evidence.last?.text == "and 100 more")
  }

  @Test func aSummaryIsOneOutcome() throws {
    let found = try outcomes([
      "summary": .boolean(true), "minimum_severity": .text("high"), "fix": .text("none"),
    ])
    #expect(found.map(\.actual) == ["1 vulnerability in 1 package: 1 high"])
    #expect(try outcomes(["summary": .boolean(true), "minimum_severity": .text("critical")]) == [])
  }

  @Test func withoutAdvisoriesOrTheCatalogueItIsUndecided() {
    let gap = #expect(throws: EvidenceGap.self) { try outcomes([:], supplied: false) }
    #expect(gap?.reason.contains("brinell advisories import") == true)
    #expect(throws: EvidenceGap.self) { try outcomes(["exploited": .boolean(true)]) }
  }

  @Test(
    arguments: [
      ["older_than_days": .integer(-1)], ["kernels": .text("idle"), "ecosystem": .text("any")],
    ] as [[String: ParameterValue]])
  func refuses(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try AdvisoryKind(Parameters(parameters)) }
  }
}

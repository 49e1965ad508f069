import Advisories
import TestSupport
import Testing

@Suite struct CVSSTests {
  /// Of the examples that FIRST publishes for 3.1 and 4.0, and of records of NVD.
  @Test(arguments: [
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10),
    ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
    ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8),
    ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N", 3.7),
    ("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0),
    ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O", 9.8),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10),
    ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0),
  ])
  func scores(_ vector: String, _ score: Double) {
    #expect(CVSS.baseScore(vector) == score)
  }

  @Test(arguments: [
    "", "CVSS:2.0/AV:N", "AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:3.1/AV:N",
    "CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1" + String(repeating: "/A:H", count: 9999),
    "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:S/SA:N",
  ])
  func whatIsNoVectorHasNoScore(_ text: String) {
    #expect(CVSS.baseScore(text) == nil)
  }

  /// All vectors of both versions against the PyPI package `cvss` of Red Hat, where it is installed.
  @Test func agreesWithRedHatsPackage() throws {
    func vectors(_ prefix: String, _ metrics: [(String, String)]) -> [String] {
      metrics.reduce([prefix]) { known, metric in
        known.flatMap { start in metric.1.map { "\(start)/\(metric.0):\($0)" } }
      }
    }
    let three = vectors(
      "CVSS:3.1",
      [
        ("AV", "NALP"), ("AC", "LH"), ("PR", "NLH"), ("UI", "NR"), ("S", "UC"), ("C", "HLN"), ("I", "HLN"),
        ("A", "HLN"),
      ])
    let four = vectors(
      "CVSS:4.0",
      [
        ("AV", "NALP"), ("AC", "LH"), ("AT", "NP"), ("PR", "NLH"), ("UI", "NPA"), ("VC", "HLN"),
        ("VI", "HLN"),
        ("VA", "HLN"), ("SC", "HLN"), ("SI", "HLN"), ("SA", "HLN"),
      ])
    let step = isFullRun ? 1 : 97
    let sample =
      stride(from: 0, to: three.count, by: 7).map { three[$0] }
      + stride(from: 0, to: four.count, by: step).map { four[$0] }
    let script = """
      import sys
      try:
          from cvss import CVSS3, CVSS4
      except ImportError:
          sys.exit(3)
      for line in open(sys.argv[1]):
          line = line.strip()
          score = CVSS4(line).base_score if line.startswith("CVSS:4") else CVSS3(line).base_score
          print(float(score))
      """
    let run = try Python.run(script, on: sample.joined(separator: "\n"))
    if run.status == 3 { return print("skipped: the Python package cvss is absent") }
    let expected = run.output.split(separator: "\n").map { Double($0) ?? -1 }
    #expect(expected.count == sample.count)
    for (vector, score) in zip(sample, expected) { #expect(CVSS.baseScore(vector) == score, "\(vector)") }
  }

  @Test(arguments: [
    ("unimportant", AdvisorySeverity.info), ("negligible", .info), ("Important", .high),
    ("moderate", .medium),
    ("low**", .low), ("CRITICAL", .critical), ("not yet assigned", nil), ("end-of-life", nil), ("", nil),
  ])
  func words(_ word: String, _ severity: AdvisorySeverity?) {
    #expect(AdvisorySeverity(word: word) == severity)
  }

  @Test func whatIsExploitedIsAtLeastHigh() {
    let low = "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:L/A:N"
    var rating = Rating(vectors: [low], stated: "critical", statedForPackage: nil)
    #expect(rating.severity == .low)
    rating.raise(exploited: nil)
    #expect(rating.severity == .low)
    rating.raise(exploited: KnownExploitation(added: "2026-01-01"))
    #expect(rating.severity == .high)
    rating.raise(exploited: KnownExploitation(added: "2026-01-01", ransomware: true))
    #expect(rating.severity == .critical)
    var unrated = Rating(vectors: [], stated: "not yet assigned", statedForPackage: nil)
    #expect(unrated.severity == nil)
    unrated.raise(exploited: KnownExploitation(added: "2026-01-01"))
    #expect(unrated.severity == .high)
  }

  @Test func theDistributionCanCallItWithoutConsequences() {
    let critical = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    #expect(Rating(vectors: [critical], stated: nil, statedForPackage: "unimportant").severity == .info)
    #expect(Rating(vectors: [critical], stated: nil, statedForPackage: "low").severity == .critical)
    #expect(Rating(vectors: [], stated: "HIGH", statedForPackage: "low").severity == .low)
  }
}

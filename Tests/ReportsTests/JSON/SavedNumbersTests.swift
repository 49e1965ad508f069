import Baselines
import Foundation
import Testing

@testable import Reports

/// Anybody may have written a saved report: whatever number stands in it, it is refused or rendered, and nothing traps.
@Suite struct SavedNumbersTests {
  private static let absurd: [any Sendable & Numeric] = [
    Int.max, Int.min, -1, 1e308, 1_000_000_000_000,
  ]

  /// A report that holds every number that there is.
  static let full: Report = {
    var guest = ReportSamples.vulnerableGuest
    guest.summary.scores = [.init(model: "urn:xccdf:scoring:flat", value: 3, maximum: 4)]
    guest.since = .init(score: 61.5)
    guest.verdicts[0].omitted = 3
    guest.coverage.notApplicable = ["no such package": 2]
    guest.findings[0].evidence = [.init(path: "/etc/passwd", line: 3, text: "root", origin: "explicit")]
    guest.vulnerabilities?.packages[0].vulnerabilities[0].exploited = nil
    var report = ReportSamples.report(
      [ReportSamples.target([guest]), ReportSamples.target([guest], name: "second.qcow2")],
      gate: Gate(minCoverage: 90, maxScoreDrop: 5))
    report.since = .init(report: "old.json", startedAt: "2026-11-01T00:00:00Z", baselines: [])
    report.summary.score = 50
    return report
  }()

  /// Where numbers stand, as the way through members and elements; of equal elements the first alone.
  private static func places(in value: Any, _ way: [any Sendable] = []) -> [[any Sendable]] {
    switch value {
    case let members as [String: Any]:
      return members.sorted { $0.key < $1.key }.flatMap { places(in: $0.value, way + [$0.key]) }
    case let elements as [Any]:
      return elements.prefix(1).enumerated().flatMap { places(in: $1, way + [$0]) }
    case let number as NSNumber where CFGetTypeIDIsNumber(number): return [way]
    default: return []
    }
  }

  private static func replaced(_ value: Any, _ way: ArraySlice<any Sendable>, by number: Any) -> Any {
    guard let step = way.first else { return number }
    if var members = value as? [String: Any], let name = step as? String, let member = members[name] {
      members[name] = replaced(member, way.dropFirst(), by: number)
      return members
    }
    if var elements = value as? [Any], let position = step as? Int {
      elements[position] = replaced(elements[position], way.dropFirst(), by: number)
      return elements
    }
    return value
  }

  /// A truth value is a number for Foundation too.
  private static func CFGetTypeIDIsNumber(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) != "c"
  }

  @Test func everyAbsurdNumberIsRefusedOrRendered() throws {
    let document = try JSONSerialization.jsonObject(with: Data(Self.full.json().utf8))
    let places = Self.places(in: document)
    #expect(places.count >= 50)
    let formats = ReportFormats.all + RemediationFormats.all
    var refused = 0
    for way in places {
      for number in Self.absurd {
        let bytes = try JSONSerialization.data(withJSONObject: Self.replaced(document, way[...], by: number))
        guard let report = try? Report(json: bytes) else {
          refused += 1
          continue
        }
        for format in formats { _ = try format.text(of: report) }
        _ = GitHubAnnotations.lines(for: report)
      }
    }
    #expect(refused >= 3 * places.count)
  }

  @Test func nothingButZeroIsRendered() throws {
    var document = try JSONSerialization.jsonObject(with: Data(Self.full.json().utf8))
    for way in Self.places(in: document) { document = Self.replaced(document, way[...], by: 0) }
    let report = try Report(json: JSONSerialization.data(withJSONObject: document))
    for format in ReportFormats.all { _ = try format.text(of: report) }
  }

  @Test(arguments: [
    ("\"answered\": ", "\"answered\": -1"), ("\"percent\": 100", "\"percent\": 1e300"),
    ("\"virtual_size\": 10737418240", "\"virtual_size\": -5"),
    ("\"line\": 3", "\"line\": -1"), ("\"line\": 3", "\"line\": 1000000000001"),
    ("\"min_coverage\": 90", "\"min_coverage\": -90"),
    ("\"no such package\": 2", "\"no such package\": 9223372036854775807"),
  ])
  func theErrorNamesThePlace(_ old: String, _ new: String) throws {
    let text = try Self.full.json()
    try #require(text.contains(old))
    let name = try #require(new.split(separator: "\"").first)
    do {
      _ = try Report(json: Data(text.replacing(old, with: new).utf8))
      Issue.record("\(new) is taken")
    } catch {
      #expect(error.description.hasPrefix("a damaged report: '"))
      #expect(error.description.contains("\(name)' has a value that it cannot have"), "\(error)")
    }
  }

  /// The greatest image that there can be is told, and read again.
  @Test func sizesAreAsGreatAsTheyAre() throws {
    var report = ReportSamples.clean
    report.targets[0].disks[0].virtualSize = .max
    #expect(try Report(json: Data(report.json().utf8)) == report)
  }
}

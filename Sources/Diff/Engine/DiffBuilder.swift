import Evidence
import Facts
import Reports

/// One of the images that are compared, collected and judged or read from a saved report.
public struct DiffSide {
  /// `image`, `tree`, `bundle` or `report`.
  public var source: String
  public var report: Report
  public var guests: [DiffGuest]

  /// - Parameter facts: of the guests of the report's one target, in its order; empty for a saved report.
  public init(side: String, source: String, report: Report, facts: [GuestFacts]) {
    self.source = source
    self.report = report
    let target = report.targets.first
    guests = (target?.guests ?? []).enumerated().map { number, guest in
      DiffGuest(
        side: side, report: guest, checks: report.checks, storage: target?.storage ?? [],
        facts: number < facts.count ? facts[number] : nil)
    }
  }
}

/// Compares two images.
public struct DiffBuilder {
  let topics: [any DiffTopic.Type]

  /// - Parameter topics: by default all.
  public init(topics: [any DiffTopic.Type] = DiffTopics.all) { self.topics = topics }

  /// The comparison of all systems that both images hold.
  public func compare(_ old: DiffSide, _ new: DiffSide) -> (
    pairs: [DiffReport.GuestPair], problems: [String]
  ) {
    var problems = [old, new].flatMap { side in
      side.report.targets.compactMap { $0.error }
        + (side.report.targets.count > 1 ? [Self.several(side)] : [])
    }
    guard problems.isEmpty else { return ([], problems) }
    let pairing = GuestPairing.pair(old.guests, new.guests)
    problems += pairing.problems
    problems += pairing.pairs.flatMap { FindingComparison($0.old.report, $0.new.report).problems }
    let pairs = pairing.pairs.map { pair in
      DiffReport.GuestPair(
        old: DiffReport.Side(old, pair.old), new: DiffReport.Side(new, pair.new),
        sections: sections(pair.old, pair.new))
    }
    return (pairs, problems)
  }

  /// Sections with a change, expected ones included, or with something that was not compared.
  func sections(_ old: DiffGuest, _ new: DiffGuest) -> [DiffReport.Section] {
    DiffReport.SectionName.allCases.compactMap { name in
      let found = topics.filter { $0.section == name }.compactMap { topic($0, old, new) }
      return found.isEmpty ? nil : DiffReport.Section(name: name, topics: found)
    }
  }

  private func topic(
    _ topic: any DiffTopic.Type, _ old: DiffGuest, _ new: DiffGuest
  ) -> DiffReport.Topic? {
    var result = DiffReport.Topic(name: topic.name, title: topic.title, changes: [], churn: [])
    do {
      let found = try topic.compare(old, new)
      result.changes = found.changes
      result.notCompared = found.notCompared
      result.churn = found.churn.sorted { $0.key < $1.key }.map { .init(reason: $0.key, count: $0.value) }
    } catch {
      result.notCompared = error.description
    }
    return result.changes.isEmpty && result.churn.isEmpty && result.notCompared == nil ? nil : result
  }

  private static func several(_ side: DiffSide) -> String {
    "the report holds \(side.report.targets.count) targets; give the report of one"
  }
}

extension DiffReport.Side {
  fileprivate init(_ side: DiffSide, _ guest: DiffGuest) {
    self.init(
      target: side.report.targets.first?.target ?? "", source: side.source, name: guest.report.name,
      distribution: guest.report.distribution, version: guest.report.version,
      architecture: guest.report.architecture, asOf: side.report.asOf, baselines: side.report.baselines,
      findings: guest.report.summary.findings, coverage: guest.report.coverage.percent,
      score: guest.report.summary.score)
  }
}

import Reports

/// Findings by fingerprint, of checks that both sides were asked.
public enum VerdictsTopic: DiffTopic {
  public static let section = DiffReport.SectionName.verdicts
  public static let name = "findings"
  public static let title = "findings"

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    let found = FindingComparison(old.report, new.report)
    var gaps: [String] = []
    if !found.unasked.isEmpty {
      let verb = found.unasked.count == 1 ? "was" : "were"
      gaps.append("\(counted(found.unasked.count, "check")) \(verb) asked of one side only")
    }
    if !found.unlisted.isEmpty {
      let count = counted(found.unlisted.count, "finding")
      gaps.append("\(count) may be among those that the other side has no room to list")
    }
    return TopicChanges(found.changes, notCompared: gaps.isEmpty ? nil : gaps.joined(separator: "; "))
  }
}

import Evidence
import Facts
import Reports

/// Settings of programs that no other topic knows, by file and key: comments and the order of keys are no change.
///
/// A file that is there on one side alone is one change, not one for each of its settings.
public enum OtherSettingsTopic: DiffTopic {
  public static let section = DiffReport.SectionName.configuration
  public static let name = "settings"
  public static let title = "other settings below /etc"
  public static var plan: CollectionPlan { CollectionPlan([OtherSettings.self]) }

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    let (before, after) = try DiffGuest.ask(old, new) { (facts) throws(EvidenceGap) in
      try facts.model(OtherSettings.self).files
    }
    let packages = (Set(old.report.packages.map(\.name)), Set(new.report.packages.map(\.name)))
    let single = packages.0.symmetricDifference(packages.1)
    var result = TopicChanges()
    for path in Set(before.keys).union(after.keys).sorted() {
      let (left, right) = (before[path], after[path])
      guard let changes = try changes(path, left, right, old, new), !changes.isEmpty else { continue }
      let owner = right?.owner ?? left?.owner
      if let reason = ExpectedChanges.reason(path) {
        result.churn[reason, default: 0] += changes.count
      } else if left == nil || right == nil, let owner, single.contains(owner) {
        result.churn["files of packages that have come or gone", default: 0] += 1
      } else {
        result.changes += changes
      }
    }
    return result
  }

  /// Nil where one side has the file in a form that cannot be compared by key.
  private static func changes(
    _ path: String, _ left: OtherSettings.File?, _ right: OtherSettings.File?, _ old: DiffGuest,
    _ new: DiffGuest
  ) throws(Incomparable) -> [DiffChange]? {
    switch (left, right) {
    case (let left?, let right?):
      func items(_ file: OtherSettings.File) -> [DiffItem] {
        file.settings.map { DiffItem("\(path) \($0.key)", $0.value) }
      }
      return keyedChanges(items(left), items(right))
    case (let left?, nil):
      return try isThere(path, new) ? nil : [DiffChange(.removed, path, old: summary(left, path))]
    case (nil, let right?):
      return try isThere(path, old) ? nil : [DiffChange(.added, path, new: summary(right, path))]
    case (nil, nil): return nil
    }
  }

  private static func isThere(_ path: String, _ guest: DiffGuest) throws(Incomparable) -> Bool {
    try guest.ask { (facts) throws(EvidenceGap) in
      try facts.evidence.entry(at: path, followLast: false) != nil
    }
  }

  private static func summary(_ file: OtherSettings.File, _ path: String) -> DiffChange.Value {
    let settings = file.settings.sorted { $0.key < $1.key }
    let words = settings.prefix(4).map { "\($0.key)=\($0.value.text)" }.joined(separator: ", ")
    return DiffChange.Value(
      settings.count > 4
        ? "\(settings.count) settings" : settings.isEmpty ? "no setting" : words, path: path)
  }
}

import Evidence
import Facts

/// One thing that a guest has under a name of its own.
public struct DiffItem: Sendable, Hashable {
  /// Stable across versions.
  public var key: String
  public var value: DiffChange.Value

  public init(_ key: String, _ value: DiffChange.Value) {
    self.key = key
    self.value = value
  }

  /// An item with the place that an origin names.
  public init(_ key: String, _ text: String, _ origin: Origin?) {
    self.init(
      key, DiffChange.Value(text, path: origin?.path, line: origin?.line, origin: origin?.kind.rawValue))
  }
}

/// A topic whose things have keys: what one side alone has is added or removed, what has another text is changed. Where
/// it is said does not matter: a setting that moved to a drop-in with the same effect is no change.
public protocol KeyedTopic: DiffTopic {
  /// Models that it asks.
  static var models: [any FactModel.Type] { get }
  static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem]
  /// Why a change is expected with every build, as in `logs`; nil if it is not.
  static func churn(_ change: DiffChange) -> String?
  /// Unexpected changes in the form in which they are told: shortened, or many as one.
  static func told(_ changes: [DiffChange]) -> [DiffChange]
}

extension KeyedTopic {
  public static var plan: CollectionPlan { CollectionPlan(models) }

  /// Most changes matter.
  public static func churn(_ change: DiffChange) -> String? { nil }

  /// Most are told as they are.
  public static func told(_ changes: [DiffChange]) -> [DiffChange] { changes }

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    let both = try DiffGuest.ask(old, new) { (facts) throws(EvidenceGap) in try items(facts) }
    return compare(both.old, both.new)
  }

  static func compare(_ old: [DiffItem], _ new: [DiffItem]) -> TopicChanges {
    var result = TopicChanges()
    for change in keyedChanges(old, new) {
      if let reason = churn(change) {
        result.churn[reason, default: 0] += 1
      } else {
        result.changes.append(change)
      }
    }
    result.changes = told(result.changes)
    return result
  }
}

/// Compares two lists by key, sorted by key. A key that a list has several times stands for the set of its texts.
func keyedChanges(_ old: [DiffItem], _ new: [DiffItem]) -> [DiffChange] {
  let before = Dictionary(grouping: old, by: \.key).mapValues(united)
  let after = Dictionary(grouping: new, by: \.key).mapValues(united)
  return Set(before.keys).union(after.keys).sorted().compactMap { key in
    switch (before[key], after[key]) {
    case (let value?, nil): DiffChange(.removed, key, old: value)
    case (nil, let value?): DiffChange(.added, key, new: value)
    case (let left?, let right?):
      left.text == right.text ? nil : DiffChange(.changed, key, old: left, new: right)
    case (nil, nil): nil
    }
  }
}

private func united(_ items: [DiffItem]) -> DiffChange.Value {
  var value = items[0].value
  if items.count > 1 { value.text = Set(items.map(\.value.text)).sorted().joined(separator: ", ") }
  return value
}

import Evidence
import Facts

/// A topic about settings that have a value whether or not a file says it: what one side sets and the other leaves at
/// its default changes from the one to the other, and is no change where the default is the same.
public protocol EffectiveTopic: DiffTopic {
  /// Models that it asks.
  static var models: [any FactModel.Type] { get }
  /// Settings that the guest says something about.
  static func keys(_ facts: GuestFacts) throws(EvidenceGap) -> [String]
  /// What holds for a setting; nil if nothing does.
  static func value(of key: String, _ facts: GuestFacts) throws(EvidenceGap) -> DiffChange.Value?
}

extension EffectiveTopic {
  public static var plan: CollectionPlan { CollectionPlan(models) }

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    let both = try DiffGuest.ask(old, new) { (facts) throws(EvidenceGap) in try keys(facts) }
    let all = Set(both.old).union(both.new).sorted()
    return TopicChanges(keyedChanges(try items(all, old), try items(all, new)))
  }

  private static func items(_ keys: [String], _ guest: DiffGuest) throws(Incomparable) -> [DiffItem] {
    try guest.ask { (facts) throws(EvidenceGap) in
      var items: [DiffItem] = []
      for key in keys {
        if let value = try value(of: key, facts) { items.append(DiffItem(key, value)) }
      }
      return items
    }
  }
}

extension DiffChange.Value {
  /// A value as the daemon or the kernel would use it.
  init(_ text: String, _ origin: Origin) {
    self.init(text, path: origin.path, line: origin.line, origin: origin.kind.rawValue)
  }

  /// An effective value of several words.
  init(_ value: Effective<[String]>) { self.init(value.value.joined(separator: " "), value.origin) }

  /// An effective value.
  init(_ value: Effective<String>) { self.init(value.value, value.origin) }
}

/// The kernel's audit rules and switches while a rules file is carried out line by line.
struct AuditKernel {
  /// More rules than this are not taken; no real set comes near.
  static let limit = 1 << 16

  private struct Entry {
    var rank: Int
    var rule: AuditRule
  }

  private var entries: [Int: Entry] = [:]
  private var places: [AuditRule.Identity: Int] = [:]
  private var next = 0
  private(set) var settings: [AuditSetting: Effective<Int>] = [:]
  private var deletionsByKey = 0

  /// In the order in which the kernel asks them: a rule that `-A` added comes before those that were there.
  var rules: [AuditRule] { entries.values.sorted { $0.rank < $1.rank }.map(\.rule) }

  /// Locked until the next boot.
  private var isLocked: Bool { settings[.enabled]?.value == 2 }

  mutating func carryOut(_ command: AuditctlCommand, _ origin: Origin) throws(AuditctlError) {
    if command != .ignoreErrors, isLocked { throw AuditctlError("the audit system is locked by -e 2 before") }
    switch command {
    case .add(let rule): try add(rule)
    case .delete(let rule):
      guard let place = places.removeValue(forKey: rule.identity) else {
        throw AuditctlError("the rule to delete is not there")
      }
      entries[place] = nil
    case .deleteAll(let key): try deleteAll(key)
    case .set(let setting, let value): set(setting, value, origin)
    case .ignoreErrors: break
    }
  }

  private mutating func add(_ rule: AuditRule) throws(AuditctlError) {
    guard entries.count < Self.limit else { throw AuditctlError("more than \(Self.limit) rules") }
    // The kernel compares the flag of -A too, which a rule that is there no longer has.
    if !rule.isPrepended, places[rule.identity] != nil { throw AuditctlError("the rule is there already") }
    next += 1
    entries[next] = Entry(rank: rule.isPrepended ? -next : next, rule: rule)
    places[rule.identity] = next
  }

  private mutating func deleteAll(_ key: String) throws(AuditctlError) {
    guard !key.isEmpty else {
      entries = [:]
      places = [:]
      return
    }
    deletionsByKey += 1
    guard deletionsByKey <= 256 else { throw AuditctlError("more than 256 deletions by key") }
    for (place, entry) in entries where entry.rule.key.contains(key) {
      entries[place] = nil
      places[entry.rule.identity] = nil
    }
  }

  private mutating func set(_ setting: AuditSetting, _ value: Int, _ origin: Origin) {
    var effective = Effective(value, origin: origin)
    if let before = settings[setting] {
      effective.shadowed = [.init(value: before.value, origin: before.origin)] + before.shadowed.prefix(8)
    }
    settings[setting] = effective
  }
}

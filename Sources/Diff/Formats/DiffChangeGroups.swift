import Reports

/// Changes of which many are of one sort, told on a few lines.
enum DiffChangeGroups {
  /// So many of a sort are told together.
  private static let smallest = 5

  /// Things that have come, gone or another version, many at once; findings of one check. The rest one by one.
  static func groups(_ changes: [DiffChange]) -> [[DiffChange]] {
    var groups: [[String?]: [DiffChange]] = [:]
    var order: [[String?]] = []
    for change in changes {
      let isVersion = change.kind == .upgraded || change.kind == .downgraded
      let isWhole = change.kind == .added || change.kind == .removed
      let key: [String?] =
        change.check != nil || isVersion || isWhole
        ? [change.kind.rawValue, change.check, change.severity?.rawValue]
        : ["", change.subject, change.kind.rawValue]
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(change)
    }
    let rank = { (change: DiffChange) in DiffChange.Kind.byConsequence.firstIndex(of: change.kind) ?? 0 }
    let found = order.compactMap { groups[$0] }.flatMap { group in
      group.count >= (group[0].check == nil ? smallest : 3) ? [group] : group.map { [$0] }
    }
    // Findings are in order already.
    guard changes.first?.check == nil else { return found }
    return found.enumerated().sorted {
      (rank($0.element[0]), $0.offset) < (rank($1.element[0]), $1.offset)
    }.map(\.element)
  }

  static func add(_ group: [DiffChange], lines: Int, _ page: inout TextPage) {
    guard let first = group.first else { return }
    let (sign, tone) = DiffText.sign(first.kind)
    let head =
      first.check.map { "\(first.severity?.rawValue ?? "") \($0)  \(group.count) subjects: " }
      ?? "\(group.count) \(first.kind.rawValue): "
    let isVersion = first.kind == .upgraded || first.kind == .downgraded
    let names = group.map {
      isVersion ? DiffText.joined($0.subject, DiffText.values($0), by: " ") : $0.subject
    }
    page.paragraph(
      "\(sign) ", tone: tone, head + clipped(names, room: lines * page.width - head.count))
  }

  /// As many as have room, and how many are left.
  private static func clipped(_ names: [String], room: Int) -> String {
    var shown: [String] = []
    var length = 0
    for name in names {
      length += name.count + 2
      if length > room - 16, !shown.isEmpty { break }
      shown.append(name)
    }
    let rest = names.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}

extension DiffChange {
  /// The change with the elements that both lists have left out, so that what differs is seen: empty where a side has
  /// nothing of its own. Lists with the same elements in another order stay as they are.
  func reduced(separator: String) -> DiffChange {
    guard let old, let new else { return self }
    func elements(_ text: String) -> [String] {
      text.split(separator: separator, omittingEmptySubsequences: true).map(String.init)
    }
    let (before, after) = (elements(old.text), elements(new.text))
    let (known, kept) = (Set(before), Set(after))
    let (gone, come) = (before.filter { !kept.contains($0) }, after.filter { !known.contains($0) })
    guard !gone.isEmpty || !come.isEmpty else { return self }
    var change = self
    change.old?.text = gone.joined(separator: separator)
    change.new?.text = come.joined(separator: separator)
    return change
  }
}

/// Folds changes from the same to the same into one that names all it is about, so that one cause is one line.
///
/// - Parameter limit: so many may stand side by side.
func folded(_ changes: [DiffChange], limit: Int = 3, _ noun: String) -> [DiffChange] {
  var positions: [[String?]: Int] = [:]
  var groups: [[DiffChange]] = []
  for change in changes {
    let key = [change.kind.rawValue, change.old?.text, change.new?.text]
    if let position = positions[key] {
      groups[position].append(change)
    } else {
      positions[key] = groups.count
      groups.append([change])
    }
  }
  return groups.flatMap { group -> [DiffChange] in
    guard group.count > limit, var first = group.first else { return group }
    let names = group.map(\.subject)
    first.subject = "\(group.count) \(noun)"
    let more = names.count > 20 ? ", and \(names.count - 20) more" : ""
    first.note = names.prefix(20).joined(separator: ", ") + more
    first.old = first.old.map { DiffChange.Value($0.text) }
    first.new = first.new.map { DiffChange.Value($0.text) }
    return [first]
  }
}

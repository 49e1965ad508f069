/// What somebody may have meant by a name that does not exist.
package enum Suggestion {
  /// `; did you mean 'equals'?`, or nothing if no candidate is near.
  package static func phrase(for name: String, among candidates: some Sequence<String>) -> String {
    guard let best = nearest(to: name, among: candidates) else { return "" }
    return "; did you mean '\(best)'?"
  }

  /// The candidate with the fewest edits, at most one for every three characters of the name.
  package static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let word = Array(name.lowercased().utf8.prefix(64))
    let limit = max(1, word.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in candidates {
      let other = Array(candidate.lowercased().utf8.prefix(64))
      guard abs(other.count - word.count) <= limit else { continue }
      let distance = distance(word, other)
      guard distance <= limit else { continue }
      if (distance, candidate) < (best?.distance ?? .max, best?.name ?? "") { best = (distance, candidate) }
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var before: [Int] = []
    var previous = Array(0...right.count)
    for (row, byte) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var cost = min(
          previous[column + 1] + 1, current[column] + 1, previous[column] + (byte == other ? 0 : 1))
        if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
          cost = min(cost, before[column - 1] + 1)
        }
        current.append(cost)
      }
      (before, previous) = (previous, current)
    }
    return previous[right.count]
  }
}

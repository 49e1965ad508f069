/// What was not compared for one reason, or not all of it.
struct DiffGap: Hashable {
  /// One phrase.
  var reason: String
  /// Titles of the topics, in place of all topics of a section its name.
  var titles: [String]
  /// The words by which `--fail-on-change` knows the sections and the topics.
  fileprivate var names: Set<String> = []

  /// `mounts, size: a saved report does not hold it`.
  var words: String { titles.joined(separator: ", ") + ": " + reason }

  func isAbout(_ name: String) -> Bool { names.contains(name) }
}

extension DiffReport.GuestPair {
  /// What is said where nothing has changed.
  var sameWords: String { gaps.isEmpty ? "no change" : "no change in what was compared" }

  /// Each reason once, in the order of the sections.
  var gaps: [DiffGap] {
    var gaps: [DiffGap] = []
    for section in sections {
      for reason in section.topics.compactMap(\.notCompared).inOrder {
        let topics = section.topics.filter { $0.notCompared == reason }
        let isWhole = topics.count == DiffTopics.all.filter { $0.section == section.name }.count
        let titles = isWhole ? [section.name.rawValue] : topics.map(\.title)
        let position = gaps.firstIndex { $0.reason == reason } ?? gaps.endIndex
        if position == gaps.endIndex { gaps.append(DiffGap(reason: reason, titles: [])) }
        gaps[position].titles += titles
        gaps[position].names.formUnion([section.name.rawValue] + topics.map(\.name))
      }
    }
    return gaps
  }
}

extension Array where Element: Hashable {
  /// Every element once, where it stands first.
  fileprivate var inOrder: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

/// Collects what is wrong with many subjects, of which a hostile guest can have millions.
struct Objections {
  /// More subjects than this are counted and not listed.
  static let maximum = 500
  /// Inodes that one check looks at below all homes; accounts can share a home by the million.
  private static let maximumLooks = 4_000_000

  private let expected: String
  /// How many subjects were judged.
  var judged = 0
  private var objections: [Outcome] = []
  private var positions: [String: Int] = [:]
  private var omitted = 0
  private var looks = 0

  init(expected: String) { self.expected = expected }

  /// Counts an inode that is looked at; false when that is enough.
  mutating func look() -> Bool {
    looks += 1
    return looks <= Self.maximumLooks
  }

  /// Objects to a subject; a second objection to it joins the first.
  mutating func add(
    _ subject: String, _ verdict: Outcome.Verdict = .fail, actual: String, evidence: [EvidenceLine] = []
  ) {
    if let position = positions[subject] {
      if verdict == .fail { objections[position].verdict = .fail }
      if objections[position].evidence.count >= 8 { return }
      objections[position].actual += "; \(actual)"
      objections[position].evidence += evidence
    } else if objections.count >= Self.maximum {
      omitted += 1
    } else {
      positions[subject] = objections.count
      objections.append(
        Outcome(verdict, subject: subject, expected: expected, actual: actual, evidence: evidence))
    }
  }

  /// The objections; where there is none, one answer for all that was judged.
  func outcomes(passing subject: String, _ actual: String, evidence: [EvidenceLine] = []) -> [Outcome] {
    var outcomes = objections
    if omitted > 0 {
      outcomes.append(
        Outcome(.fail, subject: "further subjects", expected: expected, actual: "\(omitted) more, not listed")
      )
    }
    if looks > Self.maximumLooks {
      let reason = "more than \(Self.maximumLooks) files in home directories"
      outcomes.append(
        Outcome(.undecided(reason: reason), subject: "further files", expected: expected, actual: reason))
    }
    return outcomes.isEmpty
      ? [Outcome(.pass, subject: subject, expected: expected, actual: actual, evidence: evidence)] : outcomes
  }
}

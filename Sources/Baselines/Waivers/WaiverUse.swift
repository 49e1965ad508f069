/// What became of a waiver in one judgement, or in several together.
public struct WaiverUse: Sendable, Hashable {
  /// The states, the one that says most last: of several judgements the last one counts.
  public enum State: Int, Sendable, Hashable, Comparable {
    /// No such check was judged, or only on images outside the scope.
    case unused
    /// What it accepts passes now: it can be removed.
    case removable
    /// It has expired, and the finding that it accepted is back.
    case expired
    /// It accepts a finding.
    case used

    /// From unused to used.
    public static func < (left: State, right: State) -> Bool { left.rawValue < right.rawValue }
  }

  public var waiver: Waiver
  public var state: State
  /// How many findings it accepts, or would accept had it not expired.
  public var findings: Int

  /// Joins what became of the same waivers in several judgements.
  public static func combined(_ judgements: [Judgement]) -> [WaiverUse] {
    guard var result = judgements.first?.waivers else { return [] }
    for judgement in judgements.dropFirst() {
      for (index, use) in judgement.waivers.enumerated() where index < result.count {
        result[index].state = max(result[index].state, use.state)
        result[index].findings += use.findings
      }
    }
    return result
  }

  /// What people should know, in one line; nil if the waiver is in use.
  public var notice: String? {
    let subject = waiver.scope.subject.map { " (\($0))" } ?? ""
    let name = "the waiver for \(waiver.check)\(subject) of \(waiver.owner)"
    let place = waiver.place.map { "\($0): " } ?? ""
    switch state {
    case .used: return nil
    case .unused: return "\(place)\(name) is unused: nothing that was judged is in its scope"
    case .removable: return "\(place)\(name) can be removed: what it accepts passes now"
    case .expired:
      return
        "\(place)\(name) expired at the end of \(waiver.expires): \(findings) finding\(findings == 1 ? "" : "s") "
        + (findings == 1 ? "is" : "are") + " back"
    }
  }
}

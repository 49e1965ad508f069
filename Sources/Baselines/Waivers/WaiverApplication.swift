/// Marks the findings that waivers accept. Everything was judged before and keeps its verdict underneath.
struct WaiverApplication {
  let waivers: [Waiver]
  let image: JudgedImage
  /// The moment of judging, in seconds since 1970-01-01 UTC.
  let asOf: Int64

  /// The number of findings that each waiver accepts, and of those that it no longer does.
  private var matches: [Int]

  init(waivers: [Waiver], image: JudgedImage, asOf: Int64) {
    self.waivers = waivers
    self.image = image
    self.asOf = asOf
    matches = Array(repeating: 0, count: waivers.count)
  }

  mutating func apply(to results: inout [CheckResult]) -> [WaiverUse] {
    let inScope = waivers.indices.filter { waivers[$0].scope.covers(image) }
    for index in results.indices {
      let relevant = inScope.filter { waivers[$0].names(results[index].check) }
      if !relevant.isEmpty { apply(relevant, to: &results[index]) }
    }
    return waivers.indices.map { index in
      WaiverUse(
        waiver: waivers[index], state: state(of: index, inScope.contains(index), results),
        findings: matches[index])
    }
  }

  private mutating func apply(_ relevant: [Int], to result: inout CheckResult) {
    for position in result.findings.indices {
      let subject = result.findings[position].subject
      let matching = relevant.filter { waivers[$0].scope.covers(subject: subject) }
      for index in matching { matches[index] += 1 }
      if let valid = matching.first(where: { isValid(waivers[$0]) }) {
        result.findings[position].verdict = .waived
        result.findings[position].waiver = waivers[valid]
      } else if let expired = matching.last {
        result.findings[position].expiredWaiver = waivers[expired]
      }
    }
    let isAllWaived = !result.findings.isEmpty && result.findings.allSatisfy { $0.verdict == .waived }
    if isAllWaived && (result.omitted == 0 || relevant.contains { acceptsAll(waivers[$0]) }) {
      result.verdict = .waived
    } else if result.verdict == .fail, !result.findings.contains(where: { $0.verdict == .fail }),
      let open = result.findings.first(where: { $0.verdict == .undecided })
    {
      result.verdict = .undecided
      result.reason = open.reason
    }
  }

  private func isValid(_ waiver: Waiver) -> Bool { asOf < waiver.expires.end }

  private func acceptsAll(_ waiver: Waiver) -> Bool { isValid(waiver) && waiver.scope.subject == nil }

  private func state(of index: Int, _ isInScope: Bool, _ results: [CheckResult]) -> WaiverUse.State {
    let waiver = waivers[index]
    if matches[index] > 0 { return isValid(waiver) ? .used : .expired }
    guard isInScope else { return .unused }
    let judged = results.filter { waiver.names($0.check) }
    let isAnswered = judged.contains { [.pass, .fail, .waived].contains($0.verdict) }
    return isAnswered ? .removable : .unused
  }
}

import Baselines

/// Findings without an answer that share a reason.
struct ReasonGroup {
  var reason: String
  var findings: [GuestReport.Finding]

  /// The checks of the findings, each once, in their order.
  var checks: [String] {
    var seen: Set<String> = []
    return findings.map(\.check).filter { seen.insert($0).inserted }
  }

  /// Findings with the verdict by their reason, the most frequent first.
  static func groups(of guest: GuestReport, verdict: CheckResult.Verdict) -> [ReasonGroup] {
    grouped(guest.findings.filter { $0.verdict == verdict }) { $0.reason ?? $0.actual }
      .map { ReasonGroup(reason: $0, findings: $1) }
  }
}

/// Elements that share a key, in the order of their number; of equal number in the order in which they came.
func grouped<Element>(_ elements: [Element], by key: (Element) -> String) -> [(
  key: String, elements: [Element]
)] {
  var groups: [(key: String, elements: [Element])] = []
  var positions: [String: Int] = [:]
  for element in elements {
    let key = key(element)
    if let position = positions[key] {
      groups[position].elements.append(element)
    } else {
      positions[key] = groups.count
      groups.append((key, [element]))
    }
  }
  return groups.enumerated().sorted { left, right in
    let (a, b) = (left.element.elements.count, right.element.elements.count)
    return a == b ? left.offset < right.offset : a > b
  }.map(\.element)
}

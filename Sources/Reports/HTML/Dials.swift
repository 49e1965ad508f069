import Baselines

/// Pictures of numbers, drawn by attributes of SVG alone: a style attribute would need a laxer policy.
package enum Dials {
  /// A ring that is filled as far as the number of a hundred says.
  ///
  /// - Parameters:
  ///   - text: the number in the ring.
  ///   - mark: where the gate asks for more, a mark across the ring.
  package static func ring(
    _ name: String, percent: Double, text: String, note: String, mark: Double? = nil
  ) -> HTMLView {
    [
      "name": name, "percent": number(percent), "text": text, "note": note,
      "mark": mark.map { number(bounded($0) * 3.6 - 90) },
    ]
  }

  /// One bar for each severity.
  package static func severities(_ findings: Summary.Findings) -> [HTMLView] {
    let most = Double(max(1, Severity.allCases.map { findings[$0] }.max() ?? 1))
    return Severity.allCases.reversed().map { severity in
      let count = findings[severity]
      return [
        "severity": severity.rawValue, "count": count,
        "width": number(count > 0 ? max(1, 100 * Double(count) / most) : 0),
      ]
    }
  }

  /// All checks that were asked in one bar.
  static func verdicts(_ counts: Summary.Verdicts) -> [HTMLView] {
    let parts = counts.named.filter { $0.verdict != .notApplicable }
    let total = max(1, parts.map { Double($0.count) }.reduce(0, +))
    var start = 0.0
    return parts.map { part in
      let width = 100 * Double(part.count) / total
      defer { start += width }
      return [
        "kind": part.verdict.rawValue, "name": part.name, "count": part.count, "x": number(start),
        "width": number(width),
      ]
    }
  }

  /// For an attribute: two digits after the point at most.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = Int((min(max(value, -1e6), 1e6) * 100).rounded())
    return hundredths % 100 == 0 ? String(hundredths / 100) : String(Double(hundredths) / 100)
  }

  /// A saved report may hold any number.
  package static func bounded(_ percent: Double) -> Double {
    percent.isFinite ? min(max(0, percent), 100) : 0
  }
}

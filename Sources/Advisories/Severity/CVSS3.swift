import Foundation

/// Base scores of CVSS 3.0 and 3.1 (FIRST, "Common Vulnerability Scoring System v3.1: Specification Document", section
/// 7.1). The metrics of time and environment are left out: they say nothing about the guest.
enum CVSS3 {
  private static let weights: [String: [String: Double]] = [
    "AV": ["N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2], "AC": ["L": 0.77, "H": 0.44],
    "UI": ["N": 0.85, "R": 0.62],
    "C": ["H": 0.56, "L": 0.22, "N": 0], "I": ["H": 0.56, "L": 0.22, "N": 0],
    "A": ["H": 0.56, "L": 0.22, "N": 0],
  ]
  private static let privileges: [String: [String: Double]] = [
    "U": ["N": 0.85, "L": 0.62, "H": 0.27], "C": ["N": 0.85, "L": 0.68, "H": 0.5],
  ]

  /// 0.0...10.0; nil for a vector in which a base metric is missing or has a value that does not exist.
  static func baseScore(_ metrics: [String: String]) -> Double? {
    guard let scope = metrics["S"], let privileges = privileges[scope]?[metrics["PR"] ?? ""],
      let vector = weight("AV", metrics), let complexity = weight("AC", metrics),
      let interaction = weight("UI", metrics), let confidentiality = weight("C", metrics),
      let integrity = weight("I", metrics), let availability = weight("A", metrics)
    else { return nil }
    let base = 1 - (1 - confidentiality) * (1 - integrity) * (1 - availability)
    let impact =
      scope == "U" ? 6.42 * base : 7.52 * (base - 0.029) - 3.25 * pow(base - 0.02, 15)
    if impact <= 0 { return 0 }
    let exploitability = 8.22 * vector * complexity * privileges * interaction
    return roundedUp(min((scope == "U" ? 1 : 1.08) * (impact + exploitability), 10))
  }

  private static func weight(_ metric: String, _ metrics: [String: String]) -> Double? {
    metrics[metric].flatMap { weights[metric]?[$0] }
  }

  /// `Roundup` of the specification's appendix A: up to one decimal, without being misled by binary fractions.
  private static func roundedUp(_ score: Double) -> Double {
    let whole = Int((score * 100_000).rounded())
    return whole % 10_000 == 0 ? Double(whole) / 100_000 : Double(whole / 10_000 + 1) / 10
  }
}

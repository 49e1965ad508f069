import Baselines

extension Report {
  /// The earlier report that the gate compares with, so that only what is new since then fails (`--since`).
  public struct Since: Sendable, Hashable, Codable {
    /// Why a target could not be compared.
    public struct Problem: Sendable, Hashable, Codable {
      public var target: String
      /// One phrase.
      public var reason: String

      /// Says it of a target.
      public init(target: String, reason: String) {
        self.target = target
        self.reason = reason
      }
    }

    /// The file as the user named it.
    public var report: String
    /// When that scan started.
    public var startedAt: String
    public var baselines: [BaselineIdentity]
    public var problems: [Problem]

    /// Names the report.
    public init(
      report: String, startedAt: String, baselines: [BaselineIdentity], problems: [Problem] = []
    ) {
      self.report = report
      self.startedAt = startedAt
      self.baselines = baselines
      self.problems = problems
    }

    enum CodingKeys: String, CodingKey {
      case report
      case startedAt = "started_at"
      case baselines, problems
    }
  }
}

extension GuestReport {
  /// What has become of the system's findings since the earlier report.
  public struct Since: Sendable, Hashable, Codable {
    /// Fingerprints of findings of verdict fail that the earlier report does not hold as such, or that were not as
    /// severe as the gate demands and are now.
    public var new: [String]
    /// How many of the new ones are of checks that the earlier report did not ask.
    public var unasked: Int
    /// Findings of verdict fail on both sides.
    public var remaining: Int
    /// Findings of the earlier report whose check has an answer and does not fail for them any more.
    public var fixed: Int
    /// Findings of the earlier report that are accepted by now.
    public var waived: Int
    /// Findings of the earlier report whose check has no answer now, or is not asked any more.
    public var unanswered: Int
    /// The score that the system had.
    public var score: Double?

    /// Nothing compared yet.
    public init(score: Double? = nil) {
      new = []
      (unasked, remaining, fixed, waived, unanswered) = (0, 0, 0, 0, 0)
      self.score = score
    }
  }

  /// The new findings; nil where nothing was compared.
  package var newFindings: [Finding]? {
    guard let since else { return nil }
    let fingerprints = Set(since.new)
    return findings.filter { $0.verdict == .fail && fingerprints.contains($0.fingerprint) }
  }

  /// Whether a finding is new; nil where nothing was compared.
  package var isNew: ((Finding) -> Bool)? {
    guard let since else { return nil }
    let fingerprints = Set(since.new)
    return { $0.verdict == .fail && fingerprints.contains($0.fingerprint) }
  }
}

extension Report {
  /// One line on what has become of a system's findings: `since old.json of 2026-11-20: 2 new, 3 fixed, 195 remain`.
  package func sinceWords(of guest: GuestReport) -> String? {
    guard let since, let changes = guest.since else { return nil }
    var parts = ["\(changes.new.count) new", "\(changes.fixed) fixed", "\(changes.remaining) remain"]
    if changes.unasked > 0 { parts[0] += " (\(changes.unasked) of checks that it did not ask)" }
    if changes.waived > 0 { parts.append("\(changes.waived) waived since") }
    if changes.unanswered > 0 { parts.append("\(changes.unanswered) have no answer now") }
    if let before = changes.score, let score = guest.summary.score {
      parts.append("score \(scoreText(score)), was \(scoreText(before))")
    }
    return "since \(since.report) of \(since.startedAt.prefix(10)): " + parts.joined(separator: ", ")
  }
}

/// `62`, `61.5`.
package func scoreText(_ score: Double) -> String { String(percentText(score).dropLast()) }

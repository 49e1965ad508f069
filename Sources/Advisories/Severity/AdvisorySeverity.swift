/// How bad a vulnerability is: the words that all sources are brought to.
public enum AdvisorySeverity: Int, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case info, low, medium, high, critical

  public static func < (left: AdvisorySeverity, right: AdvisorySeverity) -> Bool {
    left.rawValue < right.rawValue
  }

  /// `critical`.
  public var word: String { String(describing: self) }

  /// The qualitative rating of a CVSS score (specification of 3.1, table 14; of 4.0, table 22).
  public init(score: Double) {
    switch score {
    case ..<0.1: self = .info
    case ..<4: self = .low
    case ..<7: self = .medium
    case ..<9: self = .high
    default: self = .critical
    }
  }

  /// A source's own word; nil for one that rates nothing, such as `not yet assigned`.
  ///
  /// Debian: security-tracker documentation, "urgency"; `unimportant` are problems without consequences. Ubuntu:
  /// "Priority" of the security team. Red Hat, SUSE, Fedora: critical, important, moderate, low.
  public init?(word: String) {
    switch word.lowercased().drop(while: { $0 == " " }).prefix(while: { $0 != "*" && $0 != "(" }) {
    case "critical", "urgent", "emergency": self = .critical
    case "high", "important": self = .high
    case "medium", "moderate": self = .medium
    case "low", "minor": self = .low
    case "negligible", "unimportant", "none", "info", "informational": self = .info
    default: return nil
    }
  }
}

/// Scores of vectors, computed.
public enum CVSS {
  /// The base score of a vector of CVSS 3.0, 3.1 or 4.0; nil for other versions and for what is no vector.
  public static func baseScore(_ vector: String) -> Double? {
    guard vector.utf8.count <= 512 else { return nil }
    let parts = vector.split(separator: "/")
    guard let version = parts.first else { return nil }
    var metrics: [String: String] = [:]
    for part in parts.dropFirst() {
      let pair = part.split(separator: ":", omittingEmptySubsequences: false)
      guard pair.count == 2, metrics.updateValue(String(pair[1]), forKey: String(pair[0])) == nil else {
        return nil
      }
    }
    switch version {
    case "CVSS:3.0", "CVSS:3.1": return CVSS3.baseScore(metrics)
    case "CVSS:4.0": return CVSS4.baseScore(metrics)
    default: return nil
    }
  }

  /// The highest score among vectors; nil if none of them has one.
  public static func highest(_ vectors: [String]) -> (score: Double, vector: String)? {
    vectors.compactMap { vector in baseScore(vector).map { ($0, vector) } }.max { $0.0 < $1.0 }
  }
}

/// A severity and the reason for it.
public struct Rating: Sendable, Hashable, Codable {
  /// Nil where no source rates the vulnerability.
  public var severity: AdvisorySeverity?
  /// `CVSS 9.8`, `called unimportant`.
  public var reason: String
  /// The base score by which it was rated; nil where a word decided.
  public var score: Double?
  /// The vector that has the score.
  public var vector: String?

  /// - Parameters:
  ///   - vectors: of CVSS; the highest base score counts.
  ///   - stated: the source's word on the vulnerability, used where there is no vector.
  ///   - statedForPackage: its word on the package. One that calls it without consequences there wins over a vector.
  public init(vectors: [String], stated: String?, statedForPackage: String?) {
    if let word = statedForPackage, AdvisorySeverity(word: word) == .info {
      severity = .info
      reason = "called \(word)"
    } else if let best = CVSS.highest(vectors) {
      severity = AdvisorySeverity(score: best.score)
      score = best.score
      vector = best.vector
      reason = "CVSS \(best.score)"
    } else if let word = [statedForPackage, stated].compactMap({ $0 }).first(where: {
      AdvisorySeverity(word: $0) != nil
    }) {
      severity = AdvisorySeverity(word: word)
      reason = "called \(word)"
    } else {
      severity = nil
      reason = "not rated"
    }
  }

  /// Exploitation that is known makes it at least high, ransomware critical.
  public mutating func raise(exploited: KnownExploitation?) {
    guard let exploited else { return }
    let least: AdvisorySeverity = exploited.ransomware ? .critical : .high
    reason += exploited.ransomware ? ", exploited by ransomware" : ", exploited"
    severity = max(severity ?? least, least)
  }
}

/// An entry of CISA's catalogue of known exploited vulnerabilities.
public struct KnownExploitation: Sendable, Hashable, Codable {
  /// The day on which it was listed.
  public var added: String
  /// The day until which US agencies have to act.
  public var due: String?
  public var ransomware: Bool

  public init(added: String, due: String? = nil, ransomware: Bool = false) {
    self.added = added
    self.due = due
    self.ransomware = ransomware
  }
}

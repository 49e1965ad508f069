import Evidence

/// Files that match signatures which the user gave.
public struct SignatureMatches: FactModel {
  public static let needs: [ContentNeed] = []

  /// One file.
  public struct Match: Sendable, Hashable {
    public var path: String
    /// `yara:RULE` and `clamav:SIGNATURE`.
    public var signatures: [String]
  }

  /// Sorted by path.
  public let matches: [Match]
  /// Files that could not be looked at, by path, with the reason.
  public let unread: [(path: String, reason: String)]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let index = facts.evidence.index
    let answer = try facts.evidence.answer(of: SignatureProbe.self)
    matches = answer.records.compactMap { id, record in
      index.entry(id: id).map { Match(path: $0.path, signatures: record.signatures) }
    }.sorted { $0.path < $1.path }
    unread = answer.unread.compactMap { id, reason in index.entry(id: id).map { ($0.path, reason) } }
      .sorted { $0.0 < $1.0 }
  }
}

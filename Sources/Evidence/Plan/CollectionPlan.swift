import DiskImages

/// Files whose content somebody needs.
public struct ContentNeed: Hashable, Sendable, ExpressibleByStringLiteral {
  /// Which files; symbolic links among them are followed.
  public var pattern: GlobPattern
  /// Files larger than this many bytes are recorded as too large, unread; of heads, what is read at most.
  public var limit: Int
  /// Whether the first `limit` bytes suffice, as for a program whose headers are wanted.
  public var isHead = false

  /// 1 MiB: far more than any configuration file that people write.
  public static let usualLimit = 1 << 20

  /// Asks for the content of the files that `pattern` matches.
  public init(_ pattern: String, limit: Int = ContentNeed.usualLimit) {
    self.pattern = GlobPattern(pattern)
    self.limit = limit
  }

  /// Asks for the first bytes of the files that `pattern` matches, however large the files are.
  public static func head(_ pattern: String, bytes: Int) -> ContentNeed {
    var need = ContentNeed(pattern, limit: bytes)
    need.isHead = true
    return need
  }

  /// Asks for the content of the files that the pattern matches, with the usual limit.
  public init(stringLiteral value: String) { self.init(value) }
}

/// What the one pass over a guest has to read, united from the needs of all checks.
public struct CollectionPlan: Sendable {
  /// Finds further files that the files read so far name, such as the target of an `Include`.
  public typealias Follow = @Sendable (Evidence) -> [ContentNeed]

  /// Files that are wanted from the start.
  public var needs: Set<ContentNeed>
  /// Asked after every round, until no new file is wanted.
  public var follow: [Follow]
  /// The same for whole models, each once however many checks ask the model.
  public var followByModel: [ObjectIdentifier: Follow] = [:]
  /// Asked once all contents are there, by name; see `add(_:)`.
  public internal(set) var probes: [String: any ContentProbe] = [:]
  /// How often `follow` is asked; what is still unread then stays `notCollected`.
  public var roundLimit = 6
  /// All contents together; files beyond are recorded as unreadable with this reason.
  public var totalLimit: Int64 = 512 << 20

  /// A plan for the given files.
  public init(needs: Set<ContentNeed> = [], follow: [Follow] = []) {
    self.needs = needs
    self.follow = follow
  }

  /// Adds what another plan wants.
  public mutating func formUnion(_ other: CollectionPlan) {
    needs.formUnion(other.needs)
    follow += other.follow
    followByModel.merge(other.followByModel) { known, _ in known }
    for probe in other.probes.values { add(probe) }
  }
}

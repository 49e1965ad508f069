import DiskImages
import Evidence

/// A way in which a guest, once booted, would speak with other machines so that everybody on the way can read it.
public struct CleartextChannel: Sendable, Hashable {
  /// What is spoken: one of `CleartextChannels.protocols`.
  public var name: String
  /// Which one of them, stable across versions: a share, a mount point, a unit.
  public var subject: String
  /// What is wrong, in a few words.
  public var words: String
  public var origin: Origin

  /// Describes a channel.
  init(_ name: String, _ subject: String, _ words: String, _ origin: Origin) {
    (self.name, self.subject, self.words, self.origin) = (name, subject, words, origin)
  }
}

/// Knows what one program or one kind of file makes the guest say in clear.
protocol CleartextSource: SendableMetatype {
  /// The protocols that it finds.
  static var protocols: [String] { get }
  /// What it reads.
  static var needs: [ContentNeed] { get }
  /// Models that it asks.
  static var models: [any FactModel.Type] { get }
  /// What the next boot would say in clear to other machines.
  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel]
}

extension CleartextSource {
  static var needs: [ContentNeed] { [] }
  static var models: [any FactModel.Type] { [] }
}

/// What a source is given.
struct CleartextContext {
  let facts: GuestFacts
  var evidence: Evidence { facts.evidence }

  /// Whether the next boot starts one of the units, or something that it starts does on demand; of a guest
  /// without systemd, what is configured counts.
  func starts(_ names: [String]) throws(EvidenceGap) -> Bool {
    let units = try facts.model(SystemdUnits.self)
    return !units.isPresent || TLSServices.isStarted(names, units)
  }

  /// The lines of a file, comments and empty ones left out.
  func lines(_ path: String, comments: String = "#") throws(EvidenceGap) -> [ConfigurationLine] {
    try evidence.configurationLines(at: path, comments: comments)
  }

  /// The lines of all regular files that a pattern matches.
  func lines(matching pattern: String, comments: String = "#") throws(EvidenceGap) -> [ConfigurationLine] {
    try evidence.configurationLines(matching: pattern, comments: comments)
  }
}

/// Everything that a guest would say in clear.
public struct CleartextChannels: FactModel {
  /// A new source adds a line.
  private static let sources: [any CleartextSource.Type] = [
    DirectoryClients.self, DisplayServers.self, FileShares.self, FTPServers.self, LegacyServers.self,
    LogSenders.self, NetworkMounts.self, Resolvers.self, SearchServers.self, SNMPAgents.self,
    TimeSources.self,
    SuperServers.self,
  ]

  public static let needs: [ContentNeed] =
    sources.flatMap { source in
      source.needs + source.models.flatMap { $0.needs }
    } + SystemdUnits.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    sources.flatMap { $0.models.flatMap { $0.furtherNeeds(evidence) } }
  }

  /// Names of everything that is looked for, sorted.
  public static let protocols: [String] = Set(sources.flatMap { $0.protocols }).sorted()

  public let channels: [CleartextChannel]
  /// Protocols of which it could not be told.
  public let gaps: [String: EvidenceGap]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let context = CleartextContext(facts: facts)
    var channels: [CleartextChannel] = []
    var gaps: [String: EvidenceGap] = [:]
    for source in Self.sources {
      do {
        channels += try source.channels(context)
      } catch {
        for name in source.protocols { gaps[name] = error }
      }
    }
    var seen: Set<[String]> = []
    self.channels = channels.filter { seen.insert([$0.name, $0.subject]).inserted }
    self.gaps = gaps
  }
}

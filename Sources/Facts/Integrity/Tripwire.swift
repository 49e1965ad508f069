import DiskImages
import Evidence

/// Tripwire: whether it has what a run needs, and what runs it (twfiles(5), twconfig(4)).
public struct Tripwire: FactModel {
  static let folder = "/etc/tripwire"
  private static let text = folder + "/twcfg.txt"
  public static let needs: [ContentNeed] = RecurringJobs.needs + [ContentNeed(text)]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    RecurringJobs.furtherNeeds(evidence)
  }

  /// A file without which a run ends with an error.
  public struct Part: Sendable, Hashable {
    public enum Role: String, Sendable, Hashable, CaseIterable {
      case configuration, policy, database
      case siteKey = "site key"
      case localKey = "local key"
    }

    public var role: Role
    /// The path, or a pattern where the name of the host stands in it.
    public var place: String
    /// The file; nil if there is none or it is empty.
    public var file: String?
  }

  /// One of each role.
  public let parts: [Part]
  /// The sources of configuration and policy, which only twadmin(8) reads, and which show what is not watched.
  public let sources: [String]
  public let jobs: [RecurringJob]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let settings = try Self.settings(evidence)
    var parts: [Part] = []
    for role in Part.Role.allCases {
      let place = settings[role] ?? Self.usual(role)
      let files = try evidence.entries(matching: GlobPattern(place))
      let file = files.first { $0.type == .regular && $0.metadata.size > 0 }
      parts.append(Part(role: role, place: place, file: file?.path))
    }
    self.parts = parts
    var sources: [String] = []
    for path in [Self.text, Self.folder + "/twpol.txt"] {
      if try evidence.entry(at: path) != nil { sources.append(path) }
    }
    self.sources = sources
    jobs = try RecurringJobs(facts, runs: Self.checks).jobs
  }

  /// `tripwire --check`, or `-m c` (tripwire(8)).
  static func checks(_ command: String) -> Bool {
    guard RecurringJobs.programNames(command).contains("tripwire") else { return false }
    let words = command.split { $0 == " " || $0 == "\t" }
    return words.contains("--check") || zip(words, words.dropFirst()).contains { $0 == "-m" && $1 == "c" }
  }

  /// What the packages of Debian and Fedora set.
  private static func usual(_ role: Part.Role) -> String {
    switch role {
    case .configuration: folder + "/tw.cfg"
    case .policy: folder + "/tw.pol"
    case .database: "/var/lib/tripwire/*.twd"
    case .siteKey: folder + "/site.key"
    case .localKey: folder + "/*-local.key"
    }
  }

  /// The source of the configuration, if it is there; what counts is signed and encoded in tw.cfg.
  private static func settings(_ evidence: Evidence) throws(EvidenceGap) -> [Part.Role: String] {
    let names: [String: Part.Role] = [
      "POLFILE": .policy, "DBFILE": .database, "SITEKEYFILE": .siteKey, "LOCALKEYFILE": .localKey,
    ]
    var settings: [Part.Role: String] = [:]
    for line in try evidence.text(at: text)?.lines.prefix(1000) ?? [] {
      let parts = line.text.split(separator: "=", maxSplits: 1).map { $0.trimmingBlanks() }
      guard parts.count == 2, let role = names[String(parts[0])], parts[1].hasPrefix("/") else { continue }
      settings[role] = String(parts[1]).replacing("$(HOSTNAME)", with: "*")
    }
    return settings
  }
}

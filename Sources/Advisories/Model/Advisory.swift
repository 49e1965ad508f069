/// What a source says about one vulnerability or update, in one form for all sources. The words are OSV's
/// (ossf.github.io/osv-schema).
public struct Advisory: Hashable, Sendable, Codable {
  /// The source's own name: `DSA-5678-1`, `GHSA-…`, `RHSA-…`, or the CVE where there is no other.
  public var id: String
  /// Other names of the same vulnerability, CVE numbers above all.
  public var aliases: [String] = []
  /// One line.
  public var summary: String = ""
  /// `2026-07-11`, UTC; nil where the source does not say it.
  public var published: String?
  /// Vectors such as `CVSS:3.1/AV:N/…` and `CVSS:4.0/…`; scores are computed from them.
  public var cvss: [String] = []
  /// The source's own word, used where there is no vector: `important`, `unimportant`, `moderate`.
  public var statedSeverity: String?
  /// Where to read more, the best first.
  public var references: [String] = []
  public var affected: [AffectedPackage] = []

  public init(id: String) { self.id = id }

  /// All CVE numbers among id and aliases.
  public var cves: [String] { ([id] + aliases).filter { $0.hasPrefix("CVE-") } }
}

/// One package that an advisory speaks of, in one ecosystem.
public struct AffectedPackage: Hashable, Sendable, Codable {
  /// What the source knows of the package.
  public enum Status: String, Hashable, Sendable, Codable {
    /// Versions in `ranges` or `versions` are affected; a range without an end has no fix yet.
    case affected
    /// No version is.
    case notAffected = "not_affected"
    case underInvestigation = "under_investigation"
  }

  /// One half-open range of affected versions, in the ecosystem's order.
  public struct Range: Hashable, Sendable, Codable {
    /// The first affected version; nil for the very first.
    public var introduced: String?
    /// The first version that is not affected any more; nil if there is none yet.
    public var fixed: String?
    /// The last affected version, where a source names that instead.
    public var lastAffected: String?

    public init(introduced: String? = nil, fixed: String? = nil, lastAffected: String? = nil) {
      self.introduced = introduced
      self.fixed = fixed
      self.lastAffected = lastAffected
    }
  }

  /// As OSV writes it: `Debian:12`, `Alpine:v3.19`, `Ubuntu:22.04:LTS`, `npm`, `PyPI`.
  public var ecosystem: String
  /// Of the source package where the ecosystem speaks so (Debian, Ubuntu, Alpine), else of the binary package.
  public var name: String
  public var status: Status = .affected
  public var ranges: [Range] = []
  /// Affected versions that are listed one by one.
  public var versions: [String] = []
  /// Architectures that it holds for; empty for all.
  public var architectures: [String] = []
  /// rpm's module, `name:stream`; nil outside of modules.
  public var module: String?
  /// The source's own word on this package, where it overrides that of the advisory: Debian's `urgency`.
  public var statedSeverity: String?
  /// Why there is no fix: Debian's `no-dsa` with its reason, CSAF's `will not fix`.
  public var note: String?

  public init(ecosystem: String, name: String) {
    self.ecosystem = ecosystem
    self.name = name
  }
}

/// A baseline with everything resolved: what it inherits, what it sets, what it leaves out.
public struct LoadedBaseline: Sendable {
  /// A published benchmark that a baseline follows.
  public struct Benchmark: Sendable, Hashable {
    public var name: String
    public var version: String
    /// A part of it that the baseline follows, such as `Level 1 - Server`.
    public var profile: String?
    /// Whether its publisher has certified the baseline.
    public var isCertified: Bool

    /// Names a benchmark.
    public init(name: String, version: String, profile: String? = nil, isCertified: Bool) {
      self.name = name
      self.version = version
      self.profile = profile
      self.isCertified = isCertified
    }

    /// `Follows CIS Debian Linux 12 Benchmark 1.1.0, Level 1 - Server. Not certified by its publisher.`
    public var statement: String {
      "Follows \(name) \(version)\(profile.map { ", \($0)" } ?? ""). "
        + (isCertified ? "Certified by its publisher." : "Not certified by its publisher.")
    }
  }

  /// A check that a baseline inherits and leaves out.
  public struct Disabled: Sendable, Hashable {
    public var check: String
    public var reason: String
    /// The baseline that leaves it out.
    public var by: String

    /// Describes a check that is left out.
    public init(check: String, reason: String, by: String) {
      self.check = check
      self.reason = reason
      self.by = by
    }
  }

  public var identity: BaselineIdentity
  public var description: String?
  public var benchmark: Benchmark?
  /// The file that defines it.
  public var file: String
  /// What it extends directly.
  public var extends: [String]
  /// Guests that it is for; nil for those that its checks say.
  public var appliesTo: Applicability?
  /// Every variable that its checks can use, sorted by name.
  public var values: [ResolvedValue]
  /// In the order in which they are judged: what is inherited, then the libraries', then its own.
  public var checks: [Check]
  public var disabled: [Disabled]

  /// Puts a baseline together.
  public init(
    identity: BaselineIdentity, description: String? = nil, benchmark: Benchmark? = nil, file: String = "",
    extends: [String] = [], appliesTo: Applicability? = nil, values: [ResolvedValue] = [], checks: [Check],
    disabled: [Disabled] = []
  ) {
    self.identity = identity
    self.description = description
    self.benchmark = benchmark
    self.file = file
    self.extends = extends
    self.appliesTo = appliesTo
    self.values = values
    self.checks = checks
    self.disabled = disabled
  }
}

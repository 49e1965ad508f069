import Baselines

/// What was found of one system of a target.
public struct GuestReport: Sendable, Hashable, Codable {
  /// How long the distribution cares for the system.
  public struct Support: Sendable, Hashable, Codable {
    /// `regular`, `lts`, `subscription`, `paid`: the support that the guest gets the longest; `ended` or
    /// `rolling`.
    public var level: String
    /// The last day, `2028-06-30`.
    public var ends: String?

    /// Describes the support.
    public init(level: String, ends: String?) {
      self.level = level
      self.ends = ends
    }
  }

  /// How much of what was asked has an answer.
  public struct Coverage: Sendable, Hashable, Codable {
    /// A check without an answer.
    public struct Unanswered: Sendable, Hashable, Codable {
      public var check: String
      public var reason: String
    }

    /// All checks but those that are not applicable.
    public var asked: Int
    /// Those with verdict pass, fail, waived or blocked.
    public var answered: Int
    /// Of the asked, with one decimal; 0 where nothing was asked.
    public var percent: Double
    public var unanswered: [Unanswered]
    /// How many checks are not applicable, by reason.
    public var notApplicable: [String: Int]

    /// `notApplicable`, the most frequent first.
    var notApplicableReasons: [(reason: String, count: Int)] {
      notApplicable.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
        .map { ($0.key, $0.value) }
    }

    /// How many checks are not applicable.
    var notApplicableCount: Int { notApplicable.values.reduce(0, +) }

    enum CodingKeys: String, CodingKey {
      case asked, answered, percent, unanswered
      case notApplicable = "not_applicable"
    }
  }

  /// A check's answer.
  public struct Verdict: Sendable, Hashable, Codable {
    public var check: String
    public var verdict: CheckResult.Verdict
    public var reason: String?
    /// Where there is one subject only.
    public var subject: String?
    /// Findings beyond those that are listed, for a check with more than 1000.
    public var omitted: Int?
  }

  /// An installed package.
  public struct Package: Sendable, Hashable, Codable {
    public var name: String
    public var version: String
    public var arch: String
    /// Name of the source package.
    public var source: String
    public var purl: String
    public var licences: [String]
    /// The database that lists it.
    public var foundAt: String

    /// `dpkg`, `rpm` …; nil for packages of programming languages.
    package var format: String? { PackageURL.format(of: purl) }

    enum CodingKeys: String, CodingKey {
      case name, version, arch, source, purl, licences
      case foundAt = "found_at"
    }
  }

  /// The device of the root file system; `/` for a directory.
  public var root: String
  public var os: String
  /// `debian`, `ubuntu`, `rhel` …
  public var distribution: String
  /// `12`, `24.04`.
  public var version: String?
  /// For people: `Debian GNU/Linux 12 (bookworm)`.
  public var name: String
  /// In the words of the package system, e.g. `amd64`.
  public var architecture: String?
  public var hostname: String?
  /// `dpkg`, `rpm` …; several joined by commas.
  public var packageFormat: String?
  /// `packageFormat` in its parts.
  package var packageFormats: Set<String> {
    Set((packageFormat ?? "").split(separator: ",").map(String.init))
  }
  public var support: Support?
  public var coverage: Coverage
  public var summary: Summary
  /// What is new since the earlier report, where there is one.
  public var since: Since?
  public var findings: [Finding]
  public var verdicts: [Verdict]
  public var packages: [Package]
  /// Known vulnerabilities of packages; nil where no check asks for them.
  public var vulnerabilities: Vulnerabilities?
  /// Seconds by stage.
  public var timings: [String: Double]

  enum CodingKeys: String, CodingKey {
    case root, os, distribution, version, name, architecture, hostname
    case packageFormat = "package_format"
    case support, coverage, summary, since, findings, verdicts, packages, vulnerabilities, timings
  }
}

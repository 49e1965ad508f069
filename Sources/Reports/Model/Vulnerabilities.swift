import Advisories
import Baselines

extension GuestReport {
  /// What advisories say against the installed packages.
  public struct Vulnerabilities: Sendable, Hashable, Codable {
    /// Packages that were looked up.
    public var judged: Int
    /// Why packages were not looked up: nothing is known of them then.
    public var unknown: [String]
    /// Those with vulnerabilities.
    public var packages: [VulnerablePackage]
  }

  /// A source package or a package of a programming language that has vulnerabilities.
  public struct VulnerablePackage: Sendable, Hashable, Codable {
    /// Whether it is a kernel, and which one.
    public enum Role: String, Sendable, Hashable, Codable {
      case software
      case bootingKernel = "booting_kernel"
      case idleKernel = "idle_kernel"
    }

    /// An installed package that is affected.
    public struct Installed: Sendable, Hashable, Codable {
      public var name: String
      public var version: String
      public var purl: String
      /// The file that lists it.
      public var foundAt: String

      enum CodingKeys: String, CodingKey {
        case name, version, purl
        case foundAt = "found_at"
      }
    }

    /// Of the source package; `npm minimist` for a language.
    public var name: String
    public var role: Role
    public var installed: [Installed]
    /// A version without any of the vulnerabilities that have a fix.
    public var fixed: String?
    /// The worst first.
    public var vulnerabilities: [Vulnerability]
  }

  /// One vulnerability of a package.
  public struct Vulnerability: Sendable, Hashable, Codable {
    /// The CVE number, or the advisory's own name where it has none.
    public var name: String
    /// Names of the records that say it: `DSA-5678-1`.
    public var advisories: [String]
    /// Nil where nobody rates it.
    public var severity: Severity?
    /// The reason for the severity: `CVSS 9.8, exploited`.
    public var rating: String
    /// The base score of CVSS by which it is rated.
    public var score: Double?
    /// Its vector: `CVSS:3.1/AV:N/…`.
    public var vector: String?
    /// The first version without it.
    public var fixed: String?
    /// Since when the fix is known, or the vulnerability where there is none: `2026-07-11`.
    public var since: String?
    public var summary: String
    /// Where to read more.
    public var references: [String]
    /// Why there is no fix, in the source's words.
    public var note: String?
    /// The entry of CISA's catalogue.
    public var exploited: KnownExploitation?
    /// EPSS, 0...1.
    public var probability: Double?
    /// Fingerprints of the findings that count it.
    public var findings: [String]
  }
}

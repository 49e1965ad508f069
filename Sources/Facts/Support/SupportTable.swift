import Evidence

/// What kind of updates a distribution's release still gets.
public enum SupportLevel: String, Sendable, Hashable, CaseIterable, Codable {
  /// By the distribution itself, for everybody.
  case regular
  /// By a long-term team, for everybody; fewer packages, fewer architectures.
  case lts
  /// By the distribution, to machines that are attached to a subscription which is free in small numbers.
  case subscription
  /// Bought separately.
  case paid
}

/// When support of distributions' releases ends: `baselines/data/support-dates.yaml`, or a file of the same form.
///
/// A guest's own `/usr/share/distro-info/*.csv` is not read: it is as old as the guest's last update, and whoever
/// makes an image could write into it that the image is supported.
public struct SupportTable: Sendable, Hashable {
  /// One release.
  public struct Release: Sendable, Hashable {
    /// Last days by level, `2026-07-11`.
    public var ends: [SupportLevel: String] = [:]
    public var codename: String?
    /// Why there are no dates.
    public var unknown: String?
    /// Where the dates are published.
    public var source: String
    /// The day as of which the table that holds the row was made.
    public var asOf: String
  }

  /// One distribution, by `ID` of os-release.
  public struct Distribution: Sendable, Hashable {
    public var source: String
    public var isRolling = false
    /// What levels ask for beyond the usual sources.
    public var needs: [SupportLevel: String] = [:]
    /// By version.
    public var releases: [String: Release] = [:]
  }

  /// The day of the table, `2026-11-24`.
  public var asOf: String
  public var distributions: [String: Distribution]

  /// This table with the rows of another one in place of its own.
  public func overridden(by other: SupportTable) -> SupportTable {
    var result = self
    for (id, theirs) in other.distributions {
      guard var mine = result.distributions[id] else {
        result.distributions[id] = theirs
        continue
      }
      mine.source = theirs.source
      mine.isRolling = theirs.isRolling
      mine.needs.merge(theirs.needs) { _, new in new }
      mine.releases.merge(theirs.releases) { _, new in new }
      result.distributions[id] = mine
    }
    return result
  }

  /// The row of a release: by its version, by ever shorter parts of it (3.19.1 is a state of 3.19, 9.4 one of 9), or
  /// for guests that have no version, such as Debian's testing, by its codename.
  func release(_ id: String, version: String?, codename: String?) -> Release? {
    guard let releases = distributions[id]?.releases else { return nil }
    guard let version else {
      return codename.flatMap { name in releases.values.first { $0.codename == name } }
    }
    let parts = version.split(separator: ".", maxSplits: 4)
    for length in stride(from: min(parts.count, 3), to: 0, by: -1) {
      if let row = releases[parts.prefix(length).joined(separator: ".")] { return row }
    }
    return nil
  }

  /// The table beside the shipped baselines.
  public static let shipped: Result<SupportTable, EvidenceGap> = {
    let name = "data/support-dates.yaml"
    guard let path = ShippedFolders.file(name) else {
      return .failure(
        EvidenceGap(path: name, reason: "the table of support dates is not beside the baselines"))
    }
    do throws(SupportTableError) {
      return .success(try SupportTable.read(path))
    } catch {
      return .failure(EvidenceGap(path: path, reason: error.description))
    }
  }()
}

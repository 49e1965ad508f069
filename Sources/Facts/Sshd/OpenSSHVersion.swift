/// The release of OpenSSH on which compiled defaults depend.
public struct OpenSSHVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var major: Int
  public var minor: Int
  /// Whether the sntrup761 exchange has its final name beside the first one before 9.9 brought it: an update
  /// of Debian 12 did.
  var hasFinalHybridName = false

  /// Names a release.
  public init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Reads the release out of a package version: `1:9.2p1-2+deb12u10`, `8.7p1-38.el9`, `9.6_p1-r0`.
  public init?(packageVersion: String) {
    let version = packageVersion.split(separator: ":", maxSplits: 1).last ?? ""
    let parts = version.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let major = Int(parts[0]),
      let minor = Int(parts[1].prefix { $0.isASCII && $0.isNumber })
    else { return nil }
    self.init(major, minor)
    if major == 9, minor == 2, let update = version.split(separator: "+deb12u").dropFirst().first {
      hasFinalHybridName = (Int(update.prefix { $0.isNumber }) ?? 0) >= 4
    }
  }

  /// The installed release; nil if no package of OpenSSH is installed.
  init?(_ packages: InstalledPackages, names: [String]) {
    for name in names {
      if let package = packages.installed(name), let version = Self(packageVersion: package.version) {
        self = version
        return
      }
    }
    return nil
  }

  public var description: String { "\(major).\(minor)" }

  public static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }
}

/// How versions are ordered. Every kind of package has its own order; two versions are only ever compared in the
/// one of their package.
public enum VersionScheme: String, Sendable, Hashable, CaseIterable {
  case dpkg, rpm, apk, pacman
  case semver, pep440, maven, gem

  /// Below zero if `left` is the older version, zero if both are the same, above zero if it is the newer one.
  public func order(_ left: String, _ right: String) -> Int {
    switch self {
    case .dpkg: compare(DpkgVersion(left), DpkgVersion(right))
    case .rpm: compare(RpmVersion(left), RpmVersion(right))
    case .apk: compare(ApkVersion(left), ApkVersion(right))
    case .pacman: compare(PacmanVersion(left), PacmanVersion(right))
    case .semver: compare(SemanticVersion(left), SemanticVersion(right))
    case .pep440: compare(PythonVersion(left), PythonVersion(right))
    case .maven: compare(MavenVersion(left), MavenVersion(right))
    case .gem: compare(GemVersion(left), GemVersion(right))
    }
  }

  private func compare<Version: Comparable>(_ left: Version, _ right: Version) -> Int {
    left < right ? -1 : (left == right ? 0 : 1)
  }
}

/// A version that is compared by a function of three outcomes, and whose spelling can differ where its order does
/// not.
protocol OrderedVersion: Comparable, Hashable {
  /// Below zero, zero or above.
  static func order(_ left: Self, _ right: Self) -> Int
  /// Equal for versions that are equal in order.
  var hashKey: [UInt8] { get }
}

extension OrderedVersion {
  public static func < (left: Self, right: Self) -> Bool { order(left, right) < 0 }
  public static func == (left: Self, right: Self) -> Bool { order(left, right) == 0 }
  public func hash(into hasher: inout Hasher) { hasher.combine(hashKey) }
}

/// Comparisons of runs of bytes, of any length: no number is ever converted.
enum VersionBytes {
  typealias Run = ArraySlice<UInt8>

  static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 }

  /// Digits without leading zeros.
  static func significant(_ digits: Run) -> Run { digits.drop { $0 == UInt8(ascii: "0") } }

  /// As numbers: without leading zeros the longer one is the larger.
  static func numbers(_ left: Run, _ right: Run) -> Int {
    let (l, r) = (significant(left), significant(right))
    return l.count != r.count ? l.count - r.count : texts(l, r)
  }

  /// Byte by byte, as strcmp(3).
  static func texts(_ left: Run, _ right: Run) -> Int {
    if left.elementsEqual(right) { return 0 }
    return left.lexicographicallyPrecedes(right) ? -1 : 1
  }

  /// `epoch:version-release` as rpm and pacman split it: the epoch is digits before the first colon, the release
  /// follows the last hyphen; nil where there is none.
  static func split(_ text: String) -> (epoch: Run, version: Run, release: Run?) {
    let bytes = Array(text.utf8)[...]
    let digits = bytes.prefix(while: isDigit)
    var epoch = bytes.prefix(0)
    var version = bytes
    if digits.endIndex < bytes.endIndex, bytes[digits.endIndex] == UInt8(ascii: ":") {
      epoch = significant(digits)
      version = bytes[(digits.endIndex + 1)...]
    }
    guard let hyphen = version.lastIndex(of: UInt8(ascii: "-")) else { return (epoch, version, nil) }
    return (epoch, version[..<hyphen], version[(hyphen + 1)...])
  }
}

import Facts

/// A name space of packages as OSV writes it: `Debian:12`, `Red Hat:enterprise_linux:9::baseos`, `PyPI`.
public struct Ecosystem: Hashable, Sendable {
  /// Which packages of a guest an ecosystem's names are the names of.
  public enum Naming: Hashable, Sendable {
    case source, binary
    /// Sources differ: names are looked for among both.
    case either
    case language
  }

  public let text: String
  /// The part before the first colon: `Debian`.
  public let base: String
  /// What follows it: `12`, `22.04:LTS`; empty if nothing does.
  public let release: String

  public init(_ text: String) {
    self.text = text
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    base = String(parts.first ?? "")
    release = parts.count > 1 ? String(parts[1]) : ""
  }

  private static let kinds: [String: (VersionScheme, Naming)] = [
    "Debian": (.dpkg, .source), "Ubuntu": (.dpkg, .source),
    "Alpine": (.apk, .source), "Wolfi": (.apk, .source), "Chainguard": (.apk, .source),
    "MinimOS": (.apk, .source), "Alpaquita": (.apk, .source),
    "Red Hat": (.rpm, .binary), "AlmaLinux": (.rpm, .binary), "Fedora": (.rpm, .binary),
    "Fedora EPEL": (.rpm, .binary),
    "Oracle Linux": (.rpm, .binary), "Amazon Linux": (.rpm, .binary), "CentOS": (.rpm, .binary),
    "Rocky Linux": (.rpm, .either), "SUSE": (.rpm, .either), "openSUSE": (.rpm, .either),
    "Mageia": (.rpm, .either), "Photon OS": (.rpm, .either), "openEuler": (.rpm, .either),
    "Azure Linux": (.rpm, .either), "CBL-Mariner": (.rpm, .either), "Arch Linux": (.pacman, .either),
    "PyPI": (.pep440, .language), "npm": (.semver, .language), "RubyGems": (.semver, .language),
    "Maven": (.maven, .language), "Go": (.semver, .language), "crates.io": (.semver, .language),
    "Hex": (.semver, .language), "Pub": (.semver, .language), "SwiftURL": (.semver, .language),
  ]

  /// How its versions are ordered; nil where that is not known.
  public var scheme: VersionScheme? { Self.kinds[base]?.0 }

  public var naming: Naming { Self.kinds[base]?.1 ?? .binary }

  public var isDistribution: Bool { Self.kinds[base].map { $0.1 != .language } ?? false }

  /// Whether it speaks of all of a release, not only of packages beside it or of fixes for subscribers.
  public var isWholeRelease: Bool { base != "Fedora EPEL" && !release.hasPrefix("Pro:") }

  /// A package's name as it is compared: PyPI takes `Foo_Bar` and `foo-bar` as the same (PEP 503).
  public func normalized(_ name: String) -> String {
    guard base == "PyPI" else { return name }
    return name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
  }
}

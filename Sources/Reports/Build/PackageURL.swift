import Facts

/// Package URLs (github.com/package-url/purl-spec and its list of types).
enum PackageURL {
  /// Of a package of a distribution: `pkg:deb/debian/curl@7.88.1-10%2Bdeb12u5?arch=amd64&distro=debian-12`. An epoch
  /// of rpm is a qualifier.
  static func text(_ package: Package, format: String, distribution: String, version: String?) -> String {
    var packageVersion = package.version
    var qualifiers: [String] = []
    if !package.architecture.isEmpty { qualifiers.append("arch=" + encoded(package.architecture)) }
    if let version { qualifiers.append("distro=" + encoded("\(distribution)-\(version)")) }
    if format == "rpm", let colon = packageVersion.firstIndex(of: ":") {
      qualifiers.append("epoch=" + encoded(String(packageVersion[..<colon])))
      packageVersion = String(packageVersion[packageVersion.index(after: colon)...])
    }
    let name = [namespace(distribution), package.name].map(encoded).joined(separator: "/")
    return "pkg:\(type(format))/\(name)@\(encoded(packageVersion))"
      + (qualifiers.isEmpty ? "" : "?" + qualifiers.joined(separator: "&"))
  }

  /// Of a package of a programming language: `pkg:npm/%40babel/core@7.1.0`.
  static func text(_ package: LanguagePackage) -> String {
    let parts: [String]
    switch package.ecosystem {
    case .python: parts = [normalizedPython(package.name)]
    case .npm: parts = package.name.split(separator: "/").map { $0.lowercased() }
    case .ruby, .cargo: parts = [package.name]
    case .maven: parts = package.name.split(separator: ":").map(String.init)
    // The list of types wants lower case, though paths of modules are told apart by case.
    case .golang: parts = package.name.split(separator: "/").map { $0.lowercased() }
    }
    let name = parts.map(encoded).joined(separator: "/")
    return "pkg:\(package.ecosystem.rawValue)/\(name)@\(encoded(package.version))"
  }

  private static func type(_ format: String) -> String {
    switch format {
    case "dpkg": "deb"
    case "pacman": "alpm"
    default: format
    }
  }

  /// The kind of database that a package of a distribution is listed in; nil for other packages.
  static func format(of text: String) -> String? {
    ["dpkg", "rpm", "apk", "pacman"].first { text.hasPrefix("pkg:\(type($0))/") }
  }

  /// The vendor, where it is named otherwise than the distribution's id in os-release.
  private static func namespace(_ distribution: String) -> String {
    switch distribution {
    case "rhel": "redhat"
    case "opensuse-leap", "opensuse-tumbleweed": "opensuse"
    case "sles", "sled", "sle-micro": "suse"
    default: distribution
    }
  }

  /// Lower case, runs of `-`, `_` and `.` as one hyphen (PEP 503).
  private static func normalizedPython(_ name: String) -> String {
    name.lowercased().split { "-_.".contains($0) }.joined(separator: "-")
  }

  /// Percent-encoded but for letters, digits, `.`, `-`, `_`, `~` and the colon.
  private static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: ":"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }
}

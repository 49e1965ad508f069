import Facts

/// A package URL (github.com/package-url/purl-spec) of a package of a distribution.
enum PackageURL {
  /// `pkg:deb/debian/curl@7.88.1-10%2Bdeb12u5?arch=amd64&distro=debian-12`.
  static func text(_ package: Package, format: String, distribution: String, version: String?) -> String {
    let type = format == "dpkg" ? "deb" : format
    var qualifiers: [String] = []
    if !package.architecture.isEmpty { qualifiers.append("arch=" + encoded(package.architecture)) }
    if let version { qualifiers.append("distro=" + encoded("\(distribution)-\(version)")) }
    let name = [distribution, package.name].map(encoded).joined(separator: "/")
    return "pkg:\(type)/\(name)@\(encoded(package.version))"
      + (qualifiers.isEmpty ? "" : "?" + qualifiers.joined(separator: "&"))
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

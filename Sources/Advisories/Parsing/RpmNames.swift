/// What the names and releases of rpm packages tell.
enum RpmNames {
  /// Whether a package holds only what a debugger reads.
  static func isForDebugging(_ name: String) -> Bool {
    name.contains("-debuginfo") || name.hasSuffix("-debugsource")
  }

  /// The digits after a mark of the distribution in a release: `9` of `el` in `23.el9_2.4`, `151` of `lp` in
  /// `lp151.4.1`. The mark stands at the start or after a sign (Fedora packaging guidelines, "dist tag").
  static func number(after mark: String, in release: String) -> String? {
    let bytes = Array(release.utf8)
    let mark = Array(mark.utf8)
    var place = 0
    while place + mark.count < bytes.count {
      let isStart = place == 0 || !isAlphanumeric(bytes[place - 1])
      let digits = place + mark.count
      if isStart, bytes[place..<digits].elementsEqual(mark), AdvisoryText.isDigit(bytes[digits]) {
        return String(decoding: bytes[digits...].prefix(while: AdvisoryText.isDigit), as: UTF8.self)
      }
      place += 1
    }
    return nil
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    AdvisoryText.isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
  }

  /// Name, version with release and architecture of `curl-0:7.76.1-26.el9_3.2.x86_64`; nil where it is not of this
  /// form. The architecture may be missing.
  static func parts(_ text: String) -> (name: String, version: String, architecture: String)? {
    var text = text[...]
    var architecture = ""
    if let dot = text.lastIndex(of: "."), architectures.contains(String(text[text.index(after: dot)...])) {
      architecture = String(text[text.index(after: dot)...])
      text = text[..<dot]
    }
    guard let release = text.lastIndex(of: "-"), let version = text[..<release].lastIndex(of: "-") else {
      return nil
    }
    let name = text[..<version]
    let start = text.index(after: version)
    guard !name.isEmpty, text[start].isASCII, text[start].isNumber,
      text[text.index(after: release)...].first?.isNumber == true
    else { return nil }
    return (String(name), withoutZeroEpoch(String(text[start...])), architecture)
  }

  /// `7.76.1-26.el9` of `0:7.76.1-26.el9`.
  static func withoutZeroEpoch(_ version: String) -> String {
    version.hasPrefix("0:") ? String(version.dropFirst(2)) : version
  }

  static let architectures: Set<String> = [
    "aarch64", "armv7hl", "i386", "i486", "i586", "i686", "ia64", "noarch", "nosrc", "ppc", "ppc64",
    "ppc64le",
    "riscv64", "s390", "s390x", "src", "x86_64",
  ]
}

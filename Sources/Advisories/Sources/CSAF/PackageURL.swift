/// A package URL, `pkg:rpm/redhat/curl@7.76.1-26.el9_3.2?arch=x86_64&epoch=1`
/// (github.com/package-url/purl-spec). The names in it are decoded.
struct PackageURL {
  var type: String
  var namespace: String
  var name: String
  var version: String?
  var qualifiers: [String: String] = [:]

  /// Nil for a text that is no package URL.
  init?(_ text: String) {
    guard text.hasPrefix("pkg:"), text.utf8.count <= 4096 else { return nil }
    let withoutSubpath = text.dropFirst(4).prefix { $0 != "#" }
    let halves = withoutSubpath.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    if halves.count == 2 {
      for pair in halves[1].split(separator: "&") {
        let sides = pair.split(separator: "=", maxSplits: 1)
        if sides.count == 2 { qualifiers[String(sides[0])] = Self.decoded(sides[1]) }
      }
    }
    var path = halves[0]
    if let at = path.lastIndex(of: "@") {
      let version = Self.decoded(path[path.index(after: at)...])
      self.version = version.isEmpty ? nil : version
      path = path[..<at]
    }
    let parts = path.split(separator: "/")
    guard parts.count >= 2, let last = parts.last else { return nil }
    type = String(parts[0])
    namespace = parts.dropFirst().dropLast().map(Self.decoded).joined(separator: "/")
    name = Self.decoded(last)
  }

  private static func decoded(_ text: Substring) -> String {
    guard text.contains("%") else { return String(text) }
    let bytes = Array(text.utf8)
    var plain: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count,
        let byte = UInt8(String(decoding: bytes[place + 1...place + 2], as: UTF8.self), radix: 16)
      {
        plain.append(byte)
        place += 3
      } else {
        plain.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: plain, as: UTF8.self)
  }
}

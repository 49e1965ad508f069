/// A version of SSL or TLS.
public enum TLSVersion: Int, Sendable, Hashable, Comparable, CaseIterable, CustomStringConvertible {
  case ssl2 = 0x200
  case ssl3 = 0x300
  case tls10 = 0x301
  case tls11 = 0x302
  case tls12 = 0x303
  case tls13 = 0x304

  /// Reads the ways in which configurations write a version: `TLSv1.2`, `TLSv1_2`, `tlsv12`, `VERS-TLS1.2`,
  /// `TLSv1` and `TLSv1.0`, `SSLv3`, `tls12`, `0303`.
  public init?(_ text: some StringProtocol) {
    var name = text.lowercased()
    if name.hasPrefix("vers-") { name = String(name.dropFirst(5)) }
    if name.hasPrefix("0x") { name = String(name.dropFirst(2)) }
    name.removeAll { "v._-".contains($0) }
    let names: [String: TLSVersion] = [
      "ssl2": .ssl2, "ssl3": .ssl3, "ssl30": .ssl3, "tls1": .tls10, "tls10": .tls10, "tls11": .tls11,
      "tls12": .tls12, "tls13": .tls13, "0300": .ssl3, "0301": .tls10, "0302": .tls11, "0303": .tls12,
      "0304": .tls13,
    ]
    guard let version = names[name] else { return nil }
    self = version
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public var description: String {
    switch self {
    case .ssl2: "SSLv2"
    case .ssl3: "SSLv3"
    case .tls10: "TLSv1.0"
    case .tls11: "TLSv1.1"
    case .tls12: "TLSv1.2"
    case .tls13: "TLSv1.3"
    }
  }

  /// The versions from one to another; every one below or above where a bound is missing.
  static func range(from minimum: TLSVersion?, to maximum: TLSVersion? = nil) -> Set<TLSVersion> {
    Set(allCases.filter { $0 >= minimum ?? .ssl2 && $0 <= maximum ?? .tls13 })
  }
}

extension Set<TLSVersion> {
  /// `TLSv1.2, TLSv1.3`, the oldest first.
  public var words: String {
    isEmpty ? "no version" : sorted().map(\.description).joined(separator: ", ")
  }

  /// Without holes from the newest version down, as libraries that take a lowest and a highest version have it.
  var withoutHoles: Set<TLSVersion> {
    guard var version = self.max() else { return self }
    var kept: Set<TLSVersion> = [version]
    for next in TLSVersion.allCases.reversed() where next < version {
      guard contains(next) else { break }
      kept.insert(next)
      version = next
    }
    return kept
  }
}

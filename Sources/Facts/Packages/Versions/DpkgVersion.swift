/// A version of a Debian package, ordered as dpkg orders it (deb-version(7)).
public struct DpkgVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let description: String
  private let epoch: [UInt8]
  private let upstream: [UInt8]
  private let revision: [UInt8]

  /// Splits `[epoch:]version[-revision]`: the epoch ends at the first colon, the revision starts at the last
  /// hyphen.
  public init(_ text: String) {
    description = text
    var rest = Array(text.utf8)[...]
    if let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
      // Compared as a number of any length: without leading zeros, the longer one is the larger.
      epoch = Array(rest[..<colon].drop { $0 == UInt8(ascii: "0") })
      rest = rest[rest.index(after: colon)...]
    } else {
      epoch = []
    }
    if let hyphen = rest.lastIndex(of: UInt8(ascii: "-")) {
      upstream = Array(rest[..<hyphen])
      revision = Array(rest[rest.index(after: hyphen)...])
    } else {
      upstream = Array(rest)
      revision = []
    }
  }

  public static func < (left: DpkgVersion, right: DpkgVersion) -> Bool { order(left, right) < 0 }

  /// Equal in order, which versions of different spelling can be: `1.0` and `0:1.0-0`.
  public static func == (left: DpkgVersion, right: DpkgVersion) -> Bool { order(left, right) == 0 }

  /// Feeds nothing of the spelling, since versions of different spelling can be equal.
  public func hash(into hasher: inout Hasher) { hasher.combine(epoch) }

  private static func order(_ left: DpkgVersion, _ right: DpkgVersion) -> Int {
    let epochs = number(left.epoch[...], right.epoch[...])
    if epochs != 0 { return epochs }
    let upstreams = part(left.upstream, right.upstream)
    return upstreams != 0 ? upstreams : part(left.revision, right.revision)
  }

  /// Compares runs without digits and runs of digits by turns.
  private static func part(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var (l, r) = (left[...], right[...])
    while !l.isEmpty || !r.isEmpty {
      while l.first.map({ !isDigit($0) }) ?? false || r.first.map({ !isDigit($0) }) ?? false {
        let difference = weight(l.first) - weight(r.first)
        if difference != 0 { return difference }
        l = l.dropFirst()
        r = r.dropFirst()
      }
      let difference = number(l.prefix(while: isDigit), r.prefix(while: isDigit))
      if difference != 0 { return difference }
      l = l.drop(while: isDigit)
      r = r.drop(while: isDigit)
    }
    return 0
  }

  private static func number(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
    let l = left.drop { $0 == UInt8(ascii: "0") }
    let r = right.drop { $0 == UInt8(ascii: "0") }
    if l.count != r.count { return l.count - r.count }
    return l.elementsEqual(r) ? 0 : (l.lexicographicallyPrecedes(r) ? -1 : 1)
  }

  /// `~` sorts before the end, the end and digits before letters, letters before everything else.
  private static func weight(_ byte: UInt8?) -> Int {
    guard let byte, !isDigit(byte) else { return 0 }
    switch byte {
    case UInt8(ascii: "~"): return -1
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): return Int(byte)
    default: return Int(byte) + 256
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
}

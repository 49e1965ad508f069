/// A version of an rpm package, `[epoch:]version[-release]`, ordered as rpm orders it (rpm-version(7), rpmvercmp in
/// rpmvercmp.c).
public struct RpmVersion: Sendable, OrderedVersion, CustomStringConvertible {
  public let description: String
  private let epoch: ArraySlice<UInt8>
  private let version: ArraySlice<UInt8>
  private let release: ArraySlice<UInt8>?

  /// Splits a version; any text is one.
  public init(_ text: String) {
    description = text
    (epoch, version, release) = VersionBytes.split(text)
  }

  var hashKey: [UInt8] { Array(epoch) }

  /// Whether the versions are the same or older, the release counted only where both have one, as rpm compares
  /// in dependencies.
  public static func orderIgnoringMissingRelease(_ left: RpmVersion, _ right: RpmVersion) -> Int {
    let upstream = orderOfUpstream(left, right)
    guard upstream == 0, let l = left.release, let r = right.release else { return upstream }
    return segments(l, r)
  }

  /// A missing release is older than any, the empty one included.
  static func order(_ left: RpmVersion, _ right: RpmVersion) -> Int {
    let upstream = orderOfUpstream(left, right)
    if upstream != 0 { return upstream }
    switch (left.release, right.release) {
    case (nil, nil): return 0
    case (nil, _): return -1
    case (_, nil): return 1
    case (let l?, let r?): return segments(l, r)
    }
  }

  private static func orderOfUpstream(_ left: RpmVersion, _ right: RpmVersion) -> Int {
    let epochs = VersionBytes.numbers(left.epoch, right.epoch)
    return epochs != 0 ? epochs : segments(left.version, right.version)
  }

  private static let tilde = UInt8(ascii: "~")
  private static let caret = UInt8(ascii: "^")

  /// Compares runs of digits and runs of letters; everything else only separates. `~` sorts before the end, `^`
  /// after it but before a further segment.
  private static func segments(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
    var (l, r) = (left, right)
    while !l.isEmpty || !r.isEmpty {
      l = l.drop { !isSignificant($0) }
      r = r.drop { !isSignificant($0) }
      if l.first == tilde || r.first == tilde {
        if l.first != tilde { return 1 }
        if r.first != tilde { return -1 }
      } else if l.first == caret || r.first == caret {
        if l.isEmpty { return -1 }
        if r.isEmpty { return 1 }
        if l.first != caret { return 1 }
        if r.first != caret { return -1 }
      } else {
        guard let first = l.first, !r.isEmpty else { break }
        let isOfKind = VersionBytes.isDigit(first) ? VersionBytes.isDigit : VersionBytes.isLetter
        let (one, two) = (l.prefix(while: isOfKind), r.prefix(while: isOfKind))
        // Numbers are newer than letters.
        if two.isEmpty { return VersionBytes.isDigit(first) ? 1 : -1 }
        let difference =
          VersionBytes.isDigit(first) ? VersionBytes.numbers(one, two) : VersionBytes.texts(one, two)
        if difference != 0 { return difference }
        l = l[one.endIndex...]
        r = r[two.endIndex...]
        continue
      }
      l = l.dropFirst()
      r = r.dropFirst()
    }
    return l.isEmpty ? (r.isEmpty ? 0 : -1) : 1
  }

  private static func isSignificant(_ byte: UInt8) -> Bool {
    VersionBytes.isDigit(byte) || VersionBytes.isLetter(byte) || byte == tilde || byte == caret
  }
}

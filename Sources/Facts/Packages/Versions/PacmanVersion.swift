/// A version of an Arch Linux package, `[epoch:]version[-release]`, ordered as pacman orders it (vercmp(8), version.c
/// of libalpm).
///
/// The release counts only where both versions have one: `1.5` equals `1.5-1` and `1.5-2`, though these differ. So
/// equality is not transitive, as in pacman.
public struct PacmanVersion: Sendable, OrderedVersion, CustomStringConvertible {
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

  static func order(_ left: PacmanVersion, _ right: PacmanVersion) -> Int {
    let epochs = VersionBytes.numbers(left.epoch, right.epoch)
    if epochs != 0 { return epochs }
    let versions = segments(left.version, right.version)
    guard versions == 0, let l = left.release, let r = right.release else { return versions }
    return segments(l, r)
  }

  /// Like rpm's order of segments, but the length of separators counts, and letters at the end make a version
  /// older: `1.0rc` < `1.0` < `1.0.rc`.
  private static func segments(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
    if left.elementsEqual(right) { return 0 }
    var (l, r) = (left, right)
    while !l.isEmpty && !r.isEmpty {
      let (one, two) = (l.drop { !isAlphanumeric($0) }, r.drop { !isAlphanumeric($0) })
      let (gapOne, gapTwo) = (one.startIndex - l.startIndex, two.startIndex - r.startIndex)
      (l, r) = (one, two)
      guard let first = l.first, !r.isEmpty else { break }
      if gapOne != gapTwo { return gapOne - gapTwo }
      let isNumber = VersionBytes.isDigit(first)
      let isOfKind = isNumber ? VersionBytes.isDigit : VersionBytes.isLetter
      let (runOne, runTwo) = (l.prefix(while: isOfKind), r.prefix(while: isOfKind))
      if runTwo.isEmpty { return isNumber ? 1 : -1 }
      let difference =
        isNumber ? VersionBytes.numbers(runOne, runTwo) : VersionBytes.texts(runOne, runTwo)
      if difference != 0 { return difference }
      l = l[runOne.endIndex...]
      r = r[runTwo.endIndex...]
    }
    switch (l.first, r.first) {
    case (nil, nil): return 0
    case (let byte?, _) where VersionBytes.isLetter(byte): return -1
    case (nil, let byte?) where !VersionBytes.isLetter(byte): return -1
    default: return 1
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    VersionBytes.isDigit(byte) || VersionBytes.isLetter(byte)
  }
}

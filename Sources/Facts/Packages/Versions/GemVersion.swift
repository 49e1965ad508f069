/// A version of a Ruby gem, ordered as `Gem::Version#<=>` orders it (lib/rubygems/version.rb of RubyGems 3.3).
///
/// Runs of digits and of letters are segments, everything else separates; a hyphen stands for `.pre.`. Zeros before the
/// first letters and at the end do not count, and letters are older than any number: `1.0.a` < `1.0` = `1`.
public struct GemVersion: Sendable, OrderedVersion, CustomStringConvertible {
  public let description: String
  private let segments: [ArraySlice<UInt8>]

  /// Splits a version; any text is one.
  public init(_ text: String) {
    description = text
    let trimmed = text.trimmingBlanks()
    let bytes = Array(trimmed.replacing("-", with: ".pre.").utf8)
    var numbers: [ArraySlice<UInt8>] = []
    var others: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while let byte = rest.first {
      let isDigit = VersionBytes.isDigit(byte)
      guard isDigit || VersionBytes.isLetter(byte) else {
        rest = rest.dropFirst()
        continue
      }
      let run = rest.prefix(while: isDigit ? VersionBytes.isDigit : VersionBytes.isLetter)
      rest = rest[run.endIndex...]
      if isDigit, others.isEmpty {
        numbers.append(VersionBytes.significant(run))
      } else {
        others.append(isDigit ? VersionBytes.significant(run) : run)
      }
    }
    // Without leading zeros, zero is empty.
    while numbers.last?.isEmpty ?? false { numbers.removeLast() }
    while others.last?.isEmpty ?? false { others.removeLast() }
    segments = numbers + others
  }

  /// Whether it comes before a release: it has a letter.
  public var isPrerelease: Bool { segments.contains { Self.isWord($0) } }

  var hashKey: [UInt8] { segments.first.map(Array.init) ?? [] }

  static func order(_ left: GemVersion, _ right: GemVersion) -> Int {
    for position in 0..<max(left.segments.count, right.segments.count) {
      let l = position < left.segments.count ? left.segments[position] : []
      let r = position < right.segments.count ? right.segments[position] : []
      if isWord(l) != isWord(r) { return isWord(l) ? -1 : 1 }
      let difference = isWord(l) ? VersionBytes.texts(l, r) : VersionBytes.numbers(l, r)
      if difference != 0 { return difference }
    }
    return 0
  }

  private static func isWord(_ segment: ArraySlice<UInt8>) -> Bool {
    segment.first.map(VersionBytes.isLetter) ?? false
  }
}

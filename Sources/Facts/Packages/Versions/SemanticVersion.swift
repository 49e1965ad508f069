/// A version by semver.org 2.0.0, as npm, Cargo and Go use it.
///
/// Read leniently, since packages stray from the form: a leading `v` or `=` is dropped, and there may be any number
/// of numbers, missing ones being 0. Build metadata has no order.
public struct SemanticVersion: Sendable, OrderedVersion, CustomStringConvertible {
  public let description: String
  private let numbers: [ArraySlice<UInt8>]
  private let prerelease: [ArraySlice<UInt8>]

  /// Splits a version; any text is one.
  public init(_ text: String) {
    description = text
    var rest = Array(text.utf8).drop { " =vV".utf8.contains($0) }
    if let plus = rest.firstIndex(of: UInt8(ascii: "+")) { rest = rest[..<plus] }
    var numbers: [ArraySlice<UInt8>] = []
    while true {
      let digits = rest.prefix(while: VersionBytes.isDigit)
      if digits.isEmpty { break }
      numbers.append(VersionBytes.significant(digits))
      rest = rest[digits.endIndex...]
      let next = rest.dropFirst().first
      guard rest.first == UInt8(ascii: "."), let next, VersionBytes.isDigit(next) else { break }
      rest = rest.dropFirst()
    }
    while numbers.last?.isEmpty ?? false { numbers.removeLast() }
    self.numbers = numbers
    if let first = rest.first, ".-".utf8.contains(first) { rest = rest.dropFirst() }
    prerelease =
      rest.isEmpty ? [] : rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
  }

  /// Whether it comes before a release.
  public var isPrerelease: Bool { !prerelease.isEmpty }

  var hashKey: [UInt8] { numbers.first.map(Array.init) ?? [] }

  static func order(_ left: SemanticVersion, _ right: SemanticVersion) -> Int {
    for position in 0..<max(left.numbers.count, right.numbers.count) {
      let l = position < left.numbers.count ? left.numbers[position] : []
      let r = position < right.numbers.count ? right.numbers[position] : []
      let difference = VersionBytes.numbers(l, r)
      if difference != 0 { return difference }
    }
    // A release is newer than what came before it.
    if left.prerelease.isEmpty || right.prerelease.isEmpty {
      return right.prerelease.count.signum() - left.prerelease.count.signum()
    }
    for (l, r) in zip(left.prerelease, right.prerelease) {
      let difference = identifiers(l, r)
      if difference != 0 { return difference }
    }
    return left.prerelease.count - right.prerelease.count
  }

  /// Numbers are older than words.
  private static func identifiers(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
    let l = !left.isEmpty && left.allSatisfy(VersionBytes.isDigit)
    let r = !right.isEmpty && right.allSatisfy(VersionBytes.isDigit)
    if l != r { return l ? -1 : 1 }
    return l ? VersionBytes.numbers(left, right) : VersionBytes.texts(left, right)
  }
}

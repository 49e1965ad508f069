/// A version of an Alpine package, `number{.number}[letter]{_suffix[number]}[~hash][-rN]`, ordered as apk orders it
/// (apk-package(5)).
///
/// What follows that form makes a version older than one that ends there, as in apk 3.
public struct ApkVersion: Sendable, OrderedVersion, CustomStringConvertible {
  public let description: String
  private var numbers: [ArraySlice<UInt8>] = []
  private var letter: UInt8?
  private var suffixes: [Suffix] = []
  private var revision: ArraySlice<UInt8>?
  /// What is not of the form, from where it starts; empty where it is only known to be there.
  private var rest: ArraySlice<UInt8>?

  private struct Suffix: Hashable {
    /// Below zero for what comes before a release.
    var weight: Int
    var number: ArraySlice<UInt8>?
  }

  private static let suffixNames: [(name: [UInt8], weight: Int)] = [
    ("alpha", -4), ("beta", -3), ("pre", -2), ("rc", -1), ("cvs", 1), ("svn", 2), ("git", 3), ("hg", 4),
    ("p", 5),
  ].map { (Array($0.0.utf8), $0.1) }

  /// Splits a version; any text is one.
  public init(_ text: String) {
    description = text
    var bytes = Array(text.utf8)[...]
    readNumbers(&bytes)
    if let first = bytes.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first {
      letter = first
      bytes = bytes.dropFirst()
    }
    while let suffix = Self.suffix(&bytes) { suffixes.append(suffix) }
    Self.skipHash(&bytes)
    if bytes.starts(with: "-r".utf8) {
      let digits = bytes.dropFirst(2).prefix(while: VersionBytes.isDigit)
      revision = digits
      bytes = bytes[digits.endIndex...]
      if !bytes.isEmpty { rest = [] }
    } else if let first = bytes.first {
      rest = first == UInt8(ascii: "-") ? [] : bytes
    }
  }

  private mutating func readNumbers(_ bytes: inout ArraySlice<UInt8>) {
    let first = bytes.prefix(while: VersionBytes.isDigit)
    if first.isEmpty { return }
    numbers = [first]
    bytes = bytes[first.endIndex...]
    while bytes.first == UInt8(ascii: ".") {
      let digits = bytes.dropFirst().prefix(while: VersionBytes.isDigit)
      if digits.isEmpty { return }
      numbers.append(digits)
      bytes = bytes[digits.endIndex...]
    }
  }

  private static func suffix(_ bytes: inout ArraySlice<UInt8>) -> Suffix? {
    guard bytes.first == UInt8(ascii: "_") else { return nil }
    let word = bytes.dropFirst().prefix(while: VersionBytes.isLetter)
    guard let known = suffixNames.first(where: { word.elementsEqual($0.name) }) else { return nil }
    let digits = bytes[word.endIndex...].prefix(while: VersionBytes.isDigit)
    bytes = bytes[digits.endIndex...]
    return Suffix(weight: known.weight, number: digits.isEmpty ? nil : digits)
  }

  /// Commits have no order.
  private static func skipHash(_ bytes: inout ArraySlice<UInt8>) {
    guard bytes.first == UInt8(ascii: "~") else { return }
    let digits = bytes.dropFirst().prefix {
      VersionBytes.isDigit($0) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
    }
    if !digits.isEmpty { bytes = bytes[digits.endIndex...] }
  }

  var hashKey: [UInt8] { numbers.first.map { Array(VersionBytes.significant($0)) } ?? [] }

  static func order(_ left: ApkVersion, _ right: ApkVersion) -> Int {
    let numbers = orderOfNumbers(left.numbers, right.numbers)
    if numbers != 0 { return numbers }
    let letters = Int(left.letter ?? 0) - Int(right.letter ?? 0)
    if letters != 0 { return letters }
    let suffixes = orderOfSuffixes(left.suffixes, right.suffixes)
    if suffixes != 0 { return suffixes }
    switch (left.rest, right.rest) {
    case (nil, nil): return optional(left.revision, right.revision, VersionBytes.numbers)
    case (nil, _): return 1
    case (_, nil): return -1
    case (let l?, let r?): return VersionBytes.texts(l, r)
    }
  }

  /// The first is a number; of the others one with a leading zero is compared as text.
  private static func orderOfNumbers(_ left: [ArraySlice<UInt8>], _ right: [ArraySlice<UInt8>]) -> Int {
    for (position, (l, r)) in zip(left, right).enumerated() {
      let hasZero = l.first == UInt8(ascii: "0") || r.first == UInt8(ascii: "0")
      let difference =
        position > 0 && hasZero ? VersionBytes.texts(l, r) : VersionBytes.numbers(l, r)
      if difference != 0 { return difference }
    }
    return left.count - right.count
  }

  private static func orderOfSuffixes(_ left: [Suffix], _ right: [Suffix]) -> Int {
    for position in 0..<max(left.count, right.count) {
      let l = position < left.count ? left[position] : Suffix(weight: 0)
      let r = position < right.count ? right[position] : Suffix(weight: 0)
      if l.weight != r.weight { return l.weight - r.weight }
      let difference = optional(l.number, r.number, VersionBytes.numbers)
      if difference != 0 { return difference }
    }
    return 0
  }

  /// What is missing is older than what is there.
  private static func optional(
    _ left: ArraySlice<UInt8>?, _ right: ArraySlice<UInt8>?,
    _ order: (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Int
  ) -> Int {
    switch (left, right) {
    case (nil, nil): 0
    case (nil, _): -1
    case (_, nil): 1
    case (let l?, let r?): order(l, r)
    }
  }
}

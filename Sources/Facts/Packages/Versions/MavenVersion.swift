/// A version of a Maven artefact, ordered as Maven 3 orders it ("Version Order Specification" of the POM reference,
/// ComparableVersion.java).
///
/// Maven nests a list for every hyphen and every change between digits and letters. A nested list is always the last
/// element of its parent, so that the whole is a chain and compared in a loop, however deep it is.
public struct MavenVersion: Sendable, OrderedVersion, CustomStringConvertible {
  private enum Item: Sendable, Hashable {
    /// Without leading zeros.
    case number(ArraySlice<UInt8>)
    case qualifier(ArraySlice<UInt8>)

    /// What Maven drops at the end of a list.
    var isNull: Bool {
      switch self {
      case .number(let digits): digits.isEmpty
      case .qualifier(let word): word.isEmpty
      }
    }
  }

  public let description: String
  private let lists: [[Item]]

  /// Splits a version; any text is one.
  public init(_ text: String) {
    description = text
    lists = Self.normalized(Self.parse(Array(text.lowercased().utf8)))
  }

  private static func parse(_ bytes: [UInt8]) -> [[Item]] {
    var lists: [[Item]] = [[]]
    var start = 0
    var isNumber = false
    // A qualifier before a digit or the end opens a list: 1.0.x1 is 1-x-1.
    func add(_ end: Int, followedByDigit: Bool = false, isLast: Bool = false) {
      if !isNumber, followedByDigit || isLast, !lists[lists.count - 1].isEmpty { lists.append([]) }
      let item = item(bytes[start..<end], isNumber: isNumber, followedByDigit: followedByDigit)
      lists[lists.count - 1].append(item)
    }
    for (position, byte) in bytes.enumerated() {
      let isSeparator = byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
      if isSeparator {
        if position == start { lists[lists.count - 1].append(.number([])) } else { add(position) }
        start = position + 1
        if byte == UInt8(ascii: "-") { lists.append([]) }
      } else {
        let isDigit = VersionBytes.isDigit(byte)
        if position > start, isDigit != isNumber {
          add(position, followedByDigit: isDigit)
          start = position
          lists.append([])
        }
        isNumber = isDigit
      }
    }
    if start < bytes.count { add(bytes.count, isLast: true) }
    return lists
  }

  private static func item(_ run: ArraySlice<UInt8>, isNumber: Bool, followedByDigit: Bool) -> Item {
    if isNumber { return .number(VersionBytes.significant(run)) }
    let word = String(decoding: run, as: UTF8.self)
    if followedByDigit, let long = ["a": "alpha", "b": "beta", "m": "milestone"][word] {
      return .qualifier(Array(long.utf8)[...])
    }
    switch word {
    case "ga", "final", "release": return .qualifier([])
    case "cr": return .qualifier(Array("rc".utf8)[...])
    default: return .qualifier(run)
    }
  }

  /// Without null items at the end of each list, from the innermost; a list that is empty then vanishes.
  private static func normalized(_ lists: [[Item]]) -> [[Item]] {
    var inner: [[Item]] = []
    for list in lists.reversed() {
      var list = list
      // Where a nested list follows, nulls before it go too: 1.0-1 is 1-1.
      while list.last?.isNull ?? false { list.removeLast() }
      if !list.isEmpty || !inner.isEmpty { inner.append(list) }
    }
    return inner.reversed()
  }

  var hashKey: [UInt8] {
    if case .number(let digits) = lists.first?.first { return Array(digits) }
    return []
  }

  static func order(_ left: MavenVersion, _ right: MavenVersion) -> Int {
    for depth in 0..<max(left.lists.count, right.lists.count) {
      guard depth < left.lists.count else { return -againstNothing(right.lists[depth...]) }
      guard depth < right.lists.count else { return againstNothing(left.lists[depth...]) }
      let (l, r) = (left.lists[depth], right.lists[depth])
      let hasDeeper = (depth + 1 < left.lists.count, depth + 1 < right.lists.count)
      for position in 0..<max(l.count, r.count) {
        if position == l.count {
          return hasDeeper.0 ? -againstList(r[position]) : -rest(r[position...], right.lists[(depth + 1)...])
        }
        if position == r.count {
          return hasDeeper.1 ? againstList(l[position]) : rest(l[position...], left.lists[(depth + 1)...])
        }
        let difference = items(l[position], r[position])
        if difference != 0 { return difference }
      }
    }
    return 0
  }

  /// Items against the end of the other version, where the first that is not null decides.
  private static func rest(_ items: ArraySlice<Item>, _ deeper: ArraySlice<[Item]>) -> Int {
    for item in items {
      let difference = againstNothing(item)
      if difference != 0 { return difference }
    }
    return againstNothing(deeper)
  }

  private static func againstNothing(_ lists: ArraySlice<[Item]>) -> Int {
    for item in lists.joined() {
      let difference = againstNothing(item)
      if difference != 0 { return difference }
    }
    return 0
  }

  private static func againstNothing(_ item: Item) -> Int {
    switch item {
    case .number(let digits): digits.isEmpty ? 0 : 1
    case .qualifier(let word): qualifiers(word, [])
    }
  }

  /// 1.1 is newer than 1-1, which is newer than 1-sp.
  private static func againstList(_ item: Item) -> Int {
    switch item {
    case .number: 1
    case .qualifier: -1
    }
  }

  private static func items(_ left: Item, _ right: Item) -> Int {
    switch (left, right) {
    case (.number(let l), .number(let r)): VersionBytes.numbers(l, r)
    case (.number, .qualifier): 1
    case (.qualifier, .number): -1
    case (.qualifier(let l), .qualifier(let r)): qualifiers(l, r)
    }
  }

  private static let known = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"].map { Array($0.utf8) }

  /// Known qualifiers in their order, then all others by the alphabet.
  private static func qualifiers(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
    let (l, r) = (rank(left), rank(right))
    if l != r { return l - r }
    return l < known.count ? 0 : VersionBytes.texts(left, right)
  }

  private static func rank(_ word: ArraySlice<UInt8>) -> Int {
    known.firstIndex { word.elementsEqual($0) } ?? known.count
  }
}

/// A pattern of apt's preferences: a shell glob, or between slashes an extended regular expression that may match
/// anywhere; neither minds the case (apt 2.6, versionmatch.cc: pkgVersionMatch::ExpressionMatches).
public struct AptPattern: Sendable, Hashable {
  private enum Form: Hashable {
    case glob([UInt8])
    case expression(SafePattern)
  }

  private let form: Form

  /// Reads a pattern; nil if its regular expression uses what is not supported here.
  public init?(_ text: String) {
    let lower = text.lowercased()
    guard lower.utf8.count >= 2, lower.hasPrefix("/"), lower.hasSuffix("/") else {
      if lower.contains("[[:") || lower.contains("[[.") || lower.contains("[[=") { return nil }
      form = .glob(Array(lower.utf8))
      return
    }
    guard let pattern = SafePattern(".*(" + lower.dropFirst().dropLast() + ")") else { return nil }
    form = .expression(pattern)
  }

  /// Whether apt takes a package name of the preferences for a pattern (policy.cc: pkgPolicy::CreatePin).
  public static func isPattern(_ name: String) -> Bool {
    name.contains { $0 == "*" || $0 == "[" || $0 == "?" } || name.hasPrefix("/") && name.hasSuffix("/")
  }

  /// Whether the pattern matches; nothing matches what is not known.
  public func matches(_ subject: String?) -> Bool {
    guard let subject else { return false }
    switch form {
    case .glob(let glob): return Self.matches(glob, Array(subject.lowercased().utf8))
    case .expression(let pattern): return pattern.matchesStart(of: subject.lowercased())
    }
  }

  /// fnmatch(3) without flags but FNM_CASEFOLD, in time that grows with pattern × text: only the last star is ever
  /// tried again.
  private static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
    var (p, t) = (0, 0)
    var star: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        star = (p + 1, t)
        p += 1
      } else if let next = step(pattern, p, text[t]) {
        p = next
        t += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        (p, t) = (last.pattern, last.text + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  /// Where the pattern goes on if its part at `position` accepts the byte.
  private static func step(_ pattern: [UInt8], _ position: Int, _ byte: UInt8) -> Int? {
    guard position < pattern.count else { return nil }
    switch pattern[position] {
    case UInt8(ascii: "?"): return position + 1
    case UInt8(ascii: "["):
      if let end = endOfSet(pattern, position) {
        return accepts(pattern[(position + 1)..<end], byte) ? end + 1 : nil
      }
      return byte == UInt8(ascii: "[") ? position + 1 : nil
    case UInt8(ascii: "\\") where position + 1 < pattern.count:
      return pattern[position + 1] == byte ? position + 2 : nil
    case let own: return own == byte ? position + 1 : nil
    }
  }

  /// The closing bracket, which as the first of a set stands for itself.
  private static func endOfSet(_ pattern: [UInt8], _ start: Int) -> Int? {
    var first = start + 1
    if first < pattern.count, pattern[first] == UInt8(ascii: "!") || pattern[first] == UInt8(ascii: "^") {
      first += 1
    }
    guard first < pattern.count else { return nil }
    return pattern[(first + 1)...].firstIndex(of: UInt8(ascii: "]"))
  }

  private static func accepts(_ set: ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
    var rest = set
    var isNegated = false
    if let sign = rest.first, sign == UInt8(ascii: "!") || sign == UInt8(ascii: "^") {
      isNegated = true
      rest = rest.dropFirst()
    }
    while let low = rest.popFirst() {
      var high = low
      if rest.count >= 2, rest.first == UInt8(ascii: "-") {
        rest = rest.dropFirst()
        high = rest.removeFirst()
      }
      if low <= byte, byte <= high { return !isNegated }
    }
    return isNegated
  }
}

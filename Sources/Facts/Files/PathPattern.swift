import DiskImages
import Evidence

/// Tells whether one path is among those that a list of patterns names: `*`, `?` and `[…]` within a
/// component, `**` for any number of components. Leading dots need no literal dot.
public struct PathPatterns: Sendable, Hashable {
  public let patterns: [String]
  private let components: [[Component]]
  /// Numbers of the patterns whose first component is that name; the others can match whatever a path starts with.
  private let byFirstName: [Substring: [Int]]
  private let others: [Int]

  private enum Component: Sendable, Hashable {
    case name(String)
    case glob(String)
    /// Any number of components.
    case any
  }

  /// Reads absolute patterns.
  public init(_ patterns: [String]) {
    self.patterns = patterns
    components = patterns.map { $0.split(separator: "/").map { Self.component(String($0)) } }
    var byFirstName: [Substring: [Int]] = [:]
    var others: [Int] = []
    for (number, pattern) in components.enumerated() {
      if case .name(let name) = pattern.first {
        byFirstName[name[...], default: []].append(number)
      } else {
        others.append(number)
      }
    }
    self.byFirstName = byFirstName
    self.others = others
  }

  private static func component(_ text: String) -> Component {
    if text == "**" { return .any }
    return text.contains { "*?[\\".contains($0) } ? .glob(text) : .name(text)
  }

  /// Whether there is no pattern.
  public var isEmpty: Bool { patterns.isEmpty }

  /// Whether one of the patterns matches the path.
  public func match(_ path: String) -> Bool { firstMatch(path) != nil }

  /// Which of the patterns matches the path first.
  public func firstMatch(_ path: String) -> Int? {
    if components.isEmpty { return nil }
    return firstMatch(path.split(separator: "/")[...])
  }

  /// Whether one of the patterns matches the path or a directory above it.
  public func matchOrHold(_ path: String) -> Bool {
    if components.isEmpty { return false }
    let path = path.split(separator: "/")
    return (1...max(1, path.count)).contains { firstMatch(path.prefix($0)) != nil }
  }

  private func firstMatch(_ path: ArraySlice<Substring>) -> Int? {
    let named = path.first.flatMap { byFirstName[$0] } ?? []
    let first = named.first { Self.matches(components[$0], path) }
    let other = others.first { Self.matches(components[$0], path) }
    guard let first, let other else { return first ?? other }
    return min(first, other)
  }

  /// As a shell matches `*` in a name, with components for characters and `**` for `*`: one point to come
  /// back to.
  private static func matches(_ pattern: [Component], _ path: ArraySlice<Substring>) -> Bool {
    var (p, n) = (0, path.startIndex)
    var retry: (pattern: Int, path: Int)?
    while true {
      if n == path.endIndex { return pattern[p...].allSatisfy { $0 == .any } }
      if p < pattern.count, pattern[p] == .any {
        p += 1
        retry = (p, n)
        continue
      }
      if p < pattern.count, matches(pattern[p], path[n]) {
        p += 1
        n += 1
        continue
      }
      guard let point = retry else { return false }
      retry = (point.pattern, point.path + 1)
      p = point.pattern
      n = point.path + 1
    }
  }

  private static func matches(_ pattern: Component, _ name: Substring) -> Bool {
    switch pattern {
    case .name(let own): own == name
    case .glob(let glob): glob == name || fnmatch(pattern: glob, String(name))
    case .any: true
    }
  }
}

extension Evidence {
  /// What lies at a path, or all that a pattern of paths matches; symbolic links are not followed.
  public func entries(named path: String) throws(EvidenceGap) -> [FileEntry] {
    if path.isGlob { return try entries(matching: GlobPattern(path)) }
    return try entry(at: path, followLast: false).map { [$0] } ?? []
  }
}

extension String {
  /// Whether the path holds characters that glob(7) expands.
  public var isGlob: Bool { contains { "*?[".contains($0) } }
}

/// Tells whether a name is among literal names and patterns, without making a string of it where that can be
/// avoided.
public struct NamePatterns: Sendable, Hashable {
  private var literals: [Int: [[UInt8]]] = [:]
  private var suffixes: [[UInt8]] = []
  private var patterns: [String] = []
  private let all: [String]

  /// Reads names and patterns of names.
  public init(_ names: [String]) {
    all = names
    for name in names {
      if !name.isGlob {
        literals[name.utf8.count, default: []].append(Array(name.utf8))
      } else if name.hasPrefix("*"), !String(name.dropFirst()).isGlob {
        suffixes.append(Array(name.utf8.dropFirst()))
      } else {
        patterns.append(name)
      }
    }
  }

  /// Whether there is no name.
  public var isEmpty: Bool { all.isEmpty }
  /// The names, separated by commas; of many the first.
  public var words: String {
    all.prefix(4).joined(separator: ", ") + (all.count > 4 ? " or one of \(all.count - 4) others" : "")
  }

  /// Whether one of the names matches.
  public func match(_ name: ArraySlice<UInt8>) -> Bool {
    if let candidates = literals[name.count], candidates.contains(where: { $0.elementsEqual(name) }) {
      return true
    }
    if suffixes.contains(where: { name.count >= $0.count && name.suffix($0.count).elementsEqual($0) }) {
      return true
    }
    if patterns.isEmpty { return false }
    let text = String(decoding: name, as: UTF8.self)
    return patterns.contains { fnmatch(pattern: $0, text) }
  }
}

/// A path pattern as glob(7) reads it, with `**` for any number of directories.
///
/// Matching follows symbolic links in every component but those that `**` walks, as glob(3) does, and a
/// leading dot must be matched by a literal dot except below `**`.
public struct GlobPattern: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  enum Component: Hashable, Sendable {
    case literal([UInt8])
    case wildcard([UInt8])
    case anyDepth
  }

  /// The pattern as it was written.
  public let description: String
  let components: [Component]

  /// Reads an absolute pattern.
  public init(_ pattern: String) {
    description = pattern
    components = pattern.utf8.split(separator: UInt8(ascii: "/")).map { part in
      if part.elementsEqual("**".utf8) { return .anyDepth }
      let isWild = part.contains { "*?[".utf8.contains($0) }
      return isWild ? .wildcard(Array(part)) : .literal(Array(part))
    }
  }

  /// Reads an absolute pattern.
  public init(stringLiteral value: String) { self.init(value) }

  /// Whether the pattern could match `directory` or something below it, symbolic links aside.
  public func mayMatch(below directory: String) -> Bool {
    for (component, name) in zip(components, directory.utf8.split(separator: UInt8(ascii: "/"))) {
      switch component {
      case .literal(let literal) where !literal.elementsEqual(name): return false
      case .wildcard(let pattern) where !wildcardMatches(pattern, name): return false
      case .anyDepth: return true
      default: continue
      }
    }
    return true
  }
}

extension FileIndex {
  /// Entries that the pattern matches, in the order of their names, each once. The last component is not
  /// followed if it is a symbolic link.
  public func matches(_ pattern: GlobPattern) -> [FileEntry] {
    var found: [FileEntry] = []
    var seen: Set<UInt32> = []
    match(pattern.components[...], from: root) { entry in
      if seen.insert(entry.id).inserted { found.append(entry) }
    }
    return found
  }

  private func match(
    _ components: ArraySlice<GlobPattern.Component>, from directory: FileEntry,
    _ body: (FileEntry) -> Void
  ) {
    guard let first = components.first else { return body(directory) }
    let rest = components.dropFirst()
    if case .anyDepth = first {
      for entry in directory.subtree where rest.isEmpty || entry.type == .directory {
        if rest.isEmpty {
          if entry != directory { body(entry) }
        } else {
          match(rest, from: entry, body)
        }
      }
      return
    }
    guard case .found(let directory) = target(of: directory), directory.type == .directory else { return }
    switch first {
    case .literal(let name):
      if name.elementsEqual("..".utf8) {
        match(rest, from: directory.parent, body)
      } else if name.elementsEqual(".".utf8) {
        match(rest, from: directory, body)
      } else if let id = child(of: directory.id, named: name) {
        match(rest, from: FileEntry(index: self, id: id), body)
      }
    case .wildcard(let pattern):
      for entry in directory.children where wildcardMatches(pattern, entry.nameBytes) {
        match(rest, from: entry, body)
      }
    case .anyDepth: break
    }
  }
}

/// fnmatch(3) with FNM_PATHNAME | FNM_PERIOD for one component, on bytes.
public func wildcardMatches(_ pattern: some Collection<UInt8>, _ name: some Collection<UInt8>) -> Bool {
  let pattern = Array(pattern)
  let name = Array(name)
  if name.first == UInt8(ascii: "."), pattern.first != UInt8(ascii: ".") { return false }
  return WildcardMatcher(pattern: pattern, name: name).matches()
}

/// fnmatch(3) without flags, on text: `*` matches any run of characters, slashes and leading dots included.
public func fnmatch(pattern: String, _ text: String) -> Bool {
  WildcardMatcher(pattern: Array(pattern.utf8), name: Array(text.utf8)).matches()
}

/// Iterative matching with one backtrack point, so that the cost is at most pattern × name.
private struct WildcardMatcher {
  let pattern: [UInt8]
  let name: [UInt8]

  func matches() -> Bool {
    var (p, n) = (0, 0)
    var retry: (pattern: Int, name: Int)?
    while true {
      if n == name.count {
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
      }
      if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
        p += 1
        retry = (p, n)
        continue
      }
      if p < pattern.count, let next = step(p, name[n]) {
        p = next
        n += 1
        continue
      }
      guard let point = retry else { return false }
      retry = (point.pattern, point.name + 1)
      p = point.pattern
      n = point.name + 1
    }
  }

  /// The position after the pattern's element at `p` if it matches `byte`.
  private func step(_ p: Int, _ byte: UInt8) -> Int? {
    switch pattern[p] {
    case UInt8(ascii: "?"):
      return p + 1
    case UInt8(ascii: "["):
      return bracket(p, byte)
    case UInt8(ascii: "\\") where p + 1 < pattern.count:
      return pattern[p + 1] == byte ? p + 2 : nil
    case let literal:
      return literal == byte ? p + 1 : nil
    }
  }

  private func bracket(_ start: Int, _ byte: UInt8) -> Int? {
    var p = start + 1
    let negated = p < pattern.count && (pattern[p] == UInt8(ascii: "!") || pattern[p] == UInt8(ascii: "^"))
    if negated { p += 1 }
    var matched = false
    var isFirst = true
    while p < pattern.count, isFirst || pattern[p] != UInt8(ascii: "]") {
      isFirst = false
      let low = pattern[p]
      var high = low
      if p + 2 < pattern.count, pattern[p + 1] == UInt8(ascii: "-"), pattern[p + 2] != UInt8(ascii: "]") {
        high = pattern[p + 2]
        p += 2
      }
      if low <= byte && byte <= high { matched = true }
      p += 1
    }
    // Without a closing bracket, "[" stands for itself (POSIX 2.13.1).
    guard p < pattern.count else { return byte == UInt8(ascii: "[") ? start + 1 : nil }
    return matched != negated ? p + 1 : nil
  }
}

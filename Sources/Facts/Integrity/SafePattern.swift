/// A regular expression out of a guest, matched at the start of a text in time that grows with pattern × text.
///
/// The common part of PCRE: literals, `.`, sets, groups, alternatives, `* + ? {m,n}` and the anchors. A pattern with
/// anything else (look-around, references, classes by name) is not read.
struct SafePattern: Sendable, Hashable {
  /// Steps a pattern may have after `{m,n}` is written out.
  static let stepLimit = 4_000

  private enum Step: Sendable, Hashable {
    case unit(Unit)
    /// Goes on at either place.
    case fork(Int, Int)
    case jump(Int)
    case start, end, done
  }

  private enum Unit: Sendable, Hashable {
    case byte(UInt8)
    case any
    case set([ClosedRange<UInt8>], negated: Bool)
  }

  private indirect enum Node {
    case empty, start, end
    case unit(Unit)
    case sequence([Node])
    case either([Node])
    case repeated(Node, Int, Int?)
  }

  private var steps: [Step] = []
  /// Nodes compiled so far: repetitions of nothing make no steps, but cost time.
  private var work = 0

  /// Reads a pattern; nil if it uses what is not supported.
  init?(_ pattern: String) {
    var parser = Parser(bytes: Array(pattern.utf8))
    guard let node = parser.alternatives(depth: 0), parser.isAtEnd, compile(node) else { return nil }
    steps.append(.done)
  }

  /// Whether the pattern matches a part of the text from its start.
  func matchesStart(of text: String) -> Bool {
    let bytes = Array(text.utf8)
    var current = Set<Int>()
    add(0, to: &current, position: 0, count: bytes.count)
    for (position, byte) in bytes.enumerated() {
      if current.contains(where: { steps[$0] == .done }) { return true }
      var next = Set<Int>()
      for index in current {
        if case .unit(let unit) = steps[index], Self.accepts(unit, byte) {
          add(index + 1, to: &next, position: position + 1, count: bytes.count)
        }
      }
      if next.isEmpty { return false }
      current = next
    }
    return current.contains { steps[$0] == .done }
  }

  private func add(_ index: Int, to set: inout Set<Int>, position: Int, count: Int) {
    var pending = [index]
    while let index = pending.popLast() {
      guard set.insert(index).inserted else { continue }
      switch steps[index] {
      case .fork(let left, let right): pending += [left, right]
      case .jump(let target): pending.append(target)
      case .start: if position == 0 { pending.append(index + 1) }
      case .end: if position == count { pending.append(index + 1) }
      case .unit, .done: break
      }
    }
  }

  private static func accepts(_ unit: Unit, _ byte: UInt8) -> Bool {
    switch unit {
    case .byte(let own): own == byte
    case .any: byte != 0x0a
    case .set(let ranges, let negated): ranges.contains { $0.contains(byte) } != negated
    }
  }

  private mutating func compile(_ node: Node) -> Bool {
    work += 1
    guard steps.count < Self.stepLimit, work < 4 * Self.stepLimit else { return false }
    switch node {
    case .empty: return true
    case .start: steps.append(.start)
    case .end: steps.append(.end)
    case .unit(let unit): steps.append(.unit(unit))
    case .sequence(let nodes): return nodes.allSatisfy { compile($0) }
    case .either(let nodes): return compileEither(nodes[...])
    case .repeated(let node, let least, let most): return compileRepeated(node, least, most)
    }
    return true
  }

  private mutating func compileEither(_ nodes: ArraySlice<Node>) -> Bool {
    guard let first = nodes.first else { return true }
    if nodes.count == 1 { return compile(first) }
    let fork = steps.count
    steps.append(.done)
    guard compile(first) else { return false }
    let jump = steps.count
    steps.append(.done)
    steps[fork] = .fork(fork + 1, steps.count)
    guard compileEither(nodes.dropFirst()) else { return false }
    steps[jump] = .jump(steps.count)
    return true
  }

  private mutating func compileRepeated(_ node: Node, _ least: Int, _ most: Int?) -> Bool {
    for _ in 0..<least where !compile(node) { return false }
    guard let most else {
      let fork = steps.count
      steps.append(.done)
      guard compile(node) else { return false }
      steps.append(.jump(fork))
      steps[fork] = .fork(fork + 1, steps.count)
      return true
    }
    var forks: [Int] = []
    for _ in least..<max(least, most) {
      forks.append(steps.count)
      steps.append(.done)
      guard compile(node) else { return false }
    }
    for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
    return true
  }

  private struct Parser {
    let bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { position == bytes.count }
    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ character: Character) -> Bool {
      guard let byte = character.asciiValue, next == byte else { return false }
      position += 1
      return true
    }

    mutating func alternatives(depth: Int) -> Node? {
      guard depth < 64 else { return nil }
      var nodes: [Node] = []
      repeat {
        guard let node = sequence(depth: depth) else { return nil }
        nodes.append(node)
      } while skip("|")
      return nodes.count == 1 ? nodes[0] : .either(nodes)
    }

    private mutating func sequence(depth: Int) -> Node? {
      var nodes: [Node] = []
      while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
        guard let atom = atom(depth: depth), let node = quantified(atom) else { return nil }
        nodes.append(node)
      }
      return .sequence(nodes)
    }

    private mutating func atom(depth: Int) -> Node? {
      guard let byte = next else { return nil }
      position += 1
      switch Character(Unicode.Scalar(byte)) {
      case "(":
        if skip("?"), !skip(":") { return nil }
        guard let node = alternatives(depth: depth + 1), skip(")") else { return nil }
        return node
      case "[": return set()
      case ".": return .unit(.any)
      case "^": return .start
      case "$": return .end
      case "*", "+", "?": return nil
      case "\\": return escape()
      default: return .unit(.byte(byte))
      }
    }

    /// After a backslash a letter or digit means something that is not supported, but for the common classes.
    private mutating func escape() -> Node? {
      guard let byte = next else { return nil }
      position += 1
      switch Character(Unicode.Scalar(byte)) {
      case "d": return .unit(.set([0x30...0x39], negated: false))
      case "w": return .unit(.set([0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a], negated: false))
      case "s": return .unit(.set([0x09...0x0d, 0x20...0x20], negated: false))
      case let character where character.isLetter || character.isNumber: return nil
      default: return .unit(.byte(byte))
      }
    }

    private mutating func set() -> Node? {
      let negated = skip("^")
      var ranges: [ClosedRange<UInt8>] = []
      var isFirst = true
      while let byte = next, isFirst || byte != UInt8(ascii: "]") {
        isFirst = false
        position += 1
        if byte == UInt8(ascii: "["), next == UInt8(ascii: ":") { return nil }
        var low = byte
        if byte == UInt8(ascii: "\\") {
          guard case .unit(.byte(let escaped))? = escape() else { return nil }
          low = escaped
        }
        var high = low
        if next == UInt8(ascii: "-"), position + 1 < bytes.count, bytes[position + 1] != UInt8(ascii: "]") {
          high = bytes[position + 1]
          position += 2
        }
        guard low <= high else { return nil }
        ranges.append(low...high)
      }
      return skip("]") ? .unit(.set(ranges, negated: negated)) : nil
    }

    private mutating func quantified(_ atom: Node) -> Node? {
      var node = atom
      if skip("*") {
        node = .repeated(atom, 0, nil)
      } else if skip("+") {
        node = .repeated(atom, 1, nil)
      } else if skip("?") {
        node = .repeated(atom, 0, 1)
      } else if next == UInt8(ascii: "{") {
        switch counts() {
        case .literal:
          position += 1
          return .sequence([atom, .unit(.byte(UInt8(ascii: "{")))])
        case .invalid: return nil
        case .times(let least, let most): node = .repeated(atom, least, most)
        }
      } else {
        return node
      }
      // Greedy, lazy and possessive match the same texts when all that counts is whether there is a match; only
      // possessive ones can match less.
      if skip("+") { return nil }
      _ = skip("?")
      return node
    }

    private enum Counts {
      /// The brace stands for itself.
      case literal
      case invalid
      case times(Int, Int?)
    }

    /// Reads `{m}`, `{m,}` or `{m,n}`.
    private mutating func counts() -> Counts {
      guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "}")) else { return .literal }
      let parts = String(decoding: bytes[(position + 1)..<end], as: UTF8.self)
        .split(separator: ",", omittingEmptySubsequences: false)
      let isNumbers = parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
      guard parts.count <= 2, isNumbers, !parts[0].isEmpty else { return .literal }
      let most = parts.count == 1 ? parts[0] : parts[1]
      guard let least = Int(parts[0]), least <= 1000, let limit = most.isEmpty ? 1000 : Int(most),
        (least...1000).contains(limit)
      else { return .invalid }
      position = end + 1
      return .times(least, most.isEmpty ? nil : limit)
    }
  }
}

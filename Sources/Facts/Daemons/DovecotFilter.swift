/// The connections for which a block of dovecot.conf holds: `local NET`, `local_name HOST`, `remote NET` and `protocol NAME`,
/// nested in this order (config-parser.c, config_filter_add_new_filter).
struct DovecotFilter: Hashable {
  var local: String?
  var name: String?
  var remote: String?
  var service: String?
  /// The number of blocks within each other.
  var depth = 0
  private var localNetwork: DovecotNetwork?
  private var remoteNetwork: DovecotNetwork?

  private static let kinds = ["local", "local_name", "remote", "protocol"]

  /// Nothing: every connection.
  init() {}

  /// Nil where another block is among them.
  ///
  /// - Throws: for an order that Dovecot refuses.
  init?(_ blocks: [String]) throws(Refused) {
    var last = 0
    for block in blocks {
      let words = block.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2, let rank = Self.kinds.firstIndex(of: words[0]) else { return nil }
      if rank < last || rank == 3 && last == 3 && depth > 0 {
        throw Refused(reason: "a block \(words[0]) may not stand in a block \(Self.kinds[last])")
      }
      last = rank
      depth += 1
      switch rank {
      case 0: (local, localNetwork) = (words[1], DovecotNetwork(words[1]))
      case 1: name = words[1]
      case 2: (remote, remoteNetwork) = (words[1], DovecotNetwork(words[1]))
      default: service = words[1]
      }
    }
  }

  struct Refused: Error {
    var reason: String
  }

  /// The same for every protocol; nil where that is every connection.
  var place: DovecotFilter? {
    if local == nil && name == nil && remote == nil { return nil }
    var place = self
    (place.service, place.depth) = (nil, 0)
    return place
  }

  /// `local 10.0.0.1 remote 10.0.0.0/8`.
  var words: String {
    [("local", local), ("local_name", name), ("remote", remote)].compactMap { kind, value in
      value.map { "\(kind) \($0)" }
    }.joined(separator: " ")
  }

  /// Whether every connection of the other one is one of these. Names of hosts as networks are only themselves.
  func contains(_ other: DovecotFilter) -> Bool {
    if let service, service != other.service { return false }
    if let name, !Self.matches(other.name, name) { return false }
    if let local, local != other.local, !Self.isWithin(other.localNetwork, localNetwork) { return false }
    if let remote, remote != other.remote, !Self.isWithin(other.remoteNetwork, remoteNetwork) { return false }
    return true
  }

  private static func matches(_ name: String?, _ pattern: String) -> Bool {
    guard let name else { return false }
    return name == pattern || pattern.hasPrefix("*.") && name.hasSuffix(pattern.dropFirst())
  }

  private static func isWithin(_ inner: DovecotNetwork?, _ outer: DovecotNetwork?) -> Bool {
    guard let inner, let outer else { return false }
    return outer.contains(inner)
  }
}

/// An address or a network, `10.0.0.0/8`, `fe80::/16`.
struct DovecotNetwork: Hashable {
  private let bytes: [UInt8]
  private let bits: Int

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = parts.first,
      let bytes = address.contains(":") ? Self.groups(address) : Self.quad(address)
    else { return nil }
    self.bytes = bytes
    bits = parts.count == 2 ? Int(parts[1]) ?? -1 : bytes.count * 8
    guard (0...bytes.count * 8).contains(bits) else { return nil }
  }

  func contains(_ other: DovecotNetwork) -> Bool {
    guard bytes.count == other.bytes.count, bits <= other.bits else { return false }
    return (0..<bits).allSatisfy { bit in
      (bytes[bit / 8] ^ other.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
    }
  }

  private static func quad(_ text: Substring) -> [UInt8]? {
    let numbers = text.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
    return numbers.count == 4 ? numbers : nil
  }

  private static func groups(_ text: Substring) -> [UInt8]? {
    let halves = String(text).components(around: "::").map { half in
      half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false)
    }
    let lists = halves.map { half in half.compactMap { UInt16($0, radix: 16) } }
    let count = lists.reduce(0) { $0 + $1.count }
    let written = halves.reduce(0) { $0 + $1.count }
    guard count == written, halves.count == 2 ? count < 8 : count == 8 else { return nil }
    let zeros = [UInt16](repeating: 0, count: 8 - count)
    let all = halves.count == 2 ? lists[0] + zeros + lists[1] : lists[0]
    return all.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
  }
}

extension String {
  fileprivate func components(around separator: String) -> [Substring] {
    guard let range = range(of: separator) else { return [self[...]] }
    return [self[..<range.lowerBound], self[range.upperBound...]]
  }
}

/// SplitMix64: the same numbers in each run.
public struct RepeatableRandom: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}

/// Damaged forms of a file, the same in each run.
public enum Mutations {
  private static let interesting: [UInt8] = [0, 1, 2, 4, 8, 0x10, 0x7f, 0x80, 0xfe, 0xff]

  /// Calls `body` with the file cut at every length, with every byte replaced by five others, and with some bytes
  /// replaced by chance as many times as `rounds` says.
  public static func forEach(
    of bytes: [UInt8], rounds: Int, seed: UInt64 = 20_261_125, _ body: ([UInt8]) throws -> Void
  ) rethrows {
    for length in bytes.indices { try body(Array(bytes.prefix(length))) }
    var damaged = bytes
    for offset in bytes.indices {
      for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
        damaged[offset] = value
        try body(damaged)
      }
      damaged[offset] = bytes[offset]
    }
    var random = RepeatableRandom(seed: seed)
    for _ in 0..<rounds { try body(mutated(bytes, &random)) }
  }

  /// The file with one to eight bytes replaced.
  public static func mutated(_ bytes: [UInt8], _ random: inout RepeatableRandom) -> [UInt8] {
    var damaged = bytes
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      damaged[Int.random(in: damaged.indices, using: &random)] =
        Bool.random(using: &random)
        ? interesting[Int.random(in: 0..<interesting.count, using: &random)]
        : UInt8.random(in: 0...255, using: &random)
    }
    return damaged
  }
}

import Facts
import Foundation
import TestSupport
import Testing

@Suite struct RpmVersionTests {
  /// Every pair of versions put together from parts, in the order of the real rpm.
  @Test func theOrderIsThatOfRpm() throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/rpm") else {
      print("skipped: comparison with rpm's order of versions, rpm is not installed")
      return
    }
    var generator = SeededGenerator(state: 7)
    let parts = ["1", "01", "10", "a", "b", "ab", ".", "..", "_", "~", "^", "+", "-", "2:", "0:"]
    let versions = (0..<(isFullRun ? 400 : 60)).map { _ in
      "1"
        + (0..<Int.random(in: 0...5, using: &generator)).map { _ in
          parts.randomElement(using: &generator) ?? ""
        }.joined()
    }
    let list = versions.map { "\"\($0)\"" }.joined(separator: ",")
    let script =
      "%{lua: local v = {\(list)}; for _, a in ipairs(v) do for _, b in ipairs(v) do "
      + "print(rpm.vercmp(a, b) .. ' ') end end}"
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/rpm")
    process.arguments = ["--eval", script]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let expected = output.split { $0 == " " || $0 == "\n" }.compactMap { Int($0) }
    guard expected.count == versions.count * versions.count else {
      print("skipped: this rpm has no vercmp in Lua")
      return
    }
    for (row, left) in versions.enumerated() {
      for (column, right) in versions.enumerated() {
        let order = VersionScheme.rpm.order(left, right).signum()
        #expect(order == expected[row * versions.count + column], "\(left) \(right)")
      }
    }
  }
}

/// The same numbers in every run (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

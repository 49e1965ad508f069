import Binaries
import Testing

struct PartialFileTests {
  private let content = (0..<100).map { UInt8($0) }

  private func wanted(_ body: () throws(BinaryError) -> Void) -> [Range<UInt64>]? {
    do {
      try body()
      return nil
    } catch {
      if case .needs(let ranges) = error { return ranges }
      return nil
    }
  }

  @Test func aWholeFileAnswersEverything() throws {
    let file = PartialFile(content)
    #expect(try file.bytes(at: 98, count: 2).map(Array.init) == [98, 99])
    #expect(try file.bytes(at: 100, count: 0).map(Array.init) == [])
    #expect(try file.bytes(at: 99, count: 2) == nil)
    #expect(try file.bytes(at: .max, count: .max) == nil)
  }

  @Test func whatIsNotKnownIsAskedFor() throws {
    var file = PartialFile(size: 100)
    #expect(wanted { () throws(BinaryError) in _ = try file.bytes(at: 10, count: 5) } == [10..<15])
    file.add(Array(content[10..<14]), at: 10)
    #expect(wanted { () throws(BinaryError) in _ = try file.bytes(at: 10, count: 5) } == [10..<15])
    file.add(Array(content[14..<20]), at: 14)
    #expect(try file.bytes(at: 10, count: 10).map(Array.init) == Array(content[10..<20]))
  }

  @Test(arguments: [
    [0..<10, 5..<20, 20..<30], [20..<30, 0..<10, 5..<20], [0..<30, 5..<10], [5..<10, 0..<30],
  ])
  func blocksThatTouchBecomeOne(_ blocks: [Range<Int>]) throws {
    var file = PartialFile(size: 100)
    for block in blocks { file.add(Array(content[block]), at: UInt64(block.lowerBound)) }
    #expect(try file.bytes(at: 0, count: 30).map(Array.init) == Array(content[0..<30]))
  }

  @Test func bytesBehindTheEndAreDropped() throws {
    var file = PartialFile(size: 4)
    file.add(content, at: 2)
    #expect(try file.bytes(at: 2, count: 2).map(Array.init) == [0, 1])
    #expect(try file.bytes(at: 2, count: 3) == nil)
  }

  @Test func severalRangesAreAskedForAtOnce() {
    var file = PartialFile(size: 100)
    file.add([0, 0], at: 0)
    let ranges = wanted { () throws(BinaryError) in try file.require([0..<2, 5..<7, 90..<200, 300..<400]) }
    #expect(ranges == [5..<7, 90..<100])
  }
}

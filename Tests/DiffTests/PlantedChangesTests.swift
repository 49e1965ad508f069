import TestSupport
import Testing

@testable import Diff
@testable import Reports

struct PlantedChangesTests {
  private static let counting: [DiffReport.SectionName] = [.files, .size]

  private func compare(_ old: DiffSide, _ new: DiffSide) throws -> DiffReport.GuestPair {
    let result = DiffBuilder(topics: DiffTopics.all + DiffTopics.onRequest).compare(old, new)
    #expect(result.problems == [])
    return try #require(result.pairs.first)
  }

  /// - Parameter counted: whether those of the sections that count all files are among them.
  private func words(_ pair: DiffReport.GuestPair, counted: Bool) -> [String] {
    pair.changes.filter { counted || !Self.counting.contains($0.section) }
      .map { "\($0.topic.name) \($0.change.kind) \($0.change.subject)" }.sorted()
  }

  /// All that a topic says, in an order of its own.
  private func all(_ pair: DiffReport.GuestPair, mirrored: Bool) -> [String: Set<DiffChange>] {
    var changes: [String: Set<DiffChange>] = [:]
    for item in pair.changes {
      changes[item.topic.name, default: []].insert(mirrored ? item.change.mirrored : item.change)
    }
    return changes
  }

  @Test func thereIsEnoughPlanted() {
    #expect(Planted.all.count >= 60)
    let topics = Set(Planted.all.flatMap(\.topics))
    #expect(Set((DiffTopics.all + DiffTopics.onRequest).map { $0.name }).subtracting(topics) == [])
  }

  @Test func theSameGuestHasNotChanged() throws {
    let pair = try compare(try VariedGuest().side("old"), try VariedGuest().side("new"))
    #expect(pair.sections == [])
    #expect(pair.changes.isEmpty)
  }

  @Test(arguments: Planted.all)
  func aPlantedChangeIsFoundInItsTopicAloneAndMirrored(planted: Planted) throws {
    let old = try VariedGuest().side("old")
    var guest = try VariedGuest()
    try planted.plant(&guest)
    let new = try guest.side("new")
    let there = try compare(old, new)
    let counted = !planted.topics.isDisjoint(with: ["files", "file-list", "size"])
    #expect(words(there, counted: counted) == planted.expected.sorted())
    #expect(all(there, mirrored: true) == all(try compare(new, old), mirrored: false))
  }

  /// The same tree on one file system of a logical volume, which had two partitions.
  @Test func anotherLayoutChangesStorageAndChecksOfMountsAlone() throws {
    func device(_ name: String, _ type: String, _ filesystem: String, _ mountpoint: String)
      -> TargetReport.Storage
    {
      .init(
        device: name, type: type, parents: [], size: 1 << 30, filesystem: filesystem, mountpoint: mountpoint,
        encrypted: false)
    }
    var (old, new) = (try VariedGuest(), try VariedGuest())
    old.storage = [
      device("/dev/sda1", "partition", "ext4", "/"), device("/dev/sda2", "partition", "ext4", "/data"),
    ]
    new.storage = [device("/dev/vg/root", "lv", "xfs", "/")]
    new.fixture.filesystem.addFile("/etc/fstab", "/dev/mapper/vg-root / xfs defaults 0 1\n")
    let pair = try compare(try old.side("old"), try new.side("new"))
    #expect(
      words(pair, counted: true) == [
        "devices added /dev/vg/root", "devices removed /dev/sda1", "devices removed /dev/sda2",
        "file-list changed /etc/fstab", "findings new /data", "mounts changed /", "mounts removed /data",
      ])
  }

  /// Pairs of guests with some of the changes on either side.
  @Test(arguments: 0..<40)
  func anyTwoGuestsAreComparedAlikeInBothDirections(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    var guests = [try VariedGuest(), try VariedGuest()]
    for side in guests.indices {
      for planted in Planted.all.shuffled(using: &generator).prefix(Int.random(in: 0...12, using: &generator))
      {
        try planted.plant(&guests[side])
      }
      for (path, text) in Self.further.shuffled(using: &generator).prefix(2) {
        guests[side].fixture.filesystem.addFile(path, text)
      }
    }
    let sides = [try guests[0].side("old"), try guests[1].side("new")]
    let there = try compare(sides[0], sides[1])
    let back = try compare(sides[1], sides[0])
    #expect(all(there, mirrored: true) == all(back, mirrored: false))
    #expect(all(there, mirrored: true).mapValues { Set($0.map(\.mirrored)) } == all(there, mirrored: false))
    let churn = { (pair: DiffReport.GuestPair) in pair.sections.flatMap(\.topics).map(\.churn) }
    #expect(churn(there) == churn(back))
  }

  /// Files that come, go and move.
  private static let further = [
    ("/srv/a/one", "the same\n"), ("/srv/b/one", "the same\n"), ("/srv/a/two", "the same\n"),
    ("/var/log/x", "log\n"),
    ("/opt/big", String(repeating: "x", count: 3 << 20)), ("/opt/data/one", "three\n"),
  ]

  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = state
      value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
      return value ^ (value >> 31)
    }
  }
}

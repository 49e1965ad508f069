import Foundation
import TestSupport
import Testing

extension RealImages {
  /// `brinell diff` on real images.
  @Suite struct ComparisonTests {
    private struct Comparison: Decodable {
      struct Pair: Decodable { var sections: [Section] }
      struct Section: Decodable {
        var name: String
        var topics: [Topic]
      }
      struct Topic: Decodable { var changes: [Change] }
      struct Change: Decodable {
        var subject: String
        var check: String?
      }
      var pairs: [Pair]
      var problems: [String]
    }

    private func compare(_ arguments: String...) throws -> (status: Int32, comparison: Comparison) {
      let run = try BuiltBinary.run(["diff", "--fail-on", "none", "--format", "json"] + arguments)
      return (run.status, try JSONDecoder().decode(Comparison.self, from: Data(run.output.utf8)))
    }

    @Test func aCopyInAnotherImageFormatIsTheSame() throws {
      let image = try TestImages.path("ext4.qcow2")
      let copy = NSTemporaryDirectory() + "brinell-\(UUID().uuidString).vmdk"
      defer { try? FileManager.default.removeItem(atPath: copy) }
      try #require(TestImages.run("/usr/bin/qemu-img", "convert", "-O", "vmdk", image, copy) == 0)
      let (status, comparison) = try compare(image, copy)
      #expect(status == 0)
      #expect(comparison.pairs.flatMap(\.sections).flatMap(\.topics).flatMap(\.changes).map(\.subject) == [])
    }

    /// One tree on subvolumes of btrfs and on logical volumes in LUKS, with an fstab for each.
    @Test func anotherLayoutChangesStorageAndChecksAboutItAlone() throws {
      let key = NSTemporaryDirectory() + "brinell-\(UUID().uuidString).key"
      defer { try? FileManager.default.removeItem(atPath: key) }
      try Data("brinell".utf8).write(to: URL(filePath: key))
      let (btrfs, luks) = (try TestImages.path("btrfs.qcow2"), try TestImages.path("lvm-on-luks.raw"))
      let (status, comparison) = try compare(btrfs, luks, "--key", "all=\(key)")
      #expect(status == 0, "\(comparison.problems)")
      let sections = try #require(comparison.pairs.first).sections
      let changed = sections.filter { $0.topics.contains { !$0.changes.isEmpty } }
      #expect(Set(changed.map(\.name)).isSubset(of: ["verdicts", "storage"]))
      let checks = changed.filter { $0.name == "verdicts" }.flatMap(\.topics).flatMap(\.changes).compactMap(
        \.check)
      #expect(checks.allSatisfy { $0.hasPrefix("fs.") || $0.hasPrefix("enc.") }, "\(checks)")

      let locked = try compare(btrfs, luks)
      #expect(locked.status == 2 && locked.comparison.pairs.isEmpty)
      #expect(
        locked.comparison.problems.contains { $0.contains("encrypted") }, "\(locked.comparison.problems)")
    }
  }
}

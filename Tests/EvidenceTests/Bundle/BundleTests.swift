import DiskImages
import Evidence
import Foundation
import Testing

@Suite struct BundleTests {
  private func target() throws -> CollectedTarget {
    let filesystem = MemoryFilesystem()
    filesystem.addFile("/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
    filesystem.addFile("/etc/odd\\xff\\nname", "tab\tand\nline", mode: 0o4755, uid: 7, gid: 8)
    filesystem.addFile("/etc/huge", .tooLarge(size: 1 << 40))
    filesystem.addFile("/etc/broken", .unreadable(reason: "input/output error"))
    filesystem.addLink("/etc/mtab", to: "../proc/self/mounts")
    filesystem.addEntry(
      "/bin/ping", FileMetadata(mode: 0o100755, size: 9, inode: 1 << 63, modified: -5),
      attributes: [ExtendedAttribute(name: "security.capability", value: [1, 0, 0, 2, 255])])
    filesystem.addGap("/var", reason: "could not be\tmounted")
    let evidence = try Collector(plan: CollectionPlan(needs: [ContentNeed("/etc/*", limit: 1 << 20)]))
      .collect(
        filesystem, storage: [StorageDevice(name: "/dev/sda", kind: .disk, size: 5)], root: "/dev/sda")
    return CollectedTarget(
      target: "x.qcow2", disks: [DiskDescription(path: "x.qcow2", format: "qcow2", virtualSize: 5)],
      storage: evidence.storage, guests: [CollectedGuest(evidence: evidence)])
  }

  private func withBundle(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "brinell-\(UUID().uuidString).brinell"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Bundle.write(try target(), to: path, collectedAt: 1_795_478_400)
    try body(path)
  }

  @Test func givesBackWhatWasCollected() throws {
    try withBundle { path in
      let original = try target()
      let read = try Bundle.read(path)
      #expect(read.disks == original.disks)
      #expect(read.storage == original.storage)
      let (old, new) = (original.guests[0].evidence, read.guests[0].evidence)
      #expect(new.rootDevice == "/dev/sda")
      #expect(new.index.gaps == old.index.gaps)
      #expect(new.index.entries.map(\.pathBytes) == old.index.entries.map(\.pathBytes))
      #expect(new.index.entries.map(\.metadata) == old.index.entries.map(\.metadata))
      #expect(new.index.entries.map(\.linkTargetBytes) == old.index.entries.map(\.linkTargetBytes))
      #expect(new.index.entries.map(\.extendedAttributes) == old.index.entries.map(\.extendedAttributes))
      #expect(new.contents == old.contents)
    }
  }

  @Test func isReadableByItsOwnerAlone() throws {
    try withBundle { path in
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
      #expect(Bundle.isBundle(path))
    }
  }

  @Test func theSameEvidenceMakesTheSameBytes() throws {
    try withBundle { first in
      try withBundle { second in
        let (a, b) = (try Data(contentsOf: URL(filePath: first)), try Data(contentsOf: URL(filePath: second)))
        #expect(a == b)
      }
    }
  }

  @Test func aDamagedBundleIsRefusedAtEveryCut() throws {
    try withBundle { path in
      let whole = try Data(contentsOf: URL(filePath: path))
      for length in stride(from: 0, to: whole.count - 1, by: max(1, whole.count / 97)) {
        try whole.prefix(length).write(to: URL(filePath: path))
        #expect(throws: CollectionError.self) { try Bundle.read(path) }
      }
    }
  }

  @Test func aFlippedByteNeverTraps() throws {
    try withBundle { path in
      let whole = try Data(contentsOf: URL(filePath: path))
      for position in stride(from: 4, to: whole.count, by: 7) {
        var damaged = whole
        damaged[position] ^= 0x55
        try damaged.write(to: URL(filePath: path))
        _ = try? Bundle.read(path)
      }
    }
  }
}

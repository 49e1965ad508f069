import DiskImages
import Evidence
import Foundation
import TestSupport
import Testing

/// Real images through libguestfs. One after the other: appliances fight for the cores.
@Suite(.serialized) enum RealImages {}

extension RealImages {
  @Suite struct OpeningTests {
    @Test func ext4OnGPTKeepsModesOwnersAndCapabilitiesAndTheImageUnchanged() throws {
      let path = try TestImages.path("ext4.qcow2")
      let copy = NSTemporaryDirectory() + "brinell-read-only-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
      defer {
        chmod(copy, 0o755)
        try? FileManager.default.removeItem(atPath: copy)
      }
      let image = copy + "/image"
      try FileManager.default.copyItem(atPath: path, toPath: image)
      chmod(image, 0o444)
      chmod(copy, 0o555)
      let before = try Fingerprint(image)

      let target = try collect(
        .image([image]), plan: CollectionPlan(needs: ["/etc/**", "/var/lib/dpkg/status"]),
        options: OpenOptions())

      #expect(try Fingerprint(image) == before)
      #expect(target.disks.map(\.format) == ["qcow2"])
      let guest = try #require(target.guests.first)
      #expect(target.guests.count == 1 && guest.evidence.rootDevice == "/dev/sda2")
      let shell = try #require(try guest.evidence.entry(at: "/usr/local/bin/rootshell"))
      #expect(shell.permissions == 0o4755 && shell.metadata.uid == 0)
      let key = try #require(try guest.evidence.entry(at: "/home/deploy/.ssh/authorized_keys"))
      #expect(key.metadata.uid == 1000 && key.permissions == 0o644)
      let python = try #require(try guest.evidence.entry(at: "/usr/bin/python3.11"))
      // cap_setuid is bit 7 (linux/capability.h); the attribute is version 2, little endian.
      #expect(
        python.extendedAttributes.first { $0.name == "security.capability" }?.value.prefix(5) == [
          1, 0, 0, 2, 128,
        ])
      #expect(try firstLine("/etc/machine-id", of: guest) == "0123456789abcdef0123456789abcdef")
      #expect(target.storage.first { $0.name == "/dev/sda2" }?.mountpoints == ["/"])
      #expect(target.storage.first { $0.name == "/dev/sda1" }?.mountpoints == ["/boot/efi"])
    }

    @Test func lvmOnLUKSOpensWithItsKeyAndMergesVar() throws {
      let target = try collectImages("lvm-on-luks.raw", keys: DeviceKeys([("all", "brinell")]))
      let guest = try #require(target.guests.first)
      #expect(try firstLine("/etc/machine-id", of: guest) == "uninitialized")
      #expect(try guest.evidence.text(at: "/var/lib/dpkg/status") != nil)
      let root = try #require(target.storage.first { $0.mountpoints == ["/"] })
      #expect(root.kind == .logicalVolume && root.isEncrypted)
      let status = try #require(try guest.evidence.entry(at: "/var/lib/dpkg/status"))
      #expect(status.metadata.device != (try #require(try guest.evidence.entry(at: "/etc"))).metadata.device)
    }

    @Test func lvmOnLUKSWithoutAKeyOrWithAWrongOneIsNotJudged() throws {
      #expect(throws: CollectionError.self) { try collectImages("lvm-on-luks.raw") }
      do {
        _ = try collectImages("lvm-on-luks.raw", keys: DeviceKeys([("/dev/sda1", "wrong")]))
        Issue.record("a wrong key opened the container")
      } catch let error as CollectionError {
        #expect(error.description.contains("the key that was given does not open it"))
        #expect(error.storage.contains { $0.content == "crypto_LUKS" })
      }
    }

    @Test func btrfsSubvolumesAreMergedAsFstabSays() throws {
      let target = try collectImages("btrfs.qcow2")
      #expect(target.guests.count == 1)
      let guest = try #require(target.guests.first)
      #expect(guest.evidence.rootDevice == "btrfsvol:/dev/sda/@")
      #expect(try guest.evidence.text(at: "/var/lib/dpkg/status") != nil)
      #expect(target.storage.first { $0.name == "btrfsvol:/dev/sda/@var" }?.mountpoints == ["/var"])
    }

    @Test func severalDisksMakeOneGuest() throws {
      let target = try collectImages("root.raw", "var.qcow2")
      #expect(target.disks.map(\.format) == ["raw", "qcow2"])
      let guest = try #require(target.guests.first)
      #expect(try guest.evidence.text(at: "/var/lib/dpkg/status") != nil)
      #expect(guest.evidence.index.gaps.isEmpty)
    }

    @Test func aDiskThatIsMissingLeavesAGapNotAnEmptyFolder() throws {
      let target = try collectImages("root.raw")
      let guest = try #require(target.guests.first)
      #expect(guest.evidence.index.gaps.map(\.path) == ["/var"])
      #expect(throws: EvidenceGap.self) { try guest.evidence.text(at: "/var/lib/dpkg/status") }
    }

    @Test func aDamagedPartitionIsAGapWithItsReason() throws {
      let target = try collectImages("broken-var.raw")
      let guest = try #require(target.guests.first)
      #expect(guest.evidence.index.gaps.map(\.path) == ["/var"])
      #expect(target.storage.first { $0.name == "/dev/sda2" }?.problem != nil)
      #expect(try firstLine("/etc/machine-id", of: guest) == "uninitialized")
    }

    @Test func everySystemOfAnImageIsVisited() throws {
      let target = try collectImages("two-systems.raw")
      #expect(target.guests.map(\.evidence.rootDevice) == ["/dev/sda1", "/dev/sda2"])
      #expect(
        try target.guests.map { try firstLine("/etc/machine-id", of: $0) } == [
          "0123456789abcdef0123456789abcdef", "uninitialized",
        ])
    }

    @Test func anImageWithoutASystemIsNotJudged() throws {
      #expect(throws: CollectionError.self) { try collectImages("no-system.raw") }
    }

    @Test func theDiskOfAnOVAIsOpened() throws {
      let folder = NSTemporaryDirectory() + "brinell-ova-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let source = try TestImages.path("ext4.qcow2")
      #expect(
        TestImages.run(
          "/usr/bin/qemu-img", "convert", "-O", "vmdk", "-o", "subformat=streamOptimized", source,
          folder + "/disk.vmdk") == 0)
      try Data("<Envelope/>".utf8).write(to: URL(filePath: folder + "/vm.ovf"))
      #expect(
        TestImages.run(
          "/usr/bin/tar", "-C", folder, "--format=ustar", "-cf", folder + "/vm.ova", "vm.ovf", "disk.vmdk")
          == 0)
      let target = try collect(
        .image([folder + "/vm.ova"]), plan: CollectionPlan(needs: ["/etc/**"]), options: OpenOptions())
      #expect(target.disks.map(\.path) == [folder + "/vm.ova (disk.vmdk)"])
      #expect(
        try firstLine("/etc/machine-id", of: target.guests[0]) == "0123456789abcdef0123456789abcdef")
    }

    @Test(.enabled(if: isFullRun)) func aMirrorOfTwoDisksIsAssembled() throws {
      let target = try collectImages("raid-1.raw", "raid-2.raw")
      #expect(target.guests.count == 1)
      #expect(target.storage.first { $0.mountpoints == ["/"] }?.kind == .raid)
    }

    @Test(.enabled(if: isFullRun), arguments: ["raw", "vmdk", "vdi", "vpc", "vhdx"])
    func everyFormatShowsTheSameGuest(_ format: String) throws {
      let original = try collectImages("ext4.qcow2")
      let converted = NSTemporaryDirectory() + "brinell-converted-\(UUID().uuidString)"
      defer { try? FileManager.default.removeItem(atPath: converted) }
      #expect(
        TestImages.run(
          "/usr/bin/qemu-img", "convert", "-O", format, try TestImages.path("ext4.qcow2"), converted)
          == 0)
      let target = try collect(
        .image([converted]), plan: CollectionPlan(needs: ["/etc/**"]), options: OpenOptions())
      #expect(target.disks.map(\.format) == [format])
      let paths = { (target: CollectedTarget) in target.guests[0].evidence.index.entries.map(\.path) }
      #expect(paths(target) == paths(original))
    }
  }
}

/// What must not change about an image.
private struct Fingerprint: Equatable {
  var bytes: Data
  var modified: Int
  var changed: Int

  init(_ path: String) throws {
    var status = stat()
    #expect(stat(path, &status) == 0)
    bytes = try Data(contentsOf: URL(filePath: path))
    modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    changed = status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec
  }
}

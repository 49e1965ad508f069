import DiskImages
import Evidence
import Foundation
import Testing

extension RealImages {
  /// Images of which fstab names no partition.
  @Suite struct PartitionTypeTests {
    private static let folder: Result<String, TestImageError> = {
      let folder = TestImages.repository + "/.cache/partition-images"
      let status = TestImages.run("\(TestImages.repository)/scripts/partition-images", folder)
      return status == 0 ? .success(folder) : .failure(TestImageError(status: status))
    }()

    private func collected(_ name: String) throws -> CollectedTarget {
      let path = try Self.folder.get() + "/" + name
      let needs: Set<ContentNeed> = [
        "/etc/**", "/boot/**", "/efi/**", "/srv/**", "/home/**", "/var/lib/dpkg/status",
      ]
      let target = try collect(.image([path]), plan: CollectionPlan(needs: needs), options: OpenOptions())
      #expect(target.guests.count == 1)
      return target
    }

    private func places(_ target: CollectedTarget) -> [String] {
      target.storage.flatMap { device in device.mountpoints.map { "\(device.name.dropFirst(5)) \($0)" } }
        .sorted()
    }

    @Test func partitionsAreMountedByTheirType() throws {
      let target = try collected("discoverable.raw")
      let guest = try #require(target.guests.first)
      #expect(guest.evidence.rootDevice == "/dev/sda3")
      #expect(places(target) == ["sda1 /efi", "sda2 /boot", "sda3 /", "sda4 /home", "sda5 /var"])
      #expect(guest.evidence.index.gaps.isEmpty)
      #expect(try firstLine("/efi/EFI/BOOT/BOOTX64.EFI", of: guest) == "a boot loader")
      #expect(try firstLine("/boot/loader/entries/sample.conf", of: guest) == "title sample")
      #expect(try guest.evidence.text(at: "/var/lib/dpkg/status") != nil)
      #expect(try guest.evidence.entry(at: "/home/deploy") != nil)
      // An ordinary partition is mounted by nobody.
      #expect(try guest.evidence.entry(at: "/srv/readme") == nil)
    }

    @Test func theCommandLineNamesUsrAndFullDirectoriesStay() throws {
      let target = try collected("by-argument.raw")
      let guest = try #require(target.guests.first)
      #expect(guest.evidence.rootDevice == "/dev/sda2")
      // Before systemd 254 the system partition goes to /efi although /boot is free.
      #expect(places(target) == ["sda1 /efi", "sda2 /", "sda3 /usr"])
      #expect(guest.evidence.index.gaps.isEmpty)
      #expect(try guest.evidence.entry(at: "/usr/lib/systemd/libsystemd-shared-252.so") != nil)
      #expect(try guest.evidence.entry(at: "/home/deploy") != nil)
      #expect(try guest.evidence.entry(at: "/home/readme") == nil)
      #expect(try guest.evidence.text(at: "/var/lib/dpkg/status") != nil)
    }
  }
}

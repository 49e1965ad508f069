import Baselines
import TestSupport
import Testing

@Suite struct OldKernelsKindTests {
  private func guest(_ releases: [String], grub: String? = nil) -> GuestFixture {
    let guest = GuestFixture()
    for release in releases {
      guest.filesystem.addFile("/boot/vmlinuz-\(release)", .bytes([UInt8](repeating: 0, count: 4_000)))
      guest.filesystem.addFile("/boot/initrd.img-\(release)", .bytes([UInt8](repeating: 0, count: 6_000)))
      guest.filesystem.addFile(
        "/usr/lib/modules/\(release)/kernel/a.ko", .bytes([UInt8](repeating: 0, count: 2_000)))
    }
    guest.filesystem.addLink("/lib", to: "usr/lib")
    if let grub {
      guest.filesystem.addFile(
        "/boot/grub/grub.cfg", "menuentry 'Linux' {\n linux /boot/vmlinuz-\(grub) root=/dev/vda1\n}\n")
    }
    return guest
  }

  private func ask(_ guest: GuestFixture, keep: Int = 0) throws -> [String: String] {
    let outcomes = try answers(OldKernelsKind.self, ["keep": .integer(keep)], guest)
    return Dictionary(
      uniqueKeysWithValues: outcomes.filter { $0.verdict == .fail }.map { ($0.subject, $0.actual) })
  }

  @Test func theNewestBootsWhereNothingElseIsSaid() throws {
    #expect(
      try ask(guest(["6.1.0-9-amd64", "6.1.0-10-amd64"])) == ["kernel 6.1.0-9-amd64": "3 files, 12 kB"])
    #expect(try ask(guest(["6.1.0-9-amd64"])) == [:])
    #expect(try ask(GuestFixture()) == [:])
  }

  @Test func theBootLoaderDecides() throws {
    let found = try ask(guest(["6.1.0-9-amd64", "6.1.0-10-amd64"], grub: "6.1.0-9-amd64"))
    #expect(Array(found.keys) == ["kernel 6.1.0-10-amd64"])
  }

  @Test func oneMayStay() throws {
    let found = try ask(guest(["5.10.0-1-amd64", "6.1.0-9-amd64", "6.1.0-10-amd64"]), keep: 1)
    #expect(Array(found.keys) == ["kernel 5.10.0-1-amd64"])
  }

  @Test func modulesAndInitrdsWithoutKernel() throws {
    let guest = guest(["6.1.0-10-amd64"])
    guest.filesystem.addFile("/usr/lib/modules/5.10.0-1-amd64/modules.dep", "x")
    guest.filesystem.addFile("/boot/initrd.img-5.9.0-1-amd64", "xy")
    guest.filesystem.addDirectory("/usr/lib/modules/5.8.0-1-amd64")
    #expect(
      try ask(guest, keep: 3) == [
        "kernel 5.10.0-1-amd64": "1 file, 1 byte, without a kernel",
        "kernel 5.9.0-1-amd64": "1 file, 2 bytes, without a kernel",
      ])
  }

  @Test func fedorasRescueKernelIsNone() throws {
    let guest = guest(["6.5.6-300.fc39.x86_64"])
    guest.filesystem.addFile("/boot/vmlinuz-0-rescue-0123456789abcdef", "x")
    guest.filesystem.addFile("/boot/initramfs-6.5.6-300.fc39.x86_64kdump.img", "x")
    #expect(try ask(guest) == [:])
  }
}

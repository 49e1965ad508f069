import Baselines
import TestSupport
import Testing

@Suite struct BootPasswordKindTests {
  private static let entry = "menuentry 'x' {\nlinux /boot/vmlinuz-6.1 ro\n}\n"
  private static let hash = "password_pbkdf2 root grub.pbkdf2.sha512.10000.AB.CD\n"

  @Test(arguments: [
    ("set superusers=\"root\"\n" + hash, true), (hash, false), ("set superusers=\"admin\"\n" + hash, false),
    ("set superusers=\"root\"\npassword root secret\n", false), ("set superusers=\"root\"\n", false),
    ("", false),
    ("set superusers=\"admin,root\"\n" + hash, true),
  ])
  func grubsSuperuser(_ script: String, _ isSet: Bool) throws {
    let guest = GuestFixture(["/boot/grub/grub.cfg": script + Self.entry])
    #expect(try answers(BootPasswordKind.self, [:], guest).first?.verdict == (isSet ? .pass : .fail))
  }

  @Test func customAndUserFilesBelongToTheMenu() throws {
    let custom = GuestFixture([
      "/boot/grub/grub.cfg": Self.entry, "/boot/grub/custom.cfg": "set superusers=\"root\"\n" + Self.hash,
    ])
    #expect(try answers(BootPasswordKind.self, [:], custom).first?.verdict == .pass)
    let script = "set superusers=\"root\"\npassword_pbkdf2 root ${GRUB2_PASSWORD}\n" + Self.entry
    let unset = GuestFixture(["/boot/grub2/grub.cfg": script])
    #expect(try answers(BootPasswordKind.self, [:], unset).first?.verdict == .fail)
    let set = GuestFixture([
      "/boot/grub2/grub.cfg": script, "/boot/grub2/user.cfg": "GRUB2_PASSWORD=grub.pbkdf2.sha512.10000.A.B\n",
    ])
    #expect(try answers(BootPasswordKind.self, [:], set).first?.verdict == .pass)
  }

  @Test(arguments: [("editor no\n", true), ("timeout 3\n", false)])
  func systemdBootsEditor(_ configuration: String, _ isOff: Bool) throws {
    let guest = GuestFixture([
      "/boot/loader/loader.conf": configuration,
      "/boot/loader/entries/a.conf": "title a\nlinux /vmlinuz-6.1\noptions ro\n",
    ])
    #expect(try answers(BootPasswordKind.self, [:], guest).first?.verdict == (isOff ? .pass : .fail))
  }
}

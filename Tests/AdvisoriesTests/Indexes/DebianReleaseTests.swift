import Testing

@testable import Advisories

private let release = """
  Origin: Debian
  Label: Debian-Security
  Suite: oldstable-security
  Version: 12
  Codename: bookworm-security
  Date: Mon, 23 Nov 2026 11:22:37 UTC
  Valid-Until: Mon, 30 Nov 2026 11:22:37 UTC
  Architectures: amd64 i386
  Components: updates/main updates/contrib
  NotAutomatic: yes
  ButAutomaticUpgrades: yes
  No-Support-for-Architecture-all: Packages
  MD5Sum:
   00  1 main/binary-amd64/Packages
  SHA256:
   e3b0  0 contrib/binary-amd64/Packages
   f61f 2526003 main/binary-amd64/Packages
   f61f 20 main/binary-amd64/Packages.xz
   f61f 99 main/i18n/Translation-en

  """

@Suite struct DebianReleaseTests {
  @Test(arguments: [
    release,
    "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n" + release
      + "-----BEGIN PGP SIGNATURE-----\n\nSuite: other\n-----END PGP SIGNATURE-----\n",
  ])
  func fields(_ text: String) throws {
    let release = try DebianRelease(Array(text.utf8))
    #expect(release.origin == "Debian" && release.label == "Debian-Security" && release.version == "12")
    #expect(release.suite == "oldstable-security" && release.codename == "bookworm-security")
    #expect(release.date == 1_795_432_957 && release.validUntil == 1_795_432_957 + 7 * 86_400)
    #expect(release.architectures == ["amd64", "i386"] && release.noSupportForAll == ["Packages"])
    #expect(release.isNotAutomatic && release.isButAutomaticUpgrades)
    #expect(
      release.sizes == [
        "contrib/binary-amd64/Packages": 0, "main/binary-amd64/Packages": 2_526_003,
        "main/binary-amd64/Packages.xz": 20,
      ])
  }

  @Test func butAutomaticNeedsNotAutomatic() throws {
    #expect(try !DebianRelease(Array("Suite: a\nButAutomaticUpgrades: yes\n".utf8)).isButAutomaticUpgrades)
  }

  @Test(arguments: [
    "", "<html>", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSuite: a\n", "\u{0}\u{1}:\n",
  ])
  func whatIsNoneIsAnError(_ text: String) {
    #expect(throws: IndexError.self) { try DebianRelease(Array(text.utf8)) }
  }

  @Test(arguments: [
    ("Thu, 01 Jan 1970 00:00:00 UTC", 0), ("Sat, 11 Jul 2026 10:16:37 UTC", 1_783_764_997),
    ("29 Feb 2024 23:59:59 +0000", 1_709_251_199), ("Sat, 11 Jul 2026 10:16:37 +0200", nil),
    ("Sat, 11 Jul 99999999999999999999 10:16:37 UTC", nil), ("32 Jan 2026 00:00:00 UTC", nil), ("", nil),
    ("Sat, 11 Jul 2026 10:16 UTC", nil),
  ])
  func dates(_ text: String, _ seconds: Int64?) { #expect(MailDate.seconds(text) == seconds) }
}

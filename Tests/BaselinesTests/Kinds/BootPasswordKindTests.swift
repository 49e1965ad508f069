import Baselines
import Evidence
import Facts
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

  private static let users = """
    if [ -f ${config_directory}/user.cfg ]; then
      source ${config_directory}/user.cfg
      if [ -n "${GRUB2_PASSWORD}" ]; then
        set superusers="root"
        export superusers
        password_pbkdf2 root ${GRUB2_PASSWORD}
      fi
    fi

    """

  @Test(arguments: ["/boot/grub", "/boot/grub2", "/boot/efi/EFI/redhat"])
  func theHashStandsInTheUsersFile(_ directory: String) throws {
    let script = Self.users + Self.entry
    let unset = GuestFixture([directory + "/grub.cfg": script])
    #expect(try answers(BootPasswordKind.self, [:], unset).first?.verdict == .fail)
    for (value, isSet) in [("grub.pbkdf2.sha512.10000.A.B", true), ("", false), ("secret", false)] {
      let guest = GuestFixture([
        directory + "/grub.cfg": script, directory + "/user.cfg": "GRUB2_PASSWORD=\(value)\n",
      ])
      #expect(try answers(BootPasswordKind.self, [:], guest).first?.verdict == (isSet ? .pass : .fail))
    }
  }

  /// What is collected holds no hash any more.
  @Test func aHashThatIsCutOutStillCounts() throws {
    let guest = GuestFixture([
      "/boot/grub2/grub.cfg": Self.users + "source /etc/menu.conf\n",
      "/boot/grub2/user.cfg": "GRUB2_PASSWORD=grub.pbkdf2.sha512.10000.0123456789ABCDEF.0123456789ABCDEF\n",
      "/etc/menu.conf": Self.entry,
    ])
    let kind = try BootPasswordKind(Parameters([:]))
    let evidence = try Collector(plan: kind.plan).collect(guest.filesystem)
    #expect(try evidence.text(at: "/boot/grub2/user.cfg")?.lines[0].text.contains("0123456789") == false)
    let outcome = try kind.evaluate(GuestFacts(evidence, asOf: guest.asOf)).first
    #expect(outcome?.verdict == .pass && outcome?.actual == "set for root")
  }

  @Test func aFileCountsIfTheMenuReadsIt() throws {
    let custom = "set superusers=\"root\"\n" + Self.hash
    for (command, isSet) in [("source $prefix/custom.cfg\n", true), ("", false)] {
      let guest = GuestFixture(["/boot/grub/grub.cfg": command + Self.entry, "/boot/grub/custom.cfg": custom])
      #expect(try answers(BootPasswordKind.self, [:], guest).first?.verdict == (isSet ? .pass : .fail))
    }
  }

  @Test(arguments: [
    ("[ -f /none ]", Outcome.Verdict.fail), ("false", .fail), ("[ -f /boot/grub/grub.cfg ]", .pass),
    ("[ \"$grub_platform\" = efi ]", nil),
  ])
  func aPasswordUnderACondition(_ condition: String, _ verdict: Outcome.Verdict?) throws {
    let password = "if \(condition); then\nset superusers=\"root\"\n\(Self.hash)fi\n"
    let guest = GuestFixture(["/boot/grub/grub.cfg": password + Self.entry])
    if let verdict {
      #expect(try answers(BootPasswordKind.self, [:], guest).first?.verdict == verdict)
    } else {
      #expect(throws: EvidenceGap.self) { try answers(BootPasswordKind.self, [:], guest) }
    }
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

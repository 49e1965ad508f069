import Facts
import TestSupport
import Testing

@Suite struct AutomaticUpdatesTests {
  private func debian() -> GuestFixture {
    let guest = bootable([
      "/etc/apt/apt.conf.d/20auto-upgrades":
        "APT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n",
      "/etc/apt/apt.conf.d/50unattended-upgrades":
        "Unattended-Upgrade::Origins-Pattern { \"origin=Debian,label=Debian-Security\"; };\n",
    ])
    guest.setPackages(["unattended-upgrades": "2.9"])
    guest.addStarted("apt-daily.timer", "[Timer]\n", by: "timers.target")
    guest.addStarted("apt-daily-upgrade.timer", "[Timer]\n", by: "timers.target")
    return guest
  }

  @Test func unattendedUpgrades() throws { #expect(try debian().model(AutomaticUpdates.self).isActive) }

  @Test(arguments: [
    ["/etc/apt/apt.conf.d/99": "APT::Periodic::Unattended-Upgrade \"0\";"],
    ["/etc/apt/apt.conf.d/99": "APT::Periodic::Enable \"0\";"],
    ["/etc/apt/apt.conf.d/99": "#clear Unattended-Upgrade::Origins-Pattern;"],
    ["/etc/systemd/system/apt-daily-upgrade.timer": "-> /dev/null"],
    ["/var/lib/dpkg/status": "Package: a\nVersion: 1\nStatus: install ok installed\n"],
  ])
  func aMissingPieceTurnsItOff(_ files: [String: String]) throws {
    let guest = debian()
    guest.add(files)
    #expect(try !guest.model(AutomaticUpdates.self).isActive)
  }

  @Test(arguments: [("yes", true), ("no", false)]) func dnf(_ applies: String, isActive: Bool) throws {
    let guest = bootable(["/etc/dnf/automatic.conf": "[commands]\napply_updates = \(applies)\n"])
    guest.addStarted("dnf-automatic.timer", "[Timer]\n", by: "timers.target")
    #expect(try guest.model(AutomaticUpdates.self).isActive == isActive)
  }
}

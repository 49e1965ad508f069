import Baselines
import DiskImages
import TestSupport
import Testing

@Suite struct AntivirusKindTests {
  private func guest(_ files: [String: String] = [:], enabled: [String] = []) -> GuestFixture {
    let guest = GuestFixture(
      [
        "/usr/lib/systemd/systemd": "", "/etc/machine-id": "x",
        "/usr/lib/systemd/system/default.target": "[Unit]\n",
        "/usr/lib/systemd/system/clamav-daemon.service": "[Service]\n",
        "/usr/lib/systemd/system/clamav-freshclam.service": "[Service]\n",
        "/usr/lib/systemd/system/falcon-sensor.service": "[Service]\n",
      ].merging(files) { $1 })
    for unit in enabled {
      guest.filesystem.addLink(
        "/etc/systemd/system/default.target.wants/\(unit)", to: "/usr/lib/systemd/system/\(unit)")
    }
    return guest
  }

  private func ask(_ state: String, _ guest: GuestFixture) throws -> Outcome.Verdict? {
    try answers(AntivirusKind.self, ["state": .text(state), "max_age_days": .integer(7)], guest).first?
      .verdict
  }

  @Test func presence() throws {
    #expect(try ask("present", guest()) == .fail)
    #expect(try ask("present", guest(["/usr/bin/clamscan": ""])) == .pass)
    #expect(try ask("present", guest(["/opt/CrowdStrike/falcond": ""])) == .pass)
  }

  @Test func somethingHasToStartIt() throws {
    let clam = ["/usr/bin/clamscan": ""]
    #expect(try ask("enabled", guest(clam)) == .fail)
    #expect(try ask("enabled", guest(clam, enabled: ["clamav-daemon.service"])) == .pass)
    #expect(
      try ask("enabled", guest(clam.merging(["/etc/cron.d/scan": "0 1 * * * root clamscan -r /\n"]) { $1 }))
        == .pass)
    #expect(try ask("enabled", guest(clam.merging(["/etc/cron.d/scan": "# clamscan\n"]) { $1 })) == .fail)
    #expect(try ask("updated", guest(clam)) == .fail)
    #expect(try ask("updated", guest(clam, enabled: ["clamav-freshclam.service"])) == .pass)
    #expect(
      try ask("updated", guest(["/opt/CrowdStrike/falcond": ""], enabled: ["falcon-sensor.service"])) == .pass
    )
  }

  @Test(arguments: [(0, true), (7, true), (8, false), (400, false), (-3, true)] as [(Int64, Bool)])
  func ageOfSignatures(_ days: Int64, _ passes: Bool) throws {
    let guest = guest(["/usr/bin/clamscan": ""])
    guest.filesystem.addFile(
      "/var/lib/clamav/daily.cld", .tooLarge(size: 90_000_000), modified: guest.asOf - days * 86_400)
    guest.filesystem.addFile("/var/lib/clamav/main.cvd", .tooLarge(size: 160_000_000), modified: 0)
    #expect(try ask("current", guest) == (passes ? .pass : .fail))
  }

  @Test func withoutSignaturesOrWhereTheyAreNotKnown() throws {
    #expect(try ask("current", guest(["/usr/bin/clamscan": "", "/var/lib/clamav/daily.cvd": ""])) == .fail)
    guard case .undecided = try ask("current", guest(["/opt/CrowdStrike/falcond": ""])) else {
      Issue.record("should be undecided")
      return
    }
  }
}

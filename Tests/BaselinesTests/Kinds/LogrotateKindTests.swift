import Baselines
import DiskImages
import TestSupport
import Testing

@Suite struct LogrotateKindTests {
  private func guest(_ conf: String?, timer: Bool, installed: Bool = true) -> GuestFixture {
    let guest = GuestFixture([
      "/usr/lib/systemd/systemd": "", "/etc/machine-id": "x",
      "/usr/lib/systemd/system/default.target": "[Unit]\n",
      "/usr/lib/systemd/system/logrotate.timer": "[Timer]\n",
    ])
    if installed { guest.filesystem.addFile("/usr/sbin/logrotate", "", mode: 0o755) }
    if let conf { guest.filesystem.addFile("/etc/logrotate.conf", conf) }
    if timer {
      guest.filesystem.addLink(
        "/etc/systemd/system/default.target.wants/logrotate.timer",
        to: "/usr/lib/systemd/system/logrotate.timer")
    }
    return guest
  }

  @Test(
    arguments: [
      ("daily\n", true, "daily", [true, true]), ("weekly\n", true, "daily", [true, false]),
      ("weekly\n", true, "weekly", [true, true]), ("hourly\n", true, "daily", [true, true]),
      ("daily\n", false, "daily", [false, true]), (nil, true, "daily", [true, false]),
      ("", true, "weekly", [true, true]),
    ] as [(String?, Bool, String, [Bool])])
  func scheduleAndInterval(_ conf: String?, _ timer: Bool, _ maximum: String, _ expected: [Bool]) throws {
    let outcomes = try answers(
      LogrotateKind.self, ["interval_max": .text(maximum)], guest(conf, timer: timer))
    #expect(outcomes.map { $0.verdict == .pass } == expected)
  }

  @Test func theProgramHasToBeThere() throws {
    let outcomes = try answers(LogrotateKind.self, [:], guest("daily\n", timer: true, installed: false))
    #expect(outcomes.map(\.actual) == ["not installed"])
  }
}

import TestSupport
import Testing

@testable import Facts

struct ConsoleLoginsTests {
  @Test(arguments: [
    ("-/sbin/agetty -o '-p -- \\\\u' --noclear - $TERM", nil),
    ("-/sbin/agetty --autologin root --noclear %I", "root"),
    ("/sbin/agetty -a ann tty1", "ann"), ("/sbin/agetty --autologin=bob -L ttyS0", "bob"),
    ("@/usr/bin/mingetty mingetty --autologin eve tty1", "eve"),
    ("/sbin/agetty -n -l /bin/bash tty1", "root (bash)"),
    ("/sbin/agetty -n -l /bin/login tty1", nil),
    ("/sbin/agetty --skip-login --login-program=/usr/bin/own 9600", "root (own)"),
    ("/bin/bash", "root (bash)"), ("/usr/sbin/other --autologin root", nil), ("", nil),
    ("/sbin/agetty -a", nil),
  ]) func whoIsLoggedIn(_ command: String, _ user: String?) {
    #expect(ConsoleLogins.automaticUser(command.split(separator: " ").map(String.init)) == user)
  }

  private let units = [
    "/usr/lib/systemd/system/getty.target": "[Unit]\n",
    "/usr/lib/systemd/system/getty@.service": "[Service]\nExecStart=-/sbin/agetty --noclear - $TERM\n",
    "/usr/lib/systemd/system/serial-getty@.service":
      "[Service]\nExecStart=-/sbin/agetty --keep-baud 115200,57600 - $TERM\n",
    "/etc/systemd/system/getty.target.wants/getty@tty1.service": "-> /usr/lib/systemd/system/getty@.service",
    "/etc/systemd/system/multi-user.target.wants/getty.target": "-> /usr/lib/systemd/system/getty.target",
  ]

  private func consoles(_ files: [String: String]) throws -> [ConsoleLogins.Console] {
    try bootable(units.merging(files) { $1 }).model(ConsoleLogins.self).consoles
  }

  @Test func aStockSystemAsksEverywhere() throws {
    let found = try consoles([:])
    #expect(found.contains { $0.terminal == "tty1" && $0.isStarted })
    #expect(found.allSatisfy { $0.automatic == nil && !$0.isSerial })
  }

  @Test func aDropInLogsIn() throws {
    let path = "/etc/systemd/system/getty@tty1.service.d/autologin.conf"
    let found = try consoles([
      path: "[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin root - $TERM\n"
    ])
    let console = try #require(found.first { $0.terminal == "tty1" })
    #expect(console.automatic?.value == "root" && console.automatic?.origin.path == path)
  }

  /// A terminal that somebody switches to takes the template, with its drop-ins.
  @Test func aDropInOfTheTemplateLogsInEverywhere() throws {
    let found = try consoles([
      "/etc/systemd/system/getty@.service.d/a.conf":
        "[Service]\nExecStart=\nExecStart=-/sbin/agetty -a ann %I\n"
    ])
    #expect(Set(found.filter { $0.automatic?.value == "ann" }.map(\.terminal)) == ["any", "tty1"])
  }

  @Test func inittabOfOtherSystems() throws {
    let guest = GuestFixture([
      "/sbin/init": "ELF",
      "/etc/inittab": """
      # tty9::respawn:/sbin/getty -a root 38400 tty9
      ::sysinit:/sbin/openrc sysinit
      tty1::respawn:/sbin/getty 38400 tty1
      ttyS0::respawn:/sbin/agetty --autologin root ttyS0 115200
      2:23:off:/sbin/getty 38400 tty2
      tty3::askfirst:-/bin/sh
      """,
    ])
    let found = try guest.model(ConsoleLogins.self).consoles
    #expect(found.map(\.terminal) == ["tty1", "tty3", "ttyS0"])
    #expect(found.map { $0.automatic?.value } == [nil, "root (sh)", "root"])
    #expect(found.map(\.isSerial) == [false, false, true])
  }
}

import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct RootProgramsTests {
  private func paths(_ guest: GuestFixture) throws -> [String] {
    try guest.model(RootPrograms.self).programs.map { "\($0.path) \($0.role)" }.sorted()
  }

  private func booting(_ files: [String: String]) -> GuestFixture {
    let guest = GuestFixture(
      [
        "/usr/lib/systemd/systemd": "",
        "/usr/lib/systemd/system/default.target": "[Unit]\nWants=app.service cron.service\n",
      ]
      .merging(files) { $1 })
    guest.filesystem.addLink("/sbin/init", to: "/usr/lib/systemd/systemd")
    return guest
  }

  @Test func unitsOfRootAndPrivilegedLines() throws {
    let guest = booting([
      "/usr/lib/systemd/system/app.service":
        "[Service]\nExecStartPre=+/opt/privileged\nExecStart=/opt/as-user\nUser=app\nEnvironmentFile=/etc/app\n",
      "/usr/lib/systemd/system/cron.service":
        "[Service]\nExecStart=-@/opt/cron cron -f\nEnvironmentFile=-/srv/env\nExecReload=/bin/sh -c \"/opt/reload\"\n",
      "/usr/lib/systemd/system/idle.service": "[Service]\nExecStart=/opt/never\n",
    ])
    let found = try paths(guest)
    for line in [
      "/opt/privileged ExecStartPre of app.service", "/opt/cron ExecStart of cron.service",
      "/srv/env environment of cron.service", "/opt/reload ExecReload of cron.service",
      "/usr/lib/systemd/system/app.service unit app.service",
    ] {
      #expect(found.contains(line))
    }
    for path in ["/opt/as-user", "/opt/never", "/etc/app "] {
      #expect(!found.contains { $0.hasPrefix(path) })
    }
  }

  @Test func whatOthersName() throws {
    let guest = GuestFixture([
      "/etc/ld.so.preload": "/opt/a.so /opt/b.so # c\n", "/etc/ld.so.conf.d/x.conf": "# no\n/opt/lib\n",
      "/etc/sudoers":
        "bob ALL=(ALL) NOPASSWD: /opt/deploy, /opt/tools/\nann ALL=(bob) NOPASSWD: /opt/other\n",
      "/opt/tools/t": "",
      "/etc/udev/rules.d/9.rules": "KERNEL==\"x\", RUN+=\"hook a\", RUN{builtin}+=\"kmod\"\n",
      "/etc/apt/apt.conf.d/9": "DPkg::Post-Invoke {\"if [ -x /opt/apt ]; then /opt/apt; fi\";};\n",
      "/etc/logrotate.d/x": "/var/log/x {\n postrotate\n  /opt/rotated\n endscript\n}\n",
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/home/toor:/bin/sh\n", "/home/toor/.bashrc": "",
      "/etc/cron.daily/job": "", "/usr/local/bin/mine": "",
    ])
    let found = try paths(guest)
    for line in [
      "/opt/a.so loaded into every program", "/opt/lib folder of libraries",
      "/opt/deploy sudo without password for bob", "/opt/tools/t sudo without password for bob",
      "/usr/lib/udev/hook program of udev", "/opt/apt hook of apt", "/opt/rotated script of logrotate",
      "/home/toor/.bashrc start file of root's shell", "/etc/cron.daily/job job of cron",
      "/usr/local/bin/mine in root's PATH",
    ] {
      #expect(found.contains(line))
    }
    #expect(!found.contains { $0.hasPrefix("/opt/other") || $0.hasPrefix("/usr/lib/udev/kmod") })
  }

  @Test func passagesThroughLinks() throws {
    let guest = GuestFixture(["/srv/v1/bin/run": ""])
    guest.filesystem.addLink("/opt/current", to: "../srv/v1")
    guest.filesystem.addLink("/usr/local/run", to: "/opt/current/bin/run")
    guest.filesystem.addLink("/loop", to: "loop")
    let index = try guest.evidence().index
    let passage = PathPassage("/usr/local/run", index)
    #expect(passage.inodes.map(\.path) == ["/usr/local/run", "/opt/current", "/srv/v1/bin/run"])
    #expect(PathPassage("/opt/current/none/x", index).vacancy?.path == "/srv/v1")
    #expect(PathPassage("/loop/x", index).inodes.count == 41)
    #expect(PathPassage("/", index).inodes.map(\.path) == ["/"])
  }

  @Test func aTreeOfRealDebianHasNoGaps() throws {
    guard let facts = try realTree("bookworm", [RootPrograms.self]) else { return }
    let programs = try facts.model(RootPrograms.self)
    #expect(programs.gaps.isEmpty)
    #expect(programs.programs.count > 1000)
  }
}

import TestSupport
import Testing

@testable import Facts

@Suite struct GeneratedUnitsTests {
  private func model(_ generator: String, _ files: [String: String], scripts: [String] = []) throws
    -> SystemdUnits
  {
    let guest = bootable(files)
    guest.filesystem.addFile("/usr/lib/systemd/system-generators/\(generator)", "ELF", mode: 0o755)
    for path in scripts { guest.filesystem.addFile(path, "#!/bin/sh\n", mode: 0o755) }
    return try guest.model(SystemdUnits.self)
  }

  @Test func sysvScripts() throws {
    let files = [
      "/etc/init.d/off": "#!/bin/sh\n", "/etc/rc2.d/S01off": "-> ../init.d/off",
      "/etc/rc2.d/S01a": "-> ../init.d/a", "/etc/rc2.d/K01b": "-> ../init.d/b",
      "/etc/rcS.d/S05s": "-> ../init.d/s.sh",
      "\(lib)/native.service": service, "/etc/rc2.d/S01native": "-> ../init.d/native",
    ]
    let scripts = ["a", "b", "s.sh", "native"].map { "/etc/init.d/\($0)" }
    let model = try model("systemd-sysv-generator", files, scripts: scripts)
    #expect(model.startReason(of: "a")?.by == "multi-user.target")
    #expect(try model.state(of: "a").loaded?.isGenerated == true)
    #expect(model.startReason(of: "s")?.by == "sysinit.target")
    #expect(try model.state(of: "b").loaded != nil)
    for name in ["b", "off", "native"] { #expect(model.startReason(of: name) == nil, "\(name)") }
    #expect(try model.state(of: "off") == .absent)
  }

  @Test func withoutTheGeneratorScriptsAreNothing() throws {
    let guest = bootable(["/etc/rc2.d/S01a": "-> ../init.d/a"])
    guest.filesystem.addFile("/etc/init.d/a", "#!/bin/sh\n", mode: 0o755)
    #expect(try guest.model(SystemdUnits.self).state(of: "a") == .absent)
  }

  @Test func aGeneratorCanBeTurnedOff() throws {
    let model = try model(
      "systemd-sysv-generator",
      [
        "/etc/systemd/system-generators/systemd-sysv-generator": "-> /dev/null",
        "/etc/rc2.d/S01a": "-> ../init.d/a",
      ],
      scripts: ["/etc/init.d/a"])
    #expect(model.startReason(of: "a") == nil)
  }

  @Test func aMaskBeatsAScript() throws {
    let model = try model(
      "systemd-sysv-generator", ["\(etc)/a.service": "-> /dev/null", "/etc/rc2.d/S01a": "-> ../init.d/a"],
      scripts: ["/etc/init.d/a"])
    #expect(try model.state(of: "a").isMasked)
    #expect(model.startReason(of: "a") == nil)
  }

  @Test func rcLocalIfExecutable() throws {
    let unit = ["\(lib)/rc-local.service": "[Service]\n"]
    #expect(
      try model("systemd-rc-local-generator", unit, scripts: ["/etc/rc.local"]).startReason(of: "rc-local")
        != nil)
    #expect(
      try model("systemd-rc-local-generator", unit.merging(["/etc/rc.local": "x"]) { $1 })
        .startReason(of: "rc-local") == nil)
  }

  @Test func fstabLines() throws {
    let model = try model(
      "systemd-fstab-generator",
      [
        "/etc/fstab":
          "UUID=1 / ext4 defaults 0 1\n/dev/sda2 /var/lib/a-b ext4 defaults 0 2\n/dev/sda3 /x ext4 noauto 0 0\n"
          + "/dev/sda4 none swap sw 0 0\nserver:/y /y nfs x-systemd.automount 0 0\n",
        "\(lib)/remote-fs.target": "[Unit]\n", "\(etc)/multi-user.target.wants/remote-fs.target": "-> x",
      ])
    let started = Set(model.startedAtBoot.map(\.description))
    #expect(started.isSuperset(of: ["-.mount", "var-lib-a\\x2db.mount", "dev-sda4.swap", "y.automount"]))
    #expect(started.isDisjoint(with: ["x.mount", "y.mount"]))
    #expect(try model.state(of: "x.mount").loaded?.value("Mount", "Options")?.origin.line == 3)
  }

  @Test func aMountUnitOfTheAdminBeatsFstab() throws {
    let model = try model(
      "systemd-fstab-generator",
      ["/etc/fstab": "tmpfs /tmp tmpfs rw 0 0\n", "\(etc)/tmp.mount": "[Mount]\nOptions=nosuid\n"])
    #expect(try model.state(of: "tmp.mount").loaded?.value("Mount", "Options")?.value == "nosuid")
  }

  @Test func fstabBeatsAMountUnitOfTheVendor() throws {
    let model = try model(
      "systemd-fstab-generator",
      ["/etc/fstab": "tmpfs /tmp tmpfs rw 0 0\n", "\(lib)/tmp.mount": "[Mount]\nOptions=nosuid\n"])
    #expect(try model.state(of: "tmp.mount").loaded?.value("Mount", "Options")?.value == "rw")
  }

  @Test func crypttabLines() throws {
    let model = try model(
      "systemd-cryptsetup-generator",
      ["/etc/crypttab": "# c\ndata-1 UUID=2 none luks\nlater UUID=3 none noauto\n"])
    #expect(model.startReason(of: "systemd-cryptsetup@data\\x2d1.service")?.origin.line == 2)
    #expect(model.startReason(of: "systemd-cryptsetup@later.service") == nil)
  }

  @Test func serialConsoles() throws {
    let model = try model(
      "systemd-getty-generator",
      [
        "/boot/grub/grub.cfg":
          "menuentry x {\n\tlinux /vmlinuz root=/dev/vda1 console=tty0 console=ttyS0,115200\n}\n",
        "\(lib)/serial-getty@.service": "[Service]\n", "\(lib)/getty.target": "[Unit]\n",
        "\(etc)/multi-user.target.wants/getty.target": "-> x",
      ])
    #expect(model.startReason(of: "serial-getty@ttyS0")?.origin.kind == .commandLine)
    #expect(model.startReason(of: "serial-getty@tty0") == nil)
  }

  @Test func cloudInitUnlessDisabled() throws {
    let files = ["\(lib)/cloud-init.target": "[Unit]\n"]
    #expect(try model("cloud-init-generator", files).startReason(of: "cloud-init.target") != nil)
    #expect(
      try model("cloud-init-generator", files.merging(["/etc/cloud/cloud-init.disabled": ""]) { $1 })
        .startReason(of: "cloud-init.target") == nil)
  }

  @Test func postgresqlClusters() throws {
    let model = try model(
      "postgresql-generator",
      [
        "\(lib)/postgresql.service": "[Service]\n", "\(lib)/postgresql@.service": "[Service]\n",
        "\(etc)/multi-user.target.wants/postgresql.service": "-> x",
        "/etc/postgresql/15/main/postgresql.conf": "", "/etc/postgresql/15/old/postgresql.conf": "",
        "/etc/postgresql/15/old/start.conf": "# c\nmanual\n",
      ])
    #expect(
      model.startReason(of: "postgresql@15-main") != nil && model.startReason(of: "postgresql@15-old") == nil)
  }
}

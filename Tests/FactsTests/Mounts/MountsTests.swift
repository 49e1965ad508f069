import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct MountsTests {
  private static let generator = "/usr/lib/systemd/system-generators/systemd-fstab-generator"
  private static let unit = "/usr/lib/systemd/system/tmp.mount"
  private static let tmp =
    "[Mount]\nWhat=tmpfs\nWhere=/tmp\nType=tmpfs\nOptions=mode=1777,nosuid,nodev,size=50%%\n"

  /// A guest with systemd and its generator.
  private func mounts(_ files: [String: String] = [:], fstab: String? = nil) throws -> Mounts {
    let guest = bootable(files)
    guest.filesystem.addFile(Self.generator, "ELF", mode: 0o755)
    if let fstab { guest.add(["/etc/fstab": fstab]) }
    return try guest.model(Mounts.self)
  }

  @Test func linesOfFstabAreMounted() throws {
    let model = try mounts(fstab: "UUID=1 / ext4 ro 0 1\n/dev/vdb1 /home/ ext4 defaults,nosuid 0 2\n")
    let home = try #require(try model.mount(at: "/home"))
    #expect(home.source == "/dev/vdb1" && home.type == "ext4" && home.cause == .boot && home.isLocalDevice)
    #expect(home.options.value.contains("nosuid") && !home.options.value.contains("nodev"))
    #expect(home.options.origin.line == 2 && home.options.origin.path == "/etc/fstab")
    #expect(try model.mount(at: "/")?.options.value.contains("ro") == true)
    #expect(try model.mount(at: "/var") == nil)
    #expect(model.mount(holding: "/home/a/b")?.target == "/home")
    #expect(model.mount(holding: "/var/log")?.target == "/")
  }

  @Test(arguments: [
    ("noauto", Mount.Cause.manual), ("noauto,x-systemd.automount", .automount), ("nofail", .boot),
  ])
  func causes(_ options: String, _ cause: Mount.Cause) throws {
    let model = try mounts(fstab: "/dev/vdb1 /data ext4 \(options) 0 2\n")
    #expect(try model.mount(at: "/data")?.cause == cause)
    #expect(model.mount(holding: "/data/x")?.target == (cause == .manual ? nil : "/data"))
  }

  @Test func aServiceThatNeedsAFolderMountsItInSpiteOfNoauto() throws {
    let service = "[Unit]\nRequiresMountsFor=/data/web\n[Service]\nExecStart=/bin/true\n"
    let guest = bootable(["/etc/fstab": "/dev/vdb1 /data ext4 noauto 0 2\n"])
    guest.filesystem.addFile(Self.generator, "ELF", mode: 0o755)
    guest.addStarted("web.service", service)
    #expect(try guest.model(Mounts.self).mount(at: "/data")?.cause == .boot)
  }

  @Test func aUnitCountsOnlyIfTheBootStartsIt() throws {
    #expect(try mounts([Self.unit: Self.tmp]).mount(at: "/tmp") == nil)
    let want = "/usr/lib/systemd/system/local-fs.target.wants/tmp.mount"
    let started = try mounts([Self.unit: Self.tmp, want: "-> ../tmp.mount"]).mount(at: "/tmp")
    #expect(started?.type == "tmpfs" && started?.options.value.contains("nodev") == true)
    #expect(started?.options.origin.kind == .vendor && started?.isLocalDevice == false)
    let masked = try mounts([
      Self.unit: Self.tmp, want: "-> ../tmp.mount", "/etc/systemd/system/tmp.mount": "-> /dev/null",
    ])
    #expect(try masked.mount(at: "/tmp") == nil)
    let linked = try mounts([
      Self.unit: "[Unit]\nConditionPathIsSymbolicLink=!/tmp\n" + Self.tmp, want: "-> ../tmp.mount",
      "/tmp": "-> /var/tmp",
    ])
    #expect(try linked.mount(at: "/tmp") == nil)
  }

  @Test func privateTmpPullsTheUnitIn() throws {
    let guest = bootable([Self.unit: Self.tmp])
    guest.addStarted("web.service", "[Service]\nExecStart=/bin/true\nPrivateTmp=yes\n")
    #expect(try guest.model(Mounts.self).mount(at: "/tmp")?.cause == .boot)
  }

  @Test func fstabGoesBeforeTheVendorsUnitAndADropInBeforeBoth() throws {
    let line = "tmpfs /tmp tmpfs nosuid 0 0\n"
    let model = try mounts([Self.unit: Self.tmp], fstab: line)
    #expect(try model.mount(at: "/tmp")?.options.value.written == ["nosuid"])
    let dropIn = "/etc/systemd/system/tmp.mount.d/a.conf"
    let changed = try mounts([Self.unit: Self.tmp, dropIn: "[Mount]\nOptions=noexec\n"], fstab: line)
    let options = try #require(try changed.mount(at: "/tmp")).options
    #expect(options.value.written == ["noexec"] && options.origin.path == dropIn)
    #expect(options.shadowed.map(\.value.written) == [["nosuid"]])
  }

  @Test func systemdMountsSharedMemoryAndFstabReplacesItsOptions() throws {
    let plain = try #require(try mounts().mount(at: "/dev/shm"))
    #expect(plain.options.value.contains("nosuid") && plain.options.value.contains("nodev"))
    #expect(!plain.options.value.contains("noexec") && plain.options.origin.kind == .compiledDefault)
    let line = "tmpfs /dev/shm tmpfs defaults,noexec 0 0\n"
    let changed = try #require(try mounts(fstab: line).mount(at: "/dev/shm"))
    #expect(changed.options.value.contains("noexec") && !changed.options.value.contains("nosuid"))
    #expect(changed.options.shadowed.first?.origin.kind == .compiledDefault)
  }

  @Test func withoutSystemdTheLastLineCountsAndSharedMemoryIsUnknown() throws {
    let guest = GuestFixture([
      "/etc/fstab": "/dev/a /srv ext4 nosuid 0 0\n/dev/b /srv ext4 nodev 0 0\n/dev/c /x ext4 noauto 0 0\n",
      "/sbin/init": "ELF",
    ])
    let model = try guest.model(Mounts.self)
    #expect(try model.mount(at: "/srv")?.source == "/dev/b")
    #expect(try model.mount(at: "/x")?.cause == .manual)
    #expect(throws: EvidenceGap.self) { try model.mount(at: "/dev/shm") }
  }

  @Test func bindMountsAreSeparateIfTheirSourceIs() throws {
    let model = try mounts(
      fstab: """
        /dev/b /data ext4 defaults 0 2
        /data/tmp /var/tmp none bind,nosuid 0 0
        /opt/www /srv none bind 0 0
        /a /b none bind 0 0
        /b /a none bind 0 0
        """)
    func isSeparate(_ target: String) throws -> Bool? { try model.mount(at: target).map(model.isSeparate) }
    #expect(try isSeparate("/data") == true)
    #expect(try isSeparate("/var/tmp") == true)
    #expect(try isSeparate("/srv") == false)
    #expect(try isSeparate("/a") == false)
  }

  @Test func uglyLines() throws {
    let many = (0..<3000).map { "/dev/d\($0) /m/\($0) ext4 nosuid 0 0" }.joined(separator: "\n")
    let model = try mounts(
      fstab: "garbage\n\u{0}\n/dev/s none swap sw 0 0\n/dev/x /a\\040b ext4 nodev 0 0\n\(many)")
    #expect(try model.mount(at: "/a b")?.source == "/dev/x")
    #expect(try model.mount(at: "/m/2999")?.source == "/dev/d2999")
    #expect(try mounts(fstab: "").mount(at: "/home") == nil)
  }

  @Test func realTreesMountTmpAsTheirReleaseDoes() throws {
    for (name, type) in [("bookworm", nil), ("trixie", "tmpfs")] {
      guard let facts = try realTree(name, [Mounts.self]) else { continue }
      let model: Mounts = try facts.model()
      #expect(try model.mount(at: "/tmp")?.type == type, "\(name)")
      #expect(try model.mount(at: "/dev/shm")?.options.value.contains("noexec") == false)
    }
  }
}

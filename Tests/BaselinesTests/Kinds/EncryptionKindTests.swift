import Baselines
import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct EncryptionKindTests {
  private static let disk = StorageDevice(name: "/dev/sda", kind: .disk)

  private static func partition(_ number: Int, _ content: String?, _ header: [UInt8]? = nil) -> StorageDevice
  {
    StorageDevice(
      name: "/dev/sda\(number)", kind: .partition, parents: ["/dev/sda"], content: content,
      uuid: "u\(number)",
      encryption: header.flatMap { EncryptionHeader.read(DeviceBytes($0)) })
  }

  /// Root on an opened volume, /boot in the clear.
  private static func encrypted(_ header: [UInt8] = LUKSVolumes.luks2()) -> [StorageDevice] {
    [
      disk, partition(1, "ext4"), partition(2, "crypto_LUKS", header),
      StorageDevice(
        name: "/dev/mapper/brinell0", kind: .luks, parents: ["/dev/sda2"], content: "ext4", uuid: "r"),
    ]
  }

  private static let plain = [disk, partition(1, "ext4")]
  private static let fstab = "UUID=r / ext4 rw 0 1\nUUID=u1 /boot ext4 rw 0 2\n"
  private static let files = ["/etc/fstab": fstab, "/etc/crypttab": "root UUID=u2 none luks\n"]

  private func answers(
    _ question: String, _ files: [String: String], _ storage: [StorageDevice], modes: [String: UInt32] = [:],
    _ parameters: [String: ParameterValue] = [:], run: VolumeKeysInRun? = nil
  ) throws -> [Outcome] {
    let fixture = GuestFixture(files)
    for (path, mode) in modes { fixture.filesystem.addFile(path, "123", mode: mode) }
    let kind = try EncryptionKind(Parameters(parameters.merging(["asks": .text(question)]) { $1 }))
    var evidence = try Collector(plan: kind.plan).collect(fixture.filesystem)
    evidence.storage = storage
    evidence.rootDevice = storage.last { $0.kind == .luks }?.name ?? storage.last?.name ?? "/"
    let facts = GuestFacts(evidence, asOf: fixture.asOf)
    if let run { facts.supply(run) }
    return try kind.evaluate(facts)
  }

  private func isUndecided(_ outcome: Outcome?) -> Bool {
    if case .undecided = outcome?.verdict { true } else { false }
  }

  // MARK: At rest

  @Test func fileSystemsAtRest() throws {
    let good = try answers("at_rest", Self.files, Self.encrypted())
    #expect(good.map(\.verdict) == [.pass] && good.map(\.subject) == ["/"])
    #expect(good[0].actual.contains("LUKS2 aes-xts-plain64, 512 bits, argon2id"))
    #expect(good[0].actual.contains("/boot in the clear"))
    let stock = try answers("at_rest", ["/etc/fstab": "UUID=u1 / ext4 rw 0 1\n"], Self.plain)
    #expect(stock.map(\.verdict) == [.fail] && stock[0].actual == "not encrypted, ext4 on /dev/sda1")
    #expect(isUndecided(try answers("at_rest", ["/etc/fstab": "UUID=u1 / ext4 rw 0 1\n"], []).first))
  }

  @Test func onlyWhatIsAskedIsJudged() throws {
    let boot: [String: ParameterValue] = ["mountpoints": .list(["/boot"])]
    #expect(try answers("at_rest", Self.files, Self.encrypted(), boot).map(\.verdict) == [.fail])
    let none: [String: ParameterValue] = ["exempt": .list([])]
    #expect(try answers("at_rest", Self.files, Self.encrypted(), none).map(\.verdict) == [.pass, .fail])
    let data: [String: ParameterValue] = ["mountpoints": .list(["/var/lib", "/home"])]
    #expect(try answers("at_rest", Self.files, Self.encrypted(), data).map(\.subject) == ["/"])
  }

  // MARK: Strength

  @Test func strengthOfVolumes() throws {
    #expect(try answers("strength", Self.files, Self.encrypted()).map(\.verdict) == [.pass])
    let weak = try answers("strength", Self.files, Self.encrypted(LUKSVolumes.luks1(keyBytes: 32)))
    #expect(weak.map(\.verdict) == [.fail] && weak[0].subject == "root")
    #expect(weak[0].actual.hasPrefix("LUKS1; a key of 128 bits"))
    let accepted: [String: ParameterValue] = ["luks1": .boolean(true), "min_key_bits": .integer(128)]
    #expect(
      try answers("strength", Self.files, Self.encrypted(LUKSVolumes.luks1(keyBytes: 32)), accepted)[0]
        .verdict == .pass)
    #expect(isUndecided(try answers("strength", Self.files, Self.encrypted(LUKSVolumes.luks2("{"))).first))
    #expect(
      try answers("strength", Self.files, Self.plain).map(\.actual).contains { $0.contains("LUKS") } == false)
  }

  // MARK: Swap

  @Test(arguments: [
    ("UUID=u3 none swap sw 0 0\n", "", Outcome.Verdict.fail),
    ("/dev/mapper/s none swap sw 0 0\n", "s /dev/sda3 /dev/urandom swap\n", .pass),
    (
      "/dev/mapper/s none swap sw 0 0\n", "s /dev/sda3 /dev/urandom swap,cipher=aes-xts-plain64,size=512\n",
      .pass
    ),
    ("/swapfile none swap sw 0 0\n", "", .pass), ("/dev/zram0 none swap sw 0 0\n", "", .pass),
    ("", "", .pass),
    ("UUID=u3 none swap noauto 0 0\n", "", .pass), ("/boot/swapfile none swap sw 0 0\n", "", .fail),
  ])
  func swapSpaces(_ line: String, _ table: String, _ verdict: Outcome.Verdict) throws {
    let files = ["/etc/fstab": Self.fstab + line, "/etc/crypttab": "root UUID=u2 none luks\n" + table]
    var storage = Self.encrypted()
    storage.insert(Self.partition(3, table.isEmpty ? "swap" : nil), at: 2)
    #expect(try answers("swap", files, storage).map(\.verdict) == [verdict])
  }

  // MARK: Keys

  @Test(
    arguments: [
      ("/boot/key", 0o600, Outcome.Verdict.fail), ("/etc/keys/data", 0o600, .pass),
      ("/etc/keys/data", 0o644, .fail),
      ("/etc/cryptsetup-keys.d/data.key", 0o400, .pass), ("/etc/cryptsetup-keys.d/data.key", 0o440, .fail),
    ] as [(String, UInt32, Outcome.Verdict)])
  func keyFiles(_ path: String, _ mode: UInt32, _ verdict: Outcome.Verdict) throws {
    var files = Self.files
    let field = path.contains("cryptsetup-keys.d") ? "none" : path
    files["/etc/crypttab"] = "root UUID=u2 none luks\ndata UUID=zz \(field) luks\n"
    let outcomes = try answers("keys", files, Self.encrypted(), modes: [path: mode])
    #expect(outcomes.map(\.verdict) == [verdict] && outcomes[0].subject == path)
  }

  @Test func aKeyThatIsElsewhereIsNoneOfTheImage() throws {
    for field in ["none", "/dev/urandom", "/absent.key", "/key:UUID=77"] {
      var files = Self.files
      files["/etc/crypttab"] = "root UUID=u2 \(field) luks\n"
      #expect(
        try answers("keys", files, Self.encrypted()).map(\.actual) == ["no key in the image"], "\(field)")
    }
  }

  private static let uuid = "0a1b2c3d-1111-2222-3333-444455556666"

  /// Opened by the initial file system alone: no crypttab.
  private static func initrdOnly(_ content: String? = "ext4") -> [StorageDevice] {
    var storage = encrypted()
    storage[2].uuid = uuid
    storage[2].content = "crypto_LUKS"
    return storage
  }

  @Test(arguments: [
    ("rd.luks.key=/boot/key", Outcome.Verdict.fail, "/boot/key"),
    ("cryptkey=rootfs:/boot/key", .fail, "/boot/key"),
    ("rd.luks.key=/etc/key", .pass, "/etc/key"), ("luks.key=\(uuid)=/etc/key", .pass, "/etc/key"),
    ("rd.luks.key=/etc/key:LABEL=stick", .pass, "keys"), ("rd.luks.key=/absent", .pass, "keys"),
    ("cryptkey=/dev/sda1:0:512", .fail, "blocks of /dev/sda1"), ("cryptkey=/dev/sdz:0:512", .pass, "keys"),
  ])
  func keysThatTheCommandLineNames(_ argument: String, _ verdict: Outcome.Verdict, _ subject: String) throws {
    let files = [
      "/etc/fstab": Self.fstab,
      "/boot/grub/grub.cfg": Self.boot("rd.luks.name=\(Self.uuid)=root \(argument)"),
    ]
    let outcomes = try answers(
      "keys", files, Self.initrdOnly(), modes: ["/boot/key": 0o600, "/etc/key": 0o600])
    #expect(outcomes.map(\.verdict) == [verdict] && outcomes[0].subject == subject)
    if argument.hasPrefix("luks.key") { #expect(outcomes[0].actual.hasPrefix("opens root")) }
  }

  @Test func aKeyOnAnotherDeviceOfTheImageIsNotKnown() throws {
    let files = [
      "/etc/fstab": Self.fstab, "/boot/grub/grub.cfg": Self.boot("rd.luks.key=/k:UUID=u1"),
    ]
    #expect(isUndecided(try answers("keys", files, Self.initrdOnly()).first))
  }

  /// By a command line, or by hand.
  @Test(arguments: [
    ("rd.luks.name=\(uuid)=root", "root"), ("rd.luks.uuid=\(uuid)", "luks-\(uuid)"), ("quiet", "/dev/sda2"),
  ])
  func aVolumeThatNoCrypttabNamesIsJudged(_ argument: String, _ subject: String) throws {
    let files = ["/etc/fstab": Self.fstab, "/boot/grub/grub.cfg": Self.boot(argument)]
    for (question, verdict) in [("strength", Outcome.Verdict.pass), ("at_rest", .pass), ("own_key", .fail)] {
      let outcomes = try answers(question, files, Self.initrdOnly())
      #expect(outcomes.map(\.verdict) == [verdict], "\(question)")
      if question != "at_rest" { #expect(outcomes[0].subject == subject) }
    }
    var weak = Self.initrdOnly()
    weak[2].encryption = EncryptionHeader.read(DeviceBytes(LUKSVolumes.luks1()))
    #expect(try answers("strength", files, weak).map(\.verdict) == [.fail])
    // Not opened, and not mounted.
    #expect(try answers("strength", files, weak.filter { $0.kind != .luks }).map(\.verdict) == [.fail])
  }

  @Test(arguments: [
    ("rd.luks.name=\(uuid)=data", Outcome.Verdict.pass), ("cryptdevice=UUID=\(uuid):data", .pass),
  ])
  func fstabNamesAVolumeThatTheCommandLineOpens(_ argument: String, _ verdict: Outcome.Verdict) throws {
    let files = [
      "/etc/fstab": Self.fstab + "/dev/mapper/data /data ext4 rw 0 2\n",
      "/boot/grub/grub.cfg": Self.boot(argument),
    ]
    let outcomes = try answers("at_rest", files, Self.initrdOnly())
    #expect(outcomes.first { $0.subject == "/data" }?.verdict == verdict)
  }

  @Test func scriptsThatGivePassphrases() throws {
    for (script, asks) in [("decrypt_gnupg", true), ("/usr/local/sbin/unlock", false)] {
      var files = Self.files
      files["/etc/crypttab"] = "root UUID=u2 none luks,keyscript=\(script)\n"
      #expect(isUndecided(try answers("keys", files, Self.encrypted()).first) == !asks)
    }
  }

  // MARK: Copies

  @Test func volumesThatShareAKeyWithAnEarlierImage() throws {
    var run = VolumeKeysInRun()
    #expect(try answers("shared_key", Self.files, Self.encrypted(), run: run).map(\.verdict) == [.pass])
    run.add(Self.encrypted(), of: "first.qcow2")
    let copy = try answers("shared_key", Self.files, Self.encrypted(), run: run)
    #expect(copy.map(\.verdict) == [.fail] && copy[0].actual == "the same as first.qcow2 /dev/sda2")
    let other = Self.encrypted(LUKSVolumes.luks2(LUKSVolumes.json(salt: "bmV3")))
    #expect(try answers("shared_key", Self.files, other, run: run).map(\.verdict) == [.pass])
    var twins = Self.encrypted()
    twins.append(Self.partition(3, "crypto_LUKS", LUKSVolumes.luks2()))
    #expect(try answers("shared_key", Self.files, twins).map(\.verdict) == [.pass, .fail])
  }

  @Test(arguments: [
    ("ExecStart=/usr/sbin/cryptsetup reencrypt /dev/vda2", Outcome.Verdict.pass),
    ("ExecStart=/bin/true", .fail),
    ("ExecStart=/usr/sbin/cryptsetup open /dev/vda2 x", .fail),
  ])
  func templatesReencryptAtTheirFirstBoot(_ command: String, _ verdict: Outcome.Verdict) throws {
    var files = Self.files
    files["/usr/lib/systemd/systemd"] = ""
    files["/etc/systemd/system/multi-user.target"] = "[Unit]\n"
    files["/etc/systemd/system/default.target"] = "[Unit]\nWants=newkey.service\n"
    files["/etc/systemd/system/newkey.service"] = "[Service]\n\(command)\n"
    #expect(try answers("own_key", files, Self.encrypted()).map(\.verdict) == [verdict])
    #expect(try answers("own_key", ["/etc/fstab": ""], Self.plain).map(\.verdict) == [.pass])
  }

  // MARK: Tokens, hibernation

  @Test(arguments: [("[7]", Outcome.Verdict.pass), ("[]", .fail)])
  func tokensOfTheTPM(_ pcrs: String, _ verdict: Outcome.Verdict) throws {
    let json = LUKSVolumes.json(tokens: #""0":{"type":"systemd-tpm2","keyslots":["0"],"tpm2-pcrs":\#(pcrs)}"#)
    let outcomes = try answers("tokens", Self.files, Self.encrypted(LUKSVolumes.luks2(json)))
    #expect(outcomes.map(\.verdict) == [verdict] && outcomes[0].subject == "root token 0")
    #expect(try answers("tokens", Self.files, Self.encrypted()).map(\.actual) == ["no TPM opens a volume"])
  }

  private static func boot(_ arguments: String) -> String {
    "menuentry 'x' {\nlinux /boot/vmlinuz-6.1 ro \(arguments)\n}\n"
  }

  @Test(arguments: [
    ("resume=UUID=u3", Outcome.Verdict.fail), ("resume=/dev/mapper/s", .pass), ("", .pass),
    ("resume=UUID=u3 noresume", .pass),
    ("resume=UUID=u3 nohibernate", .pass),
  ])
  func hibernation(_ arguments: String, _ verdict: Outcome.Verdict) throws {
    var files = Self.files
    files["/boot/grub/grub.cfg"] = Self.boot(arguments)
    files["/etc/crypttab", default: ""] += "s /dev/sda4 /dev/urandom swap\n"
    var storage = Self.encrypted()
    storage.insert(Self.partition(3, "swap"), at: 2)
    storage.insert(Self.partition(4, nil), at: 2)
    #expect(try answers("hibernation", files, storage).map(\.verdict) == [verdict])
  }

  @Test(
    arguments: [
      ["asks": .text("swap"), "min_key_bits": .integer(256)],
      ["asks": .text("at_rest"), "mountpoints": .list(["var"])],
      ["asks": .text("strength"), "min_time": .integer(0)],
      ["asks": .text("keys"), "exempt": .list(["/boot"])],
    ] as [[String: ParameterValue]])
  func combinationsThatMakeNoSense(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try EncryptionKind(Parameters(parameters)) }
  }
}

import DiskImages
import Foundation
import TestSupport
import Testing

@testable import Evidence

@Suite struct InitrdProbeTests {
  private static let key = ("cryptroot/keyfiles/root.key", [UInt8]("secret".utf8))
  private static let table = (
    "cryptroot/crypttab", [UInt8]("root UUID=1 /cryptroot/keyfiles/root.key luks\n".utf8)
  )

  private static func guest(_ initrd: [UInt8], crypttab: String? = "root UUID=1 /keys/root.bin luks\n") throws
    -> Evidence
  {
    let fixture = GuestFixture()
    fixture.filesystem.addFile("/boot/initrd.img-6.1", .bytes(initrd))
    if let crypttab { fixture.filesystem.addFile("/etc/crypttab", crypttab) }
    var plan = CollectionPlan(needs: ["/etc/crypttab"])
    plan.add(InitrdProbe())
    return try Collector(plan: plan).collect(fixture.filesystem)
  }

  private static func record(_ evidence: Evidence) throws -> (InitrdProbe.Record?, String?) {
    let answer = try evidence.answer(of: InitrdProbe.self)
    return (answer.records.values.first, answer.unread.values.first)
  }

  @Test func keysAreFoundBehindMicrocodeAndTheirContentIsNotKept() throws {
    let initrd =
      cpio([("kernel/x86/microcode/GenuineIntel.bin", [1, 2, 3])]) + [0, 0, 0, 0]
      + cpio([Self.table, Self.key, ("etc/ssl/private/other.key", [1]), ("usr/share/x.key", [1])])
    let evidence = try Self.guest(initrd)
    let (record, problem) = try Self.record(evidence)
    #expect(
      record?.keys == [.init(path: "cryptroot/keyfiles/root.key", mode: 0o600, size: 6)] && problem == nil)
    #expect(record?.crypttab.count == 1)
    let stored = evidence.answers.texts[InitrdProbe.name].map { String(decoding: $0, as: UTF8.self) }
    #expect(stored?.contains("secret") == false)
  }

  @Test func aFileThatCrypttabNamesIsAKey() throws {
    let (record, _) = try Self.record(
      try Self.guest(cpio([("keys/root.bin", [1]), ("keys/other.bin", [1])])))
    #expect(record?.keys.map(\.path) == ["keys/root.bin"])
  }

  @Test(arguments: ["gzip -c", "xz --check=crc32 -c", "zstd -q -c", "lz4 -l -q -c", "bzip2 -c", "lzma -c"])
  func everyCompressionOfKernelsIsRead(_ command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    guard
      let program = ["/usr/bin/", "/bin/"].map({ $0 + words[0] }).first(
        where: FileManager.default.isExecutableFile)
    else {
      print("skipped: \(words[0]) is absent")
      return
    }
    let files = (0..<300).map { ("usr/lib/file\($0)", [UInt8](repeating: UInt8($0 & 255), count: 1000)) }
    // The kernel also unpacks several archives that were compressed together.
    let packed = try compressed(
      cpio(files) + [0, 0, 0, 0] + cpio([Self.key]), program, Array(words.dropFirst()))
    for initrd in [packed, cpio([("early", [1])]) + packed] {
      let (record, problem) = try Self.record(try Self.guest(initrd))
      #expect(record?.keys.map(\.path) == [Self.key.0] && problem == nil, "\(command)")
    }
  }

  /// What `cat a b c > initrd` makes, which the kernel unpacks part by part.
  @Test(arguments: [
    ["gzip -c", "xz --check=crc32 -c"], ["xz --check=crc64 -c", "zstd -q -c", "gzip -c"],
    ["zstd -q -19 --no-check -c", "lz4 -l -q -c", ""], ["", "lz4 -l -q -c", "bzip2 -c"],
    ["bzip2 -c", "", "xz -T2 -c"],
    ["xz --x86 --lzma2 -c", "xz -c"],
  ])
  func archivesOfSeveralCompressions(_ commands: [String]) throws {
    var initrd: [UInt8] = []
    for (number, command) in commands.enumerated() {
      let words = command.split(separator: " ").map(String.init)
      // Beyond one chunk of LZMA2 and one block of zstd.
      let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
      let part = cpio([("usr/lib/big", content), ("etc/cryptsetup-keys.d/\(number).key", [1, 2, 3])])
      guard let name = words.first else {
        initrd += part
        continue
      }
      guard let program = Self.program(name) else {
        print("skipped: \(name) is absent")
        return
      }
      initrd += try compressed(part, program, Array(words.dropFirst()))
      while initrd.count % 4 != 0 { initrd.append(0) }
    }
    let (record, problem) = try Self.record(try Self.guest(initrd))
    #expect(record?.keys.map(\.path) == commands.indices.map { "etc/cryptsetup-keys.d/\($0).key" })
    #expect(problem == nil, "\(commands)")
    let (_, cut) = try Self.record(try Self.guest(Array(initrd.dropLast(2000))))
    #expect(cut != nil, "\(commands)")
  }

  private static func program(_ name: String) -> String? {
    ["/usr/bin/", "/bin/"].map { $0 + name }.first(where: FileManager.default.isExecutableFile)
  }

  /// Wherever a stream is damaged, looking for its end ends.
  @Test(
    arguments: [
      [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0x21, 1, 22, 0, 0, 0, 0, 0, 0, 0],
      [0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x11, 0, 0], [0x02, 0x21, 0x4c, 0x18, 4, 0, 0, 0, 1, 2, 3, 4],
    ] as [[UInt8]])
  func damagedStreams(_ start: [UInt8]) {
    let whole = start + [UInt8](repeating: 0x81, count: 64)
    for length in 0...whole.count {
      for value: UInt8 in [0, 1, 0x7f, 0xff] {
        var bytes = Array(whole.prefix(length))
        if length > 6 { bytes[length - 1] = value }
        let end = CompressedStream.end(of: bytes[...])
        #expect(end.map { (1...bytes.count).contains($0) } ?? true)
      }
    }
  }

  /// Initial file systems within unified kernel images, one per profile, and the archive's own crypttab.
  @Test func keysInAUnifiedKernelImage() throws {
    let fixture = GuestFixture()
    var sample = PESample()
    sample.subsystem = 10
    sample.sections = [
      (".linux", 0x4000_0040, [1]), (".initrd", 0x4000_0040, cpio([("a", [1]), ("etc/crypttab", [])])),
      (".initrd", 0x4000_0040, cpio([("k", [1]), ("etc/crypttab", Array("r UUID=1 /k luks\n".utf8))])),
    ]
    for (path, _) in [("/efi/EFI/Linux/a.efi", 1), ("/boot/efi/EFI/BOOT/BOOTX64.EFI", 1)] {
      fixture.filesystem.addFile(path, .bytes(sample.bytes))
    }
    var plan = CollectionPlan(needs: [])
    plan.add(InitrdProbe())
    let storage = [StorageDevice(name: "/dev/sda1", kind: .partition, content: "crypto_LUKS")]
    let answer = try Collector(plan: plan).collect(fixture.filesystem, storage: storage).answer(
      of: InitrdProbe.self)
    #expect(answer.records.values.map { $0.keys.map(\.path) } == [["k"], ["k"]] && answer.unread.isEmpty)
    // Without a volume nothing is unpacked.
    #expect(
      try Collector(plan: plan).collect(fixture.filesystem).answer(of: InitrdProbe.self).records.isEmpty)
  }

  @Test(arguments: [
    ("rd.luks.key=/k.bin", true), ("cryptkey=rootfs:/k.bin", true), ("cryptkey=rootfs:/other", false),
    ("quiet", nil),
  ])
  func keysThatACommandLineNames(_ argument: String, _ isFound: Bool?) throws {
    let fixture = GuestFixture(["/boot/grub/grub.cfg": "linux /vmlinuz 'ro' \(argument) quiet\n"])
    fixture.filesystem.addFile("/boot/initramfs-linux.img", .bytes(cpio([("k.bin", [1])])))
    var plan = CollectionPlan(needs: ["/boot/grub/grub.cfg"])
    plan.add(InitrdProbe(bootFiles: ["/boot/grub/grub.cfg"]))
    let answer = try Collector(plan: plan).collect(fixture.filesystem).answer(of: InitrdProbe.self)
    #expect(answer.records.values.first.map { !$0.keys.isEmpty } == isFound)
  }

  @Test func certificatesOfTheKernelAreNoKeysOfVolumes() throws {
    let files = ["etc/keys/x509_evm.der", "etc/keys/ima/a.pem", "etc/keys/evm-trusted.blob", "etc/keys/luks"]
    let (record, _) = try Self.record(try Self.guest(cpio(files.map { ($0, [1]) })))
    #expect(record?.keys.map(\.path) == ["etc/keys/luks"])
  }

  @Test func withoutASignOfEncryptionNothingIsUnpacked() throws {
    for table in [nil, "# none\n"] as [String?] {
      let evidence = try Self.guest(cpio([Self.key]), crypttab: table)
      #expect(try evidence.answer(of: InitrdProbe.self).records.isEmpty)
      #expect(try evidence.answer(of: InitrdProbe.self).scope == "no encrypted volume")
    }
  }

  @Test func whatCannotBeReadIsToldNotClean() throws {
    let whole = cpio([Self.key, Self.table])
    let broken: [[UInt8]] = [
      Array(whole.prefix(200)), Array("07070".utf8) + [UInt8](repeating: 0x7a, count: 300),
      Array("garbage".utf8),
      [0x1f, 0x8b, 8, 0, 1, 2, 3], [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0],
    ]
    for initrd in broken {
      let (_, problem) = try Self.record(try Self.guest(initrd))
      #expect(problem != nil, "\(initrd.prefix(8))")
    }
  }

  @Test func hugeSizesDoNotOverflow() throws {
    var initrd = cpio([Self.key])
    initrd.replaceSubrange(54..<62, with: "ffffffff".utf8)
    let (record, problem) = try Self.record(try Self.guest(initrd))
    #expect(record?.keys.isEmpty == true && problem == "it is cut off")
    initrd = cpio([Self.key])
    initrd.replaceSubrange(94..<102, with: "ffffffff".utf8)
    #expect(try Self.record(try Self.guest(initrd)).1 == "a damaged cpio archive")
  }

  @Test func aPieceAtATimeGivesTheSame() {
    let bytes = cpio([Self.table, Self.key])
    for step in [1, 7, 110, 113] {
      var scanner = CpioScanner { _, _ in 1 << 10 }
      for start in stride(from: 0, to: bytes.count, by: step) {
        let part = Array(bytes[start..<min(start + step, bytes.count)])
        #expect(part.withUnsafeBytes { scanner.feed($0) } == part.count)
      }
      #expect(scanner.members.map(\.content) == [Self.table.1, Self.key.1] && !scanner.isWithin)
    }
  }

  @Test func damagedArchivesEnd() {
    Mutations.forEach(of: cpio([Self.key]), rounds: isFullRun ? 100_000 : 2000) { damaged in
      var scanner = CpioScanner { _, _ in 1 << 10 }
      let used = damaged.withUnsafeBytes { scanner.feed($0) }
      #expect(used <= damaged.count && scanner.members.count <= 2)
    }
  }

  @Test func aDetachedHeaderIsReadFromItsFile() throws {
    let fixture = GuestFixture(["/etc/crypttab": "data /dev/vdb none luks,header=/etc/data.header\n"])
    fixture.filesystem.addFile("/etc/data.header", .bytes(LUKSVolumes.luks2()))
    var plan = CollectionPlan(needs: ["/etc/crypttab"])
    plan.add(DetachedHeaderProbe())
    let answer = try Collector(plan: plan).collect(fixture.filesystem).answer(of: DetachedHeaderProbe.self)
    #expect(answer.records.values.first?.scheme == .luks2 && answer.unread.isEmpty)
  }
}

/// An archive in the form "newc".
private func cpio(_ files: [(String, [UInt8])]) -> [UInt8] {
  var bytes: [UInt8] = []
  func field(_ number: Int) -> [UInt8] {
    let digits = String(number, radix: 16)
    return Array((String(repeating: "0", count: 8 - digits.utf8.count) + digits).utf8)
  }
  for (name, content) in files + [("TRAILER!!!", [])] {
    let mode = name == "TRAILER!!!" ? 0 : 0o100600
    bytes +=
      Array("070701".utf8)
      + [1, mode, 0, 0, 1, 0, content.count, 0, 0, 0, 0, name.utf8.count + 1, 0].flatMap(field)
    bytes += Array(name.utf8) + [0]
    while bytes.count % 4 != 0 { bytes.append(0) }
    bytes += content
    while bytes.count % 4 != 0 { bytes.append(0) }
  }
  return bytes
}

private func compressed(_ bytes: [UInt8], _ program: String, _ arguments: [String]) throws -> [UInt8] {
  let file = URL(filePath: NSTemporaryDirectory()).appending(path: "brinell-initrd-\(UUID().uuidString)")
  try Data(bytes).write(to: file)
  defer { try? FileManager.default.removeItem(at: file) }
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments + [file.path]
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let output = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  #expect(process.terminationStatus == 0)
  return Array(output)
}

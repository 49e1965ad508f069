import DiskImages
import Foundation
import TestSupport
import Testing

@Suite struct InspectImageTests {
  private func withFile(_ bytes: [UInt8], name: String = "image.qcow2", _ body: (String) throws -> Void)
    throws
  {
    let folder = NSTemporaryDirectory() + "brinell-formats-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/" + name
    try Data(bytes).write(to: URL(filePath: path))
    try body(path)
  }

  private func message(_ path: String, as format: ImageFormat? = nil, allowing: [String] = []) -> String {
    do {
      let disk = try inspectImage(at: path, as: format, allowing: allowing)
      return "\(disk.format) \(disk.virtualSize)"
    } catch {
      return error.description.replacing((path as NSString).deletingLastPathComponent + "/", with: "")
    }
  }

  private func qemuImg(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/qemu-img")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  private func qcow2(
    backing: String? = nil, incompatible: UInt64 = 0, encryption: UInt32 = 0, dataFile: String? = nil
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    func add(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.bigEndian) { bytes += Array($0) } }
    add(UInt32(0x5146_49fb))
    add(UInt32(3))
    add(UInt64(backing == nil ? 0 : 512))
    add(UInt32(backing?.utf8.count ?? 0))
    add(UInt32(16))
    add(UInt64(1 << 20))
    add(encryption)
    add(UInt32(0))  // L1 entries
    add(UInt64(1024))  // L1 table
    for _ in 0..<2 { add(UInt64(0)) }
    bytes += [UInt8](repeating: 0, count: 72 - bytes.count)
    add(incompatible)
    for _ in 0..<2 { add(UInt64(0)) }
    add(UInt32(4))
    add(UInt32(104))
    if let dataFile {
      add(UInt32(0x4441_5441))
      add(UInt32(dataFile.utf8.count))
      bytes += Array(dataFile.utf8)
    }
    bytes += [UInt8](repeating: 0, count: 512 - bytes.count)
    bytes += Array((backing ?? "").utf8)
    return bytes + [UInt8](repeating: 0, count: 4096 - bytes.count)
  }

  @Test func textAndEmptyFilesAreNoImages() throws {
    try withFile(Array("just text\n".utf8)) {
      #expect(message($0).hasPrefix("image.qcow2: not a disk image"))
    }
    try withFile([]) { #expect(message($0) == "image.qcow2: the file is empty") }
    #expect(message("/nowhere/x.qcow2") == "x.qcow2: no such file or directory")
    #expect(message("/dev/null").contains("not a disk image but a character-device"))
  }

  @Test(arguments: [
    ("/etc/passwd", "--allow-backing /etc/passwd"),
    ("base.qcow2", "--allow-backing"),
    ("../../../../../../etc/shadow", "--allow-backing /etc/shadow"),
    ("json:{\"driver\":\"file\",\"filename\":\"/etc/shadow\"}", "never followed"),
    ("nbd://host/export", "never followed"),
    ("http://host/x", "never followed"),
  ])
  func backingFilesOfQcow2AreRefused(name: String, expected: String) throws {
    try withFile(qcow2(backing: name)) {
      let text = message($0)
      #expect(text.contains("as its backing file"))
      #expect(text.contains(expected))
    }
  }

  @Test func anExternalDataFileIsRefusedNamedOrNot() throws {
    try withFile(qcow2(incompatible: 4, dataFile: "/etc/shadow")) {
      #expect(message($0).contains("external data file, '/etc/shadow'"))
    }
    try withFile(qcow2(incompatible: 4)) { #expect(message($0).contains("external data file")) }
  }

  @Test func anEncryptedQcow2IsSaid() throws {
    try withFile(qcow2(encryption: 2)) { #expect(message($0).contains("itself is encrypted")) }
  }

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-img"), "qemu-img is not installed"))
  func aDataFileThatQemuMadeIsRefusedAsOne() throws {
    try withFile([]) { path in
      let data = path + ".data"
      try qemuImg(
        "create", "-q", "-f", "qcow2", "-o", "data_file=\(data),data_file_raw=on,preallocation=metadata",
        path, "10M")
      #expect(message(path).contains("as its external data file"))
      #expect(message(path, allowing: [data]) == "qcow2 10485760")
    }
  }

  @Test(arguments: [
    "# Disk DescriptorFile\nversion=1\nRW 1 FLAT \"/etc/shadow\" 0\n",
    "# Disk DescriptorFile\nRW\u{b}1\u{b}FLAT\u{c}\"/etc/shadow\" 0\n",
    "# Disk DescriptorFile\r\n  RW 1 FLAT \"/etc/shadow\" 0",
    "# Disk DescriptorFile\nRW 1 VMFS \"/etc/shadow\"\n",
    "version=1\nRW 1 SPARSE \"/etc/shadow\"\n",
  ])
  func extentsOfAVMDKDescriptorAreRefused(text: String) throws {
    try withFile(Array(text.utf8), name: "image.vmdk") {
      #expect(message($0).contains("as its extent, '/etc/shadow'"))
    }
  }

  @Test func parentsOfAVMDKAreRefused() throws {
    let text = "# Disk DescriptorFile\nparentFileNameHint=\"/etc/shadow\"\nRW 8 ZERO\n"
    try withFile(Array(text.utf8)) { #expect(message($0).contains("as its parent, '/etc/shadow'")) }
  }

  /// qemu opens the extents of an embedded descriptor when the header gives no capacity.
  @Test func aSparseVMDKWithoutCapacityIsItsDescriptor() throws {
    var bytes = [UInt8](repeating: 0, count: 8192)
    bytes.replaceSubrange(0..<4, with: Array("KDMV".utf8))
    bytes[4] = 1
    bytes[28] = 1  // descriptor in sector 1
    bytes[36] = 1
    bytes[20] = 128  // grain size
    bytes[44] = 16  // entries of a grain table
    bytes[56] = 2  // grain directory
    let descriptor = Array("# Disk DescriptorFile\nRW 1 FLAT \"/etc/shadow\" 0\n".utf8)
    bytes.replaceSubrange(512..<512 + descriptor.count, with: descriptor)
    try withFile(bytes) { #expect(message($0).contains("as its extent, '/etc/shadow'")) }
  }

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-img"), "qemu-img is not installed"))
  func everyFormatIsFoundByItsContentAndDamageIsSeen() throws {
    var raw = [UInt8](repeating: 0, count: 3 << 20)
    raw[0x438] = 0x53
    raw[0x439] = 0xef
    for position in stride(from: 1 << 20, to: raw.count, by: 97) { raw[position] = UInt8(position % 251) }
    try withFile(raw, name: "disk.bin") { source in
      #expect(message(source) == "raw 3145728")
      for format in ImageFormat.allCases where format != .raw {
        let path = source + ".wrong-name"
        try qemuImg("convert", "-O", format.rawValue, source, path)
        let before = try Data(contentsOf: URL(filePath: path))
        #expect(message(path).hasPrefix(format.rawValue + " "))
        chmod(path, 0o444)
        #expect(message(path).hasPrefix(format.rawValue + " "))
        chmod(path, 0o644)
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        try before.prefix(before.count * 2 / 3).write(to: URL(filePath: path))
        #expect(message(path).contains("damaged or truncated"), "\(format) cut to two thirds")
        for length in stride(from: 1, to: min(before.count, 8192), by: isFullRun ? 211 : 1009).reversed() {
          truncate(path, off_t(length))
          _ = message(path)
        }
        try before.write(to: URL(filePath: path))
        let handle = try FileHandle(forUpdating: URL(filePath: path))
        defer { try? handle.close() }
        var random = SeededRandom(seed: 7)
        for _ in 0..<(isFullRun ? 1000 : 40) {
          try handle.seek(toOffset: random.next() % UInt64(min(4096, before.count)))
          try handle.write(contentsOf: [UInt8(truncatingIfNeeded: random.next())])
          _ = message(path)
        }
        try? FileManager.default.removeItem(atPath: path)
      }
    }
  }

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-img"), "qemu-img is not installed"))
  func anAllowedBackingFileIsFollowedAndInspected() throws {
    var raw = [UInt8](repeating: 0, count: 1 << 20)
    raw[0x438] = 0x53
    raw[0x439] = 0xef
    try withFile(raw, name: "base.raw") { base in
      let top = base + ".qcow2"
      try qemuImg("create", "-q", "-f", "qcow2", "-F", "raw", "-b", base, top)
      #expect(message(top).contains("--allow-backing"))
      let disk = try inspectImage(at: top, allowing: [base])
      #expect(disk.backingChain.map { ($0 as NSString).lastPathComponent } == ["base.raw"])
      try FileManager.default.removeItem(atPath: base)
      #expect(message(top, allowing: [base]).contains("no such file"))
    }
  }

  @Test func aCircularChainEnds() throws {
    try withFile(qcow2(backing: "image.qcow2")) { path in
      #expect(message(path, allowing: [path]).contains("circular"))
    }
  }

  @Test(arguments: ["ext2.qcow2", "ext2.vmdk"])
  func realImages(name: String) throws {
    guard let folder = testDataFolder else { return }
    let disk = try inspectImage(at: folder + "/disk/" + name)
    #expect(disk.format == (name as NSString).pathExtension)
    #expect(disk.virtualSize > 0)
  }
}

/// A small generator with a fixed seed (SplitMix64), so that a failure can be repeated.
struct SeededRandom {
  var seed: UInt64
  mutating func next() -> UInt64 {
    seed &+= 0x9e37_79b9_7f4a_7c15
    var z = seed
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

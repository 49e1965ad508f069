import DiskImages
import Foundation
import Testing

/// Volumes that the real cryptsetup makes, compared with what its luksDump says; see scripts/compare-luksdump.
@Suite struct LUKSDumpTests {
  private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "scripts/compare-luksdump").path

  @Test func everyFieldIsWhatLuksDumpSays() throws {
    guard ["/usr/sbin/cryptsetup", "/sbin/cryptsetup"].contains(where: FileManager.default.isExecutableFile)
    else {
      print("skipped: cryptsetup is absent")
      return
    }
    let given = ProcessInfo.processInfo.environment["BRINELL_LUKS_FOLDER"]
    let folder = given ?? NSTemporaryDirectory() + "brinell-luks-\(UUID().uuidString)"
    if given == nil { try Self.makeVolumes(folder) }
    defer { if given == nil { try? FileManager.default.removeItem(atPath: folder) } }
    let dumps = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasSuffix(".cryptsetup")
    }
    #expect(dumps.count >= 15)
    for dump in dumps.sorted() {
      let path = folder + "/" + dump.dropLast(".cryptsetup".count)
      let theirs = try String(contentsOfFile: folder + "/" + dump, encoding: .utf8)
      let ours = try Self.fields(ofFile: path)
      if given != nil { try Data(ours.utf8).write(to: URL(filePath: path + ".brinell")) }
      #expect(ours == theirs, "\(dump)")
    }
  }

  private static func makeVolumes(_ folder: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: script)
    process.arguments = ["--make", folder]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  private static func fields(ofFile path: String) throws -> String {
    let handle = try #require(FileHandle(forReadingAtPath: path))
    defer { try? handle.close() }
    let size = Int64(try handle.seekToEnd())
    let source = DeviceBytes(size: size) { offset, count in
      try? handle.seek(toOffset: UInt64(offset))
      return (try? handle.read(upToCount: count)).map { Array($0) }
    }
    let header = try #require(EncryptionHeader.read(source))
    #expect(header.problems.isEmpty)
    var lines = header.scheme == .luks1 ? luks1(header) : luks2(header)
    lines["scheme"] = header.scheme.rawValue
    lines["uuid"] = header.uuid
    return lines.map { "\($0)=\($1)\n" }.sorted().joined()
  }

  /// What luksDump shows of LUKS1.
  private static func luks1(_ header: EncryptionHeader) -> [String: String] {
    var lines: [String: String] = [:]
    lines["segment.0.offset"] = header.segments.first.map { "\($0.offset)" }
    lines["segment.0.encryption"] = header.segments.first?.encryption
    lines["segment.0.keyBits"] = header.segments.first?.keyBits.map { "\($0)" }
    for slot in header.keySlots {
      let name = "slot.\(slot.id)"
      lines["\(name).type"] = slot.type
      lines["\(name).keyBits"] = slot.keyBits.map { "\($0)" }
      lines["\(name).kdf.type"] = slot.kdf?.type
      lines["\(name).kdf.hash"] = slot.kdf?.hash
      lines["\(name).kdf.iterations"] = slot.kdf?.iterations.map { "\($0)" }
      lines["\(name).areaOffset"] = slot.areaOffset.map { "\($0)" }
      lines["\(name).stripes"] = slot.stripes.map { "\($0)" }
    }
    lines["digest.0.hash"] = header.digests.first?.hash
    lines["digest.0.iterations"] = header.digests.first?.iterations.map { "\($0)" }
    lines["digest.0.fingerprint"] = header.digests.first?.fingerprint
    return lines
  }

  /// What luksDump shows of LUKS2.
  private static func luks2(_ header: EncryptionHeader) -> [String: String] {
    var lines: [String: String] = [:]
    lines["sequence"] = header.sequence.map { "\($0)" }
    lines["headerSize"] = header.headerSize.map { "\($0)" }
    lines["label"] = header.label
    lines["subsystem"] = header.subsystem
    if !header.flags.isEmpty { lines["flags"] = header.flags.joined(separator: ",") }
    if !header.requirements.isEmpty { lines["requirements"] = header.requirements.joined(separator: ",") }
    for segment in header.segments {
      let name = "segment.\(segment.id)"
      lines["\(name).type"] = segment.type
      lines["\(name).offset"] = "\(segment.offset)"
      lines["\(name).size"] = segment.size.map { "\($0)" }
      lines["\(name).encryption"] = segment.encryption
      lines["\(name).sectorSize"] = segment.sectorSize.map { "\($0)" }
      lines["\(name).integrity"] = segment.integrity
    }
    for slot in header.keySlots { lines.merge(fields(slot)) { _, new in new } }
    for token in header.tokens {
      let name = "token.\(token.id)"
      lines["\(name).type"] = token.type
      lines["\(name).keySlots"] = token.keySlots.joined(separator: ",")
      guard token.type == "systemd-tpm2" else { continue }
      lines["\(name).pcrs"] = token.pcrs.map(String.init).joined(separator: "+")
      lines["\(name).bank"] = token.pcrBank
      lines["\(name).pin"] = token.requiresPin.map { "\($0)" }
    }
    for digest in header.digests {
      let name = "digest.\(digest.id)"
      lines["\(name).type"] = digest.type
      lines["\(name).hash"] = digest.hash
      lines["\(name).iterations"] = digest.iterations.map { "\($0)" }
      lines["\(name).fingerprint"] = digest.fingerprint
    }
    return lines
  }

  private static func fields(_ slot: EncryptionHeader.KeySlot) -> [String: String] {
    var lines: [String: String] = [:]
    let name = "slot.\(slot.id)"
    lines["\(name).type"] = slot.type
    lines["\(name).keyBits"] = slot.keyBits.map { "\($0)" }
    lines["\(name).priority"] = "\(slot.priority ?? 1)"
    lines["\(name).areaEncryption"] = slot.areaEncryption
    lines["\(name).areaKeyBits"] = slot.areaKeyBits.map { "\($0)" }
    lines["\(name).areaOffset"] = slot.areaOffset.map { "\($0)" }
    lines["\(name).areaSize"] = slot.areaSize.map { "\($0)" }
    lines["\(name).stripes"] = slot.stripes.map { "\($0)" }
    lines["\(name).stripesHash"] = slot.stripesHash
    lines["\(name).kdf.type"] = slot.kdf?.type
    lines["\(name).kdf.hash"] = slot.kdf?.hash
    lines["\(name).kdf.iterations"] = slot.kdf?.iterations.map { "\($0)" }
    lines["\(name).kdf.time"] = slot.kdf?.time.map { "\($0)" }
    lines["\(name).kdf.memory"] = slot.kdf?.memory.map { "\($0)" }
    lines["\(name).kdf.cpus"] = slot.kdf?.cpus.map { "\($0)" }
    return lines
  }
}

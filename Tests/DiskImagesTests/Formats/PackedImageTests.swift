import Foundation
import Testing

@testable import DiskImages

@Suite struct PackedImageTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "brinell-packed-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder + "/tmp", withIntermediateDirectories: true)
    var disk = [UInt8](repeating: 0, count: 1 << 20)
    disk[0x438] = 0x53
    disk[0x439] = 0xef
    disk[700_000] = 7
    try Data(disk).write(to: URL(filePath: folder + "/disk.img"))
    try Data("<Envelope/>".utf8).write(to: URL(filePath: folder + "/vm.ovf"))
    try Data(repeating: 0, count: 4 << 20).write(to: URL(filePath: folder + "/zeros"))
  }

  @discardableResult
  private func shell(_ command: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-ec", "cd '\(folder)'; \(command)"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(command)")
    return folder
  }

  private var leftovers: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder + "/tmp")) ?? ["?"]
  }

  @Test(arguments: [
    "tar -cf packed --format=ustar vm.ovf disk.img zeros", "tar -czf packed disk.img",
    "gzip -c disk.img > packed",
    "bzip2 -c disk.img > packed", "xz -c disk.img > packed",
  ])
  func findsTheDisksOfAnArchiveAndRemovesThemAfterwards(_ command: String) throws {
    try shell(command)
    #expect(PackedImage.matches(folder + "/packed"))
    do {
      let packed = try PackedImage.unpack(folder + "/packed", temporaryDirectory: folder + "/tmp")
      #expect(packed.disks.count == 1)
      let path = try #require(packed.disks.first?.path)
      #expect(FileManager.default.contentsEqual(atPath: path, andPath: folder + "/disk.img"))
      #expect(leftovers.count == 1)
    }
    #expect(leftovers.isEmpty)
    try? FileManager.default.removeItem(atPath: folder)
  }

  @Test func namesOfAnArchiveNeverBecomePathsOfTheHost() throws {
    try shell("cp disk.img sub; tar -cf packed --transform='s,sub,../../escape.img,' -P sub; rm sub")
    let packed = try PackedImage.unpack(folder + "/packed", temporaryDirectory: folder + "/tmp")
    let disk = try #require(packed.disks.first)
    #expect(disk.name.hasSuffix("(../../escape.img)"))
    #expect(disk.path.hasPrefix(folder + "/tmp/brinell-") && disk.path.hasSuffix("/disk0"))
    #expect(!FileManager.default.fileExists(atPath: folder + "/escape.img"))
    try? FileManager.default.removeItem(atPath: folder)
  }

  @Test(arguments: [
    ("tar -cf packed vm.ovf", "no disk image in this archive"),
    ("gzip -c disk.img | head -c 500 > packed", "damaged archive"),
    ("seq 100 | xargs touch; tar -cf packed $(seq 100)", "more than 64 files"),
  ])
  func saysWhatIsWrong(_ command: String, _ message: String) throws {
    try shell(command)
    do {
      _ = try PackedImage.unpack(folder + "/packed", temporaryDirectory: folder + "/tmp")
      Issue.record("\(command) was unpacked")
    } catch {
      #expect(error.description.contains(message))
    }
    #expect(leftovers.isEmpty)
    try? FileManager.default.removeItem(atPath: folder)
  }
}

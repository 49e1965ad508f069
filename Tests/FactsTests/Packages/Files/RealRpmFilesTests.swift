import Facts
import Foundation
import TestSupport
import Testing

/// A database of a real guest: what it says of files is what rpm prints.
@Suite struct RealRpmFilesTests {
  @Test func everyFileIsAsRpmPrintsIt() throws {
    guard let bytes = try testData("rpm/sqlite-129.rpmdb.sqlite") else { return }
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/rpm") else {
      print("skipped: rpm is not installed")
      return
    }
    let folder = NSTemporaryDirectory() + "brinell-rpm-files-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(bytes).write(to: URL(filePath: folder + "/rpmdb.sqlite"))
    let expected = try query(folder)
    let guest = GuestFixture()
    guest.filesystem.addFile("/var/lib/rpm/rpmdb.sqlite", .bytes(bytes))
    let found = try guest.model(RecordedFiles.self).items.map { item in
      let record = item.record
      return
        "\(record.package) \(String(decoding: record.path, as: UTF8.self)) \(String(record.mode ?? 0, radix: 8)) "
        + "\(record.owner ?? ""):\(record.group ?? "") \(record.digest?.hex ?? "") \(record.isConfiguration ? 1 : 0)"
    }
    #expect(found.count == 7269)
    #expect(Set(found) == Set(expected))
  }

  private func query(_ database: String) throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/rpm")
    process.arguments = [
      "--dbpath", database, "-qa", "--qf",
      "[%{=NAME} %{FILENAMES} %{FILEMODES:octal} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILEDIGESTS} %{FILEFLAGS}\\n]",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return output.split(separator: "\n").map { line in
      let fields = line.split(separator: " ", omittingEmptySubsequences: false)
      // The lowest bit of the flags is %config.
      let isConfiguration = (UInt32(fields.last ?? "") ?? 0) & 1
      return (fields.dropLast().map(String.init) + [String(isConfiguration)]).joined(separator: " ")
    }
  }
}

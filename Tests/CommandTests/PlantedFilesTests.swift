import Foundation
import TestSupport
import Testing

/// The programs, rights and packaged files of samples/unsafe, planted into a small Debian by its script and looked for by
/// `scripts/check-planted`.
@Suite struct PlantedFilesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static let isPossible =
    geteuid() == 0
    && ["/usr/bin/gcc", "/usr/bin/python3"].allSatisfy(FileManager.default.isExecutableFile)

  /// Digests as md5sum(1) has them of `hello`, which every file of the package holds.
  private static func packaged(_ paths: [String]) -> [String: String] {
    var files = [
      "var/lib/dpkg/info/coreutils.list": paths.map { "/\($0)\n" }.joined(),
      "var/lib/dpkg/info/coreutils.md5sums": paths.map { "5d41402abc4b2a76b9719d911017c592  \($0)\n" }
        .joined(),
    ]
    for path in paths { files[path] = "hello" }
    return files
  }

  private func workplace() throws -> Workplace {
    let workplace = try Workplace(
      guest: Self.packaged(["usr/bin/tac", "usr/bin/tty", "usr/bin/tsort", "usr/share/base-files/motd"])
        .merging(
          [
            "etc/group": "root:x:0:\nwww-data:x:33:\n", "etc/shadow": "root:*:19000:0:99999:7:::\n",
            "etc/passwd": "root:x:0:0::/root:/bin/bash\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\n",
            "usr/lib/systemd/systemd": "",
            "usr/lib/systemd/system/default.target": "[Unit]\nRequires=multi-user.target cron.service\n",
            "usr/lib/systemd/system/multi-user.target": "[Unit]\n", "usr/sbin/cron": "",
            "usr/lib/systemd/system/cron.service": "[Service]\nExecStart=/usr/sbin/cron -f\n",
          ]) { $1 })
    for path in ["usr/bin/tac", "usr/bin/tty", "usr/bin/tsort"] {
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: workplace.folder + "/web/" + path)
    }
    return workplace
  }

  private func checkPlanted(_ workplace: Workplace, _ arguments: [String]) throws -> (
    status: Int32, output: String
  ) {
    let process = Process()
    process.executableURL = Self.root.appending(path: "scripts/check-planted")
    process.arguments =
      ["--brinell", BuiltBinary.path, "--sample", "unsafe"] + arguments + [workplace.folder + "/web"]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  @Test(.enabled(if: isPossible, "needs root and gcc")) func everythingThatIsPlantedIsFound() throws {
    let workplace = try workplace()
    let before = try checkPlanted(workplace, [])
    #expect(before.status == 1)
    let planted = try checkPlanted(workplace, ["--plant", "--verify", "all"])
    #expect(planted.status == 0, "\(planted.output)")
    #expect(planted.output.contains(" planted, 0 not found"))
    // Nothing of it was there before.
    let count = try #require(
      planted.output.split(separator: "\n").last?.split(separator: " ").first.flatMap { Int($0) })
    #expect(count >= 40 && before.output.contains("\(count - 1) not found"), "\(before.output)")
  }
}

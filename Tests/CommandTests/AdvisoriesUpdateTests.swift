import Foundation
import TestSupport
import Testing

/// `advisories update` against a server on this machine.
@Suite(
  .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")), .timeLimit(.minutes(2)))
final class AdvisoriesUpdateTests {
  private let workplace: Workplace
  private let server = Process()
  private let port: Int

  /// Python's server of files, which knows If-Modified-Since.
  private static let script = """
    import functools, http.server, sys
    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words): pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=sys.argv[1]))
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """

  init() throws {
    workplace = try Workplace()
    try workplace.write("baselines/test.yaml", AdvisoriesCommandTests.baseline)
    try workplace.write("web-root/debian.json", AdvisoriesCommandTests.record)
    try workplace.write("web-root/rubbish.json", "<html>not what it was</html>")
    let output = Pipe()
    server.executableURL = URL(filePath: "/usr/bin/python3")
    server.arguments = ["-c", Self.script, workplace.folder + "/web-root"]
    server.standardOutput = output
    server.standardError = FileHandle.nullDevice
    try server.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    port = Int(line.split(whereSeparator: \.isNewline).first ?? "") ?? 0
  }

  deinit {
    kill(server.processIdentifier, SIGKILL)
    server.waitUntilExit()
  }

  private func feeds(_ lines: String...) throws {
    try workplace.write(
      "feeds.yaml",
      "feeds:\n" + lines.map { "  - {\($0.replacing("URL", with: "http://127.0.0.1:\(port)"))}\n" }.joined())
  }

  private func update(_ arguments: String...) throws -> BuiltBinary.Run {
    try BuiltBinary.run(
      ["advisories", "update", "--feeds", "feeds.yaml", "--database", "a.sqlite"] + arguments,
      environment: [:], directory: workplace.folder)
  }

  @Test func whatIsNewIsFetchedAndImported() throws {
    try feeds("name: debian, url: \"URL/debian.json\"")
    let first = try update()
    #expect(first.status == 0, "\(first.error)")
    #expect(first.output.contains("debian: fetched "))
    #expect(first.output.contains("1 advisories (1 packages) of 2026-11-20"))
    let second = try update()
    #expect(second.status == 0 && second.output == "debian: nothing new\n", "\(second.output)\(second.error)")
    let scan = try workplace.scan("web", "--advisories", "a.sqlite", "--format", "json")
    #expect(scan.output.contains("CVE-2026-0009"))
    // A database that is gone is made anew from what lies there.
    try FileManager.default.removeItem(atPath: workplace.folder + "/a.sqlite")
    #expect(try update().output.contains("written to"))
  }

  @Test func aFeedThatFailsDoesNotStopTheOthers() throws {
    try feeds(
      "name: gone, url: \"URL/gone.json\"", "name: debian, url: \"URL/debian.json\"",
      "name: rubbish, url: \"URL/rubbish.json\"")
    let run = try update()
    #expect(run.status == 2)
    #expect(run.error.contains("gone: ") && run.error.contains("rubbish: "), "\(run.error)")
    #expect(run.error.contains("1 of 3 feeds could not be fetched"))
    let status = try workplace.run("advisories", "status", "--database", "a.sqlite")
    #expect(status.output.contains("osv debian") && !status.output.contains("rubbish"))
  }

  @Test func aWrongChecksumIsRefusedAndTheOldDataStays() throws {
    try feeds("name: debian, url: \"URL/debian.json\"")
    #expect(try update().status == 0)
    let before = try Data(contentsOf: URL(filePath: workplace.folder + "/a.sqlite"))
    try workplace.write(
      "web-root/debian.json", AdvisoriesCommandTests.record.replacing("0.18", with: "0.19"))
    try feeds("name: debian, url: \"URL/debian.json\", sha256: \(String(repeating: "0", count: 64))")
    try FileManager.default.removeItem(atPath: workplace.folder + "/feeds")
    let run = try update()
    #expect(run.status == 2 && run.error.contains("checksum"), "\(run.error)")
    #expect(try Data(contentsOf: URL(filePath: workplace.folder + "/a.sqlite")) == before)
  }

  @Test func someFeedsOnlyAndNoImport() throws {
    try feeds("name: gone, url: \"URL/gone.json\"", "name: debian, url: \"URL/debian.json\"")
    let run = try update("--only", "debian", "--no-import")
    #expect(run.status == 0, "\(run.error)")
    #expect(!FileManager.default.fileExists(atPath: workplace.folder + "/a.sqlite"))
    #expect(FileManager.default.fileExists(atPath: workplace.folder + "/feeds/debian.json"))
    #expect(try update("--only", "none").status == 64)
  }

  @Test func addressesOfOtherMachinesHaveToBeHTTPS() throws {
    try feeds("name: far, url: \"http://feeds.invalid/a.json\"")
    let run = try update()
    #expect(run.status == 2 && run.error.contains("is not https"), "\(run.error)")
  }
}

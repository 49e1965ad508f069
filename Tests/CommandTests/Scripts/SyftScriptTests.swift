import Foundation
import TestSupport
import Testing

/// The comparison with Syft, with a program that answers in its place.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
struct SyftScriptTests {
  private func run(_ artifacts: String) throws -> (status: Int32, output: String) {
    let workplace = try Workplace()
    let syft = workplace.folder + "/syft"
    try workplace.write("syft", "#!/bin/sh\necho '{\"artifacts\": [\(artifacts)]}'\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: syft)
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "scripts/compare-syft").path
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [
      "-B", script, workplace.folder + "/web", "--syft", syft, "--brinell", BuiltBinary.path,
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  private let base = #"{"type": "deb", "name": "base-files", "version": "12.4+deb12u5"}"#
  private let telnet = #"{"type": "deb", "name": "telnetd", "version": "0.17+2.4-2"}"#

  @Test func equalLists() throws {
    let run = try run("\(base), \(telnet), {\"type\": \"binary\", \"name\": \"x\", \"version\": \"1\"}")
    #expect(run.status == 0 && run.output.contains("brinell 2 packages in "))
    #expect(run.output.contains("left out: 1 of Syft's kind binary"))
  }

  @Test func differences() throws {
    let place = #"[{"path": "/srv/node_modules/a/package.json"}]"#
    let run = try run(
      "\(base), {\"type\": \"npm\", \"name\": \"a\", \"version\": \"1\", \"locations\": \(place)}")
    #expect(run.status == 1)
    #expect(run.output.contains("only brinell: deb telnetd 0.17+2.4-2"))
    #expect(run.output.contains("only syft: npm a 1"))
  }
}

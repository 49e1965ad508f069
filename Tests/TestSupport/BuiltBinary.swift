import Foundation

/// The `brinell` that was built beside the tests.
public enum BuiltBinary {
  /// What a run left behind.
  public struct Run: Sendable {
    public var status: Int32
    public var output: String
    public var error: String
    /// Lines of standard error, without empty ones.
    public var errorLines: [String] { error.split(separator: "\n").map(String.init) }
  }

  public static let path: String = {
    let test = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: test).deletingLastPathComponent().appending(path: "brinell").path
  }()

  /// Runs it to its end. Standard error and output go through files, so that no amount of either blocks.
  ///
  /// - Parameter whileRunning: called once after the start.
  public static func run(
    _ arguments: [String], environment: [String: String] = [:], directory: String? = nil,
    whileRunning: (Process) throws -> Void = { _ in }
  ) throws -> Run {
    let folder = NSTemporaryDirectory() + "brinell-run-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    // In a pipeline commands say more; tests of that set it themselves.
    let inherited = ProcessInfo.processInfo.environment.filter { !["CI", "GITHUB_ACTIONS"].contains($0.key) }
    process.environment = inherited.merging(environment) { _, new in new }
    if let directory { process.currentDirectoryURL = URL(filePath: directory) }
    for name in ["out", "err"] {
      _ = FileManager.default.createFile(atPath: folder + "/" + name, contents: nil)
    }
    process.standardOutput = FileHandle(forWritingAtPath: folder + "/out")
    process.standardError = FileHandle(forWritingAtPath: folder + "/err")
    process.standardInput = FileHandle.nullDevice
    try process.run()
    try whileRunning(process)
    process.waitUntilExit()
    let text = { (name: String) in
      String(decoding: FileManager.default.contents(atPath: folder + "/" + name) ?? Data(), as: UTF8.self)
    }
    return Run(status: process.terminationStatus, output: text("out"), error: text("err"))
  }
}

import Foundation

/// Runs scripts of tests in Python, whose standard library reads formats that Foundation does not.
public enum Python {
  /// Runs a script on a document.
  ///
  /// - Parameter arguments: `sys.argv[2:]`; the first argument is a file with the document.
  public static func run(
    _ script: String, on document: String, _ arguments: [String] = []
  ) throws -> (status: Int32, output: String) {
    let file = URL(filePath: NSTemporaryDirectory()).appending(path: "brinell-\(UUID().uuidString)")
    try Data(document.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, file.path] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}

import Foundation

/// A browser without a window, which tells what it makes of a page.
public enum Browser {
  /// Where Chromium is; nil where it is not installed (`scripts/install-dependencies test` does that).
  public static let program: String? = [
    "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
  ]
  .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// What a page has become.
  public struct Page: Sendable {
    /// The document after its scripts have run.
    public var document: String
    /// Lines that the page wrote to the console, blocked requests and scripts included.
    public var console: String
    /// The addresses that the page asked for.
    public var requests: [String]
  }

  /// Loads a page and runs its scripts.
  public static func load(_ html: String) throws -> Page {
    try inFolder(with: html) { folder in
      let log = folder.appending(path: "net.json")
      let run = try output(
        ofBrowserIn: folder, ["--log-net-log=\(log.path)", "--virtual-time-budget=2000", "--dump-dom"])
      return Page(
        document: run.output,
        console: run.errors.split(separator: "\n").filter { $0.contains(":CONSOLE") }.joined(separator: "\n"),
        requests: requests(in: try String(contentsOf: log, encoding: .utf8)))
    }
  }

  /// The text of a page on paper.
  public static func print(_ html: String) throws -> String {
    try inFolder(with: html) { folder in
      let paper = folder.appending(path: "page.pdf").path
      _ = try output(ofBrowserIn: folder, ["--no-pdf-header-footer", "--print-to-pdf=\(paper)"])
      return try output(of: "/usr/bin/pdftotext", [paper, "-"], errorsTo: folder).output
    }
  }

  /// Whether paper can be read (Debian's poppler-utils).
  public static let canReadPaper = FileManager.default.isExecutableFile(atPath: "/usr/bin/pdftotext")

  private static func inFolder<Result>(with html: String, _ body: (URL) throws -> Result) throws -> Result {
    let folder = URL(filePath: NSTemporaryDirectory()).appending(path: "brinell-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(html.utf8).write(to: folder.appending(path: "page.html"))
    return try body(folder)
  }

  private static func output(
    ofBrowserIn folder: URL, _ arguments: [String]
  ) throws -> (output: String, errors: String) {
    try output(
      of: program ?? "chromium",
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--user-data-dir=\(folder.path)/profile", "--enable-logging=stderr",
      ] + arguments + [folder.appending(path: "page.html").absoluteString], errorsTo: folder)
  }

  private static func output(
    of program: String, _ arguments: [String], errorsTo folder: URL
  ) throws -> (output: String, errors: String) {
    let errors = folder.appending(path: "errors")
    try Data().write(to: errors)
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
      String(decoding: output, as: UTF8.self), String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    )
  }

  /// Addresses that pages asked for; those of the browser's own requests have no origin.
  private static func requests(in log: String) -> [String] {
    log.split(separator: "\n").filter {
      $0.contains("\"initiator\":\"") && !$0.contains("\"initiator\":\"not an origin\"")
    }.compactMap { line in
      line.firstRange(of: "\"url\":\"").map { String(line[$0.upperBound...].prefix { $0 != "\"" }) }
    }.filter { !$0.hasPrefix("data:") }
  }
}

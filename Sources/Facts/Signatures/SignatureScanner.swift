import Foundation

/// A program of this machine that looks for signatures which the user gives: `yara` or `clamscan`. It gets files under
/// numbers for names, in a directory of its own.
public struct SignatureScanner: Sendable, Hashable {
  /// Which program, and how its answers read.
  public enum Engine: String, Sendable, Hashable, CaseIterable {
    /// yara(1): `RULE PATH` on a line for each rule that matches.
    case yara
    /// clamscan(1): `PATH: SIGNATURE FOUND`.
    case clamav

    /// The command's name.
    package var program: String { self == .yara ? "yara" : "clamscan" }
    /// The package of Debian that holds it.
    package var package: String { self == .yara ? "yara" : "clamav" }
  }

  public var engine: Engine
  /// The file of rules, or the folder or file of signatures.
  public var signatures: String

  /// The program could not do its work.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line: what failed, on what, what to do next.
    public var description: String
  }

  /// A scanner whose program is there and can read the signatures.
  public init(_ engine: Engine, signatures: String) throws(Failure) {
    self.engine = engine
    self.signatures = signatures
    guard FileManager.default.isReadableFile(atPath: signatures) else {
      throw Failure(description: "\(signatures): the signatures cannot be read")
    }
    guard Self.find(engine.program) != nil else {
      throw Failure(
        description: "\(engine.program) is not installed; install it with: apt-get install \(engine.package)")
    }
    try probe()
  }

  /// Looks at nothing, so that signatures which cannot be used are told before the scan.
  private func probe() throws(Failure) {
    let folder = NSTemporaryDirectory() + "brinell-signatures-\(UUID().uuidString)"
    guard mkdir(folder, 0o700) == 0 else { throw Failure(description: "\(folder) could not be made") }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try matches(in: folder)
  }

  /// Names of the signatures that match, by the name of the file in the folder.
  func matches(in folder: String) throws(Failure) -> [String: [String]] {
    let (status, output, problem) = try run(arguments(folder))
    // clamscan ends with 1 if it has found something, both with 2 or more where they could not look.
    guard status == 0 || engine == .clamav && status == 1 else {
      let line = problem.split(separator: "\n").first.map(String.init) ?? "it ended with status \(status)"
      throw Failure(description: "\(signatures): \(engine.program) failed: \(line)")
    }
    var found: [String: [String]] = [:]
    for line in output.split(separator: "\n") {
      guard let (path, name) = match(line) else { continue }
      found[String(path.split(separator: "/").last ?? ""), default: []].append("\(engine.rawValue):\(name)")
    }
    return found
  }

  private func arguments(_ folder: String) -> [String] {
    switch engine {
    case .yara:
      ["--no-warnings", "--recursive", "--timeout=60"] + (isCompiled ? ["--compiled-rules"] : [])
        + [signatures, folder]
    case .clamav: ["--no-summary", "--infected", "--recursive", "--database=\(signatures)", folder]
    }
  }

  /// Compiled rules begin with this word (libyara, arena.c).
  private var isCompiled: Bool {
    guard let handle = FileHandle(forReadingAtPath: signatures) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 4)) == Data("YARA".utf8)
  }

  private func match(_ line: Substring) -> (path: Substring, name: Substring)? {
    switch engine {
    case .yara:
      guard let blank = line.firstIndex(of: " ") else { return nil }
      return (line[line.index(after: blank)...], line[..<blank])
    case .clamav:
      guard line.hasSuffix(" FOUND"), let colon = line.range(of: ": ", options: .backwards) else {
        return nil
      }
      return (line[..<colon.lowerBound], line[colon.upperBound...].dropLast(6))
    }
  }

  private func run(_ arguments: [String]) throws(Failure) -> (Int32, String, String) {
    guard let program = Self.find(engine.program) else {
      throw Failure(description: "\(engine.program) is not installed")
    }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    // To a file, so that no amount of complaints blocks the program.
    let complaints = NSTemporaryDirectory() + "brinell-\(UUID().uuidString).log"
    defer { try? FileManager.default.removeItem(atPath: complaints) }
    _ = FileManager.default.createFile(atPath: complaints, contents: nil)
    process.standardError = FileHandle(forWritingAtPath: complaints)
    do {
      try process.run()
    } catch {
      throw Failure(description: "\(program) could not be started: \(error.localizedDescription)")
    }
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let problem = FileManager.default.contents(atPath: complaints)?.prefix(4096) ?? Data()
    return (
      process.terminationStatus, String(decoding: text, as: UTF8.self),
      String(decoding: problem, as: UTF8.self)
    )
  }

  /// Where a program is found that PATH names; nil if it is not installed.
  package static func find(_ program: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}

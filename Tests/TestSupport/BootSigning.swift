import Foundation

/// Signs boot programs with sbsigntool and keys of its own, and asks that tool and pesign what they see.
public final class BootSigning: Sendable {
  /// Whether sbsign, sbverify, sbattach, pesign and openssl are installed.
  public static let isAvailable = ["sbsign", "sbverify", "sbattach", "pesign", "openssl"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
  }

  /// One for the whole run: making keys takes most of the time.
  public static let shared = Result { try BootSigning() }

  private let folder: String

  /// Two keys, `one` and `two`.
  private init() throws {
    folder = NSTemporaryDirectory() + "brinell-signing-\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in ["one", "two"] {
      _ = try run(
        "openssl",
        [
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(folder)/\(name).key", "-out",
          "\(folder)/\(name).pem", "-subj", "/O=Test/CN=Key \(name)", "-days", "3650",
        ])
    }
  }

  /// The program with a further signature.
  public func sign(_ program: [UInt8], key: String = "one") throws -> [UInt8] {
    try changed(program) { file in
      ("sbsign", ["--key", "\(folder)/\(key).key", "--cert", "\(folder)/\(key).pem", "--output", file, file])
    }
  }

  /// The program without its last signature.
  public func stripped(_ program: [UInt8]) throws -> [UInt8] {
    try changed(program) { ("sbattach", ["--remove", $0]) }
  }

  /// The certificate of a key, as DER.
  public func certificate(_ key: String = "one") throws -> [UInt8] {
    let file = "\(folder)/\(UUID().uuidString).der"
    _ = try run("openssl", ["x509", "-in", "\(folder)/\(key).pem", "-outform", "der", "-out", file])
    return try bytes(file)
  }

  /// Common names of the signers' certificates, as `sbverify --list` gives them.
  public func signers(_ program: [UInt8]) throws -> [String] {
    try withFile(program) { file in
      try run("sbverify", ["--list", file]).output.split(separator: "\n")
        .filter { $0.hasPrefix(" - subject:") }
        .compactMap { $0.split(separator: "CN=").last.map(String.init) }
    }
  }

  /// Whether `sbverify` accepts the program by a key's certificate.
  public func accepts(_ program: [UInt8], key: String = "one") throws -> Bool {
    try withFile(program) { try run("sbverify", ["--cert", "\(folder)/\(key).pem", $0]).status == 0 }
  }

  /// The Authenticode digest that pesign computes.
  public func digest(_ program: [UInt8]) throws -> String? {
    try withFile(program) { file in
      try run("pesign", ["-h", "-P", "-i", file]).output.split(separator: " ").last.map {
        $0.trimmingCharacters(in: .whitespacesAndNewlines)
      }
    }
  }

  private func changed(
    _ program: [UInt8], _ command: (String) -> (String, [String])
  ) throws -> [UInt8] {
    try withFile(program) { file in
      let (tool, arguments) = command(file)
      _ = try run(tool, arguments)
      return try bytes(file)
    }
  }

  private func withFile<Value>(_ program: [UInt8], _ body: (String) throws -> Value) throws -> Value {
    let file = "\(folder)/\(UUID().uuidString).efi"
    try Data(program).write(to: URL(filePath: file))
    defer { try? FileManager.default.removeItem(atPath: file) }
    return try body(file)
  }

  private func bytes(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: file))) }

  private func run(_ tool: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/\(tool)")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}

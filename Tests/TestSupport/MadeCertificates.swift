import Foundation

/// Certificates, keys and containers that scripts/make-certificates makes with openssl(1), once for all tests.
public enum MadeCertificates {
  /// Nil where there is no openssl that makes them.
  public static let files: [String: [UInt8]]? = make()

  /// A file by its name; nil where it could not be made.
  public static func file(_ name: String) -> [UInt8]? { files?[name] }

  /// Whether the tests that need them can run.
  public static var isThere: Bool { files != nil }

  private static func make() -> [String: [UInt8]]? {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "scripts/make-certificates").path
    let folder = NSTemporaryDirectory() + "brinell-certificates-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let process = Process()
    process.executableURL = URL(filePath: script)
    process.arguments = [folder]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return skipped() }
    process.waitUntilExit()
    guard process.terminationStatus == 0,
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { return skipped() }
    var files: [String: [UInt8]] = [:]
    for name in names {
      files[name] = FileManager.default.contents(atPath: "\(folder)/\(name)").map(Array.init)
    }
    return files
  }

  private static func skipped() -> [String: [UInt8]]? {
    print("skipped: no openssl that makes certificates for the tests")
    return nil
  }
}

import Foundation

/// The folder with real files of public projects, which is not part of the repository; nil where it is absent.
/// `BRINELL_TESTDATA` names it where it does not lie beside the repository.
public let testDataFolder: String? = {
  let path =
    ProcessInfo.processInfo.environment["BRINELL_TESTDATA"]
    ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/testdata").path
  if FileManager.default.fileExists(atPath: path) { return path }
  print("skipped: \(path) is absent")
  return nil
}()

/// Whether the long tests run too: more inputs to the fuzzers, more formats and layouts (`make test-full`).
public let isFullRun = ProcessInfo.processInfo.environment["BRINELL_TEST_FULL"] != nil

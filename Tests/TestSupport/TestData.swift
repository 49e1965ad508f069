import Foundation

/// The folder with real files of public projects, which is not part of the repository; nil where it is absent.
public let testDataFolder: String? = {
  let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/testdata").path
  if FileManager.default.fileExists(atPath: path) { return path }
  print("skipped: ../shared/testdata is absent")
  return nil
}()

/// Whether the long tests run too: more inputs to the fuzzers, more formats and layouts (`make test-full`).
public let isFullRun = ProcessInfo.processInfo.environment["BRINELL_TEST_FULL"] != nil

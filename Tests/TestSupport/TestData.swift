import Foundation

/// The folder with real files of public projects, which is not part of the repository; nil where it is absent.
/// `BRINELL_TESTDATA` names it where it does not lie beside the repository.
public let testDataFolder = sharedFolder("testdata", namedBy: "BRINELL_TESTDATA")

/// The folder with tables of public profiles, which is not part of the repository either; nil where it is absent.
/// `BRINELL_REFERENCE` names it where it does not lie beside the repository.
public let referenceFolder = sharedFolder("reference", namedBy: "BRINELL_REFERENCE")

/// Whether the long tests run too: more inputs to the fuzzers, more formats and layouts (`make test-full`).
public let isFullRun = ProcessInfo.processInfo.environment["BRINELL_TEST_FULL"] != nil

private func sharedFolder(_ name: String, namedBy variable: String) -> String? {
  let path =
    ProcessInfo.processInfo.environment[variable]
    ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/\(name)").path
  if FileManager.default.fileExists(atPath: path) { return path }
  print("skipped: \(path) is absent")
  return nil
}

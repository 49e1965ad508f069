import Foundation
import Testing

@testable import Baselines

/// docs/virt-sysprep.md names every operation of virt-sysprep, and only checks that there are.
struct VirtSysprepTableTests {
  private static let rows: [(operation: String, checks: [String], note: String)] = {
    let root = URL(filePath: ShippedBaselinesTests.folder).deletingLastPathComponent()
    let file = FileManager.default.contents(atPath: root.appending(path: "docs/virt-sysprep.md").path)
    return String(decoding: file ?? Data(), as: UTF8.self).split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 3, cells[0].hasPrefix("`") else { return nil }
      return (quoted(cells[0])[0], quoted(cells[2]), cells[2])
    }
  }()

  private static func quoted(_ text: String) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
      .map { String($0.element) }
  }

  @Test func everyCheckExists() {
    let cache = SourceCache(kinds: .standard, problems: ProblemList())
    let libraries = cache.libraries("\(ShippedBaselinesTests.folder)/checks", from: nil)
    let known = Set(libraries.flatMap(\.checks).map(\.id))
    #expect(Self.rows.count >= 42)
    for row in Self.rows {
      #expect(!row.checks.isEmpty || row.note.hasPrefix("–"), "\(row.operation)")
      for check in row.checks { #expect(known.contains(check), "\(row.operation): \(check)") }
    }
  }

  @Test func everyOperationOfTheInstalledVersionIsThere() throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/virt-sysprep") else {
      print("skipped: virt-sysprep is absent")
      return
    }
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/virt-sysprep")
    process.arguments = ["--list-operations"]
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let operations = output.split(separator: "\n").compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
    #expect(operations.count > 30)
    let named = Set(Self.rows.map(\.operation))
    for operation in operations { #expect(named.contains(operation), "\(operation) is not in the table") }
  }
}

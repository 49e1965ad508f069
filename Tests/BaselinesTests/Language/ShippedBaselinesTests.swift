import Foundation
import Testing

@testable import Baselines

/// The baselines in the folder `baselines`.
struct ShippedBaselinesTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "baselines").path

  static let folders = BaselineFolders([folder])

  private var libraryChecks: [CheckSource] {
    let cache = SourceCache(kinds: .standard, problems: ProblemList())
    return cache.libraries("\(Self.folder)/checks", from: nil).flatMap(\.checks)
  }

  @Test func everyFileIsValid() {
    do {
      let files = try BaselineLoader(folders: Self.folders).validate([Self.folder])
      #expect(files.contains { $0.name == "server" })
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func everyBaselineLoads() throws {
    let loaded = try BaselineLoader(folders: Self.folders).load(Self.folders.files.map(\.name))
    #expect(loaded.count >= 13)
    #expect(Set(loaded.map(\.identity.digest)).count == loaded.count)
    for baseline in loaded {
      #expect(baseline.description != nil || baseline.benchmark != nil, "\(baseline.identity.id)")
      #expect(baseline.benchmark?.isCertified != true, "\(baseline.identity.id)")
    }
  }

  @Test func everyCheckIsExplained() {
    for check in libraryChecks {
      #expect(check.rationale?.text?.isEmpty == false, "\(check.place): \(check.id) lacks a rationale")
      #expect(check.remediation?.text?.isEmpty == false, "\(check.place): \(check.id) lacks a remediation")
      #expect(!check.references.isEmpty, "\(check.place): \(check.id) lacks references")
      #expect(
        !check.baselines.isEmpty || libraryChecks.contains { $0.requires.contains { $0.text == check.id } },
        "\(check.place): no baseline asks \(check.id)")
    }
  }

  @Test func titlesAreUnique() {
    for (title, checks) in Dictionary(grouping: libraryChecks, by: { $0.title?.text ?? "" }) {
      let places = checks.map { "\($0.id) (\($0.place))" }.joined(separator: ", ")
      #expect(checks.count == 1, "the title '\(title)' is that of \(places)")
    }
  }

  /// A shell variable in a text looks like a value; every value that is used has to be declared.
  @Test func everyValueIsUsed() {
    let cache = SourceCache(kinds: .standard, problems: ProblemList())
    let libraries = cache.libraries("\(Self.folder)/checks", from: nil)
    let used = libraries.flatMap(\.checks).reduce(into: Set<String>()) { $0.formUnion($1.usedValues) }
    for declaration in libraries.flatMap(\.values) {
      #expect(used.contains(declaration.name), "\(declaration.place): no check uses \(declaration.name)")
    }
  }

  /// What is written for people who write baselines is what is read.
  @Test func theSchemaIsUpToDate() throws {
    let path = URL(filePath: Self.folder).deletingLastPathComponent()
      .appending(path: "docs/schema/baseline.schema.json").path
    let written = try #require(FileManager.default.contents(atPath: path))
    #expect(
      String(decoding: written, as: UTF8.self) == BaselineSchema.schema().pretty,
      "run: brinell baseline schema > docs/schema/baseline.schema.json")
  }
}

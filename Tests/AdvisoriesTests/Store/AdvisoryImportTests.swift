import Advisories
import Foundation
import TestSupport
import Testing

@Suite struct AdvisoryImportTests {
  private static let zipper = """
    import sys, zipfile
    archive = zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED)
    for number, part in enumerate(open(sys.argv[1]).read().split("\\n\\n")):
        archive.writestr(f"{number}.json", part)
    archive.close()
    """

  private func zip(_ folder: ImportFolder, _ name: String, _ records: [String]) throws {
    let run = try Python.run(Self.zipper, on: records.joined(separator: "\n\n"), [folder.path + "/" + name])
    #expect(run.status == 0, "\(run.output)")
  }

  @Test func foldersArchivesAndCompressedFilesAreRead() throws {
    let folder = try ImportFolder()
    try zip(folder, "all.zip", (0..<1200).map { osv("CVE-2026-\($0)", "Debian:12", "p\($0)", fixed: "2") })
    try folder.write("folder/a.json", osv("A", "npm", "x"))
    try folder.write("folder/deep/b.json", osv("B", "PyPI", "Foo_Bar"))
    try folder.write("folder/.hidden/c.json", osv("C", "npm", "x"))
    try folder.write("folder/README", "no advisories")
    try folder.write("one.json", osv("D", "npm", "y"))
    for tool in ["gzip", "xz", "bzip2"] {
      let run = try Python.run(
        "import bz2, gzip, lzma, sys\ntext = open(sys.argv[1], 'rb').read()\n"
          + "tool = {'gzip': gzip, 'xz': lzma, 'bzip2': bz2}[sys.argv[2]]\n"
          + "open(sys.argv[3], 'wb').write(tool.compress(text))", on: osv("E-\(tool)", "npm", "z"),
        [tool, "\(folder.path)/\(tool).json.packed"])
      #expect(run.status == 0, "\(run.output)")
    }
    let outcomes = try folder.importing(
      "all.zip", "folder", "one.json", "gzip.json.packed", "xz.json.packed", "bzip2.json.packed")
    #expect(outcomes.map(\.source.advisories) == [1200, 2, 1, 1, 1, 1])
    #expect(outcomes[1].source.skipped == ["not a form of advisories that is known": 1])
    let store = try folder.store()
    #expect(store.sources.count == 6)
    #expect(store.sources.allSatisfy { $0.date == "2026-11-20" && $0.digest.hasPrefix("sha256:") })
    #expect(store.sources.allSatisfy { $0.age(asOf: 1_795_478_400) == 4 })
  }

  @Test func theSamePathIsReplacedAndAnotherOneIsAdded() throws {
    let folder = try ImportFolder()
    try folder.write("a.json", "[\(osv("A", "npm", "x")),\(osv("B", "npm", "x"))]")
    try folder.write("b.json", osv("C", "npm", "x"))
    try folder.importing("a.json", "b.json")
    try folder.write("a.json", osv("A2", "npm", "x"))
    let outcome = try #require(try folder.importing("a.json").first)
    #expect(outcome.replaced?.advisories == 2)
    #expect(try folder.store().sources.map(\.advisories) == [1, 1])
    try AdvisoryImport(database: folder.database).remove([folder.path + "/b.json"])
    #expect(try folder.store().sources.count == 1)
    #expect(
      folder.message { try AdvisoryImport(database: folder.database).remove(["none"]) }.contains("no source"))
  }

  @Test func anImportThatFailsLeavesTheOldData() throws {
    let folder = try ImportFolder()
    try folder.write("a.json", osv("A", "npm", "x"))
    try folder.importing("a.json")
    let before = try Data(contentsOf: URL(filePath: folder.database))
    try folder.write("a.json", osv("B", "npm", "x"))
    #expect(folder.message { try folder.importing("a.json", "absent") }.contains("no such file"))
    #expect(try Data(contentsOf: URL(filePath: folder.database)) == before)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.sorted() == ["a.json", "advisories.sqlite"])
  }

  @Test func anInterruptedImportLeavesTheOldData() throws {
    let folder = try ImportFolder()
    try folder.write("a.json", osv("A", "npm", "x"))
    try folder.importing("a.json")
    let before = try Data(contentsOf: URL(filePath: folder.database))
    for number in 0..<2000 { try folder.write("many/\(number).json", osv("B\(number)", "npm", "x")) }
    var work = AdvisoryImport(database: folder.database, now: 0)
    var questions = 0
    work.isInterrupted = {
      questions += 1
      return questions > 2
    }
    let message = folder.message { _ = try work.run([folder.path + "/many"]) }
    #expect(message == "interrupted; the database is as it was" && questions == 3)
    #expect(try Data(contentsOf: URL(filePath: folder.database)) == before)
    #expect(!FileManager.default.fileExists(atPath: folder.database + ".new"))
  }

  @Test func aReaderKeepsWhatItOpened() throws {
    let folder = try ImportFolder()
    try folder.write("a.json", osv("A", "npm", "x"))
    try folder.importing("a.json")
    let store = try folder.store()
    try folder.importing("a.json")
    #expect(store.sources.count == 1)
    // Nothing lies beside the database, and it opens where nothing can be written.
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: folder.database)
    #expect(try folder.store().sources.count == 1)
  }

  @Test(arguments: [
    ("empty.json", "", "no advisories in a form that is known"),
    ("garbage.json", "\u{1}\u{2}garbage\u{0}", "no advisories in a form that is known"),
    (
      "cut.json", #"{"id":"A","modified":"2026-01-01","affected":[{"pack"#,
      "damaged JSON: cut off"
    ),
    (
      "withdrawn.json", #"{"id":"A","modified":"2026-01-01","withdrawn":"2026-01-01"}"#,
      "no record that can be used: A: withdrawn"
    ),
  ])
  func aFileWithoutAdvisoriesIsAnErrorOfOneLine(_ name: String, _ text: String, _ expected: String) throws {
    let folder = try ImportFolder()
    try folder.write(name, text)
    let message = folder.message { try folder.importing(name) }
    #expect(message.contains(expected), "\(message)")
    #expect(!message.contains("\n"))
    #expect(!FileManager.default.fileExists(atPath: folder.database))
  }

  @Test func damagedRecordsAreLeftOutAndCounted() throws {
    let folder = try ImportFolder()
    let long = String(repeating: "1.", count: 5000)
    try zip(
      folder, "all.zip",
      [
        osv("A", "npm", "x"), "{\"id\":\"B\",\"modified\":\"x\",\"affected\":[", "\u{1}\u{2}garbage",
        osv("C", "npm", "x", fixed: long), osv("D", "npm", "x", extra: #","versions":["\#(long)"]"#),
        osv(String(repeating: "E", count: 2000), "npm", "x"),
        osv("F", "npm", String(repeating: "f", count: 2000)),
      ])
    let outcome = try #require(try folder.importing("all.zip").first)
    #expect(outcome.source.advisories == 1)
    #expect(
      outcome.source.skipped == [
        "damaged JSON: cut off": 1, "damaged JSON: a value is missing": 1,
        "a version of more than 1024 bytes": 2,
        "an id of more than 1024 bytes": 1, "a name of more than 1024 bytes": 1,
      ])
    #expect(outcome.examples.count == 5)
  }

  @Test func aZipBombIsRefused() throws {
    let folder = try ImportFolder()
    let bomb = """
      import sys, zipfile
      archive = zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED)
      for number in range(4):
          archive.writestr(f"{number}.json", b" " * (8 << 20))
      """
    #expect(try Python.run(bomb, on: "", [folder.path + "/bomb.zip"]).status == 0)
    var limits = ImportLimits()
    limits.harmless = 1 << 20
    let message = folder.message { try folder.importing("bomb.zip", limits: limits) }
    #expect(message.contains("unpacks to far more than such a file holds"), "\(message)")
    limits = ImportLimits()
    limits.file = 1 << 20
    #expect(
      folder.message { try folder.importing("bomb.zip", limits: limits) }.contains(
        "more than 1 MiB in one file"))
    limits = ImportLimits()
    limits.members = 3
    #expect(folder.message { try folder.importing("bomb.zip", limits: limits) }.contains("more than 3 files"))
  }

  @Test func twoGigabytesOfJSONAreRefusedUnread() throws {
    let folder = try ImportFolder()
    let file = try folder.write("huge.json", "{")
    let handle = try FileHandle(forWritingTo: URL(filePath: file))
    try handle.truncate(atOffset: 2 << 30)
    try handle.close()
    let start = ThreadClock.now
    #expect(folder.message { try folder.importing("huge.json") }.contains("more than 256 MiB in one file"))
    #expect(ThreadClock.now - start < .milliseconds(200))
  }

  @Test func aCutArchiveIsAnError() throws {
    let folder = try ImportFolder()
    try zip(folder, "all.zip", (0..<50).map { osv("A\($0)", "npm", "x") })
    let data = try Data(contentsOf: URL(filePath: folder.path + "/all.zip"))
    try data.prefix(data.count / 2).write(to: URL(filePath: folder.path + "/cut.zip"))
    let message = folder.message { try folder.importing("cut.zip") }
    #expect(message.hasPrefix(folder.path + "/cut.zip: "), "\(message)")
  }

  @Test func otherFilesAreNoDatabase() throws {
    let folder = try ImportFolder()
    try folder.write("advisories.sqlite", "not a database at all, but some text")
    #expect(folder.message { _ = try folder.store() }.contains("not a database of advisories"))
    try folder.write("a.json", osv("A", "npm", "x"))
    #expect(folder.message { try folder.importing("a.json") }.contains("not a database of advisories"))
    let make = "import sqlite3, sys\nsqlite3.connect(sys.argv[2]).execute('CREATE TABLE a (b)')"
    #expect(try Python.run(make, on: "", [folder.path + "/other.sqlite"]).status == 0)
    #expect(
      folder.message { _ = try AdvisoryStore(path: folder.path + "/other.sqlite") }
        .contains("not a database of advisories"))
    #expect(folder.message { _ = try AdvisoryStore(path: folder.path + "/none") }.contains("no such file"))
  }
}

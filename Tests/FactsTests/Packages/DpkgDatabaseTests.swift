import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@Suite struct DpkgDatabaseTests {
  private func packages(_ status: String) throws -> InstalledPackages {
    try GuestFixture(["/var/lib/dpkg/status": status]).model(InstalledPackages.self)
  }

  @Test func readsSourceStateAndProvides() throws {
    let model = try packages(
      """
      Package: libc6
      Status: install ok installed
      Architecture: amd64
      Source: glibc (2.36-9)
      Version: 2.36-9+b1
      Provides: libc6-2.36, libc (= 2)
      Description: one
       more lines
       .

      Package: nostatus
      Version: 1

      Package: old
      Status: deinstall ok config-files
      Version: 1:2-3
      """)
    let libc = try #require(model.installed("libc6"))
    #expect(libc.sourceName == "glibc" && libc.sourceVersion == "2.36-9" && libc.version == "2.36-9+b1")
    #expect(model.installed("libc")?.name == "libc6")
    #expect(model.installed("old") == nil)
    #expect(model.installed("nostatus") == nil)
    #expect(model.records(named: "old").first?.state == .configFiles)
    #expect(model.formats == ["dpkg"])
  }

  @Test func aFieldOfAMillionLinesIsReadInOnePass() throws {
    let start = ThreadClock.now
    let model = try packages(
      "Package: a\nStatus: install ok installed\nVersion: 1\nDescription: x\n"
        + String(repeating: " line\n", count: 1_000_000))
    #expect(model.installed("a") != nil && ThreadClock.now - start < .seconds(20))
  }

  @Test func heldAndAutomaticPackages() throws {
    let stanza = { (name: String, want: String, architecture: String) in
      "Package: \(name)\nStatus: \(want) ok installed\nArchitecture: \(architecture)\nVersion: 1\n\n"
    }
    let status =
      stanza("kept", "hold", "amd64") + stanza("lib", "install", "amd64") + stanza("data", "install", "all")
      + stanza("multi", "install", "i386") + stanza("told", "install", "amd64")
    let states = """
      Package: lib
      Architecture: amd64
      Auto-Installed: 1

      Package: data
      Architecture: amd64
      Auto-Installed: 1

      Package: multi
      Architecture: amd64
      Auto-Installed: 1

      Package: told
      Architecture: amd64
      Auto-Installed: 0
      """
    let model = try GuestFixture([
      "/var/lib/dpkg/status": status, "/var/lib/apt/extended_states": states,
    ]).model(InstalledPackages.self)
    #expect(model.packages.filter { $0.isAutomatic == true }.map(\.name) == ["data", "lib"])
    #expect(model.packages.filter(\.isHeld).map(\.name) == ["kept"])
    #expect(model.packages.allSatisfy { $0.isAutomatic != nil })
    #expect(try packages(status).packages.allSatisfy { $0.isAutomatic == nil })
  }

  @Test func aGuestWithoutADatabaseHasNoFormat() throws {
    let model = try GuestFixture().model(InstalledPackages.self)
    #expect(model.formats.isEmpty && model.packages.isEmpty)
  }

  @Test(arguments: ["noversion", "nopackage"]) func aBadStanzaIsReportedAndTheRestKept(_ name: String) throws
  {
    guard let folder = testDataFolder else { return }
    let status = try String(contentsOfFile: "\(folder)/dpkg/\(name)", encoding: .utf8)
    let model = try packages(status)
    #expect(model.packages.map(\.name) == ["bar", "foo"])
    #expect(model.problems.count == 1)
  }

  @Test func binaryGarbageIsReportedAndTheRestKept() throws {
    let garbage = String(
      decoding: (0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 7) }, as: UTF8.self)
    let good = "Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
    let model = try packages(
      "\u{0}\u{1}\(garbage)\n\n\(good)\u{0}\u{2}: \u{3}\n\n" + good.replacing(": a\n", with: ": b\n"))
    #expect(model.packages.map(\.name) == ["a", "b"] && model.problems.count >= 2)
    #expect(throws: EvidenceGap.self) { try packages("\u{0}\u{1}\u{2}garbage\n") }
    #expect(throws: EvidenceGap.self) { try packages(garbage) }
  }

  @Test func realStatusFiles() throws {
    guard let folder = testDataFolder else { return }
    let valid = try packages(String(contentsOfFile: "\(folder)/dpkg/valid", encoding: .utf8))
    #expect(valid.packages.count == 7)
    let states = try packages(String(contentsOfFile: "\(folder)/dpkg/statusfield", encoding: .utf8))
    #expect(states.packages.filter { $0.state == .installed }.count == 3)
  }
}

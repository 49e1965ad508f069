import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@testable import Advisories

private let lists = "/var/lib/apt/lists/"

private func installed(
  _ name: String, _ version: String, _ architecture: String = "amd64", want: String = "install"
)
  -> String
{
  "Package: \(name)\nStatus: \(want) ok installed\nArchitecture: \(architecture)\nVersion: \(version)\n"
    + "Source: src-\(name)\n\n"
}

private func offered(_ name: String, _ version: String, _ architecture: String = "amd64") -> String {
  "Package: \(name)\nVersion: \(version)\nArchitecture: \(architecture)\nFilename: \(name)\nSize: 1\n\n"
}

private func release(_ suite: String, _ packages: String?, extra: String = "") -> String {
  "Suite: \(suite)\nDate: Mon, 23 Nov 2026 11:22:37 UTC\nArchitectures: amd64\n\(extra)"
    + (packages.map { "SHA256:\n 00 \($0.utf8.count) main/binary-amd64/Packages\n" } ?? "")
}

private let status =
  installed("dpkg", "1.21") + installed("curl", "7-1") + installed("libc6", "2.36-1", want: "hold")
  + installed("tzdata", "2024", "all") + installed("libc6", "2.36-1", "i386")
  + "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n"
  + "Package: half\nStatus: install ok half-configured\nArchitecture: amd64\nVersion: 1\n\n"

private let main =
  offered("curl", "7-1") + offered("libc6", "2.36-2") + offered("tzdata", "2026", "all")
  + offered("gone", "2")
  + offered("half", "2") + offered("stranger", "9")
private let security = offered("curl", "7-2") + offered("dpkg", "1.20")

private func guest(_ files: [String: String] = [:]) -> GuestFixture {
  var all = [
    "/etc/apt/sources.list":
      "deb http://h/d s main\ndeb http://h/d s-security main\n#deb http://h/d s-backports main\n",
    "/var/lib/dpkg/arch": "amd64\ni386\n", "/var/lib/dpkg/status": status,
    lists + "h_d_dists_s_InRelease": release("stable", main),
    lists + "h_d_dists_s_main_binary-amd64_Packages": main,
    lists + "h_d_dists_s-security_Release": release("stable-security", security),
    lists + "h_d_dists_s-security_main_binary-amd64_Packages": security,
    // Of a source that is not enabled.
    lists + "h_d_dists_s-backports_main_binary-amd64_Packages": offered("curl", "99"),
  ]
  all.merge(files) { $1 }
  return GuestFixture(all.filter { !$0.value.isEmpty })
}

private func words(_ updates: AvailableUpdates) -> [String] {
  updates.updates.map {
    "\($0.package.name):\($0.package.architecture) \($0.candidate) \($0.suite)\($0.isSecurity ? " !" : "")"
  }
}

@Suite struct AvailableUpdatesTests {
  @Test func whatAptWouldList() throws {
    let updates: AvailableUpdates = try guest().scannedFacts().model()
    #expect(
      words(updates) == [
        "curl:amd64 7-2 s-security !", "half:amd64 2 s", "libc6:amd64 2.36-2 s", "tzdata:all 2026 s",
      ])
    #expect(updates.unknown.isEmpty && updates.date == 1_795_432_957 && updates.skipped == 0)
  }

  /// The candidate comes from main, but on the way to it lies a security update.
  @Test func aSecurityUpdateThatMainHasOvertaken() throws {
    let newer = main + offered("curl", "7-3")
    let updates: AvailableUpdates = try guest([
      lists + "h_d_dists_s_InRelease": release("stable", newer),
      lists + "h_d_dists_s_main_binary-amd64_Packages": newer,
    ]).scannedFacts().model()
    #expect(words(updates).first == "curl:amd64 7-3 s !")
  }

  @Test func foreignArchitectures() throws {
    let foreign = offered("libc6", "2.36-9", "i386") + offered("curl", "8", "i386")
    let updates: AvailableUpdates = try guest([
      lists + "h_d_dists_s_InRelease":
        "Suite: s\nArchitectures: amd64 i386\nSHA256:\n 0 \(main.utf8.count) main/binary-amd64/Packages\n"
        + " 0 \(foreign.utf8.count) main/binary-i386/Packages\n",
      lists + "h_d_dists_s_main_binary-i386_Packages": foreign,
    ]).scannedFacts().model()
    #expect(words(updates).contains("libc6:i386 2.36-9 s") && words(updates).contains("libc6:amd64 2.36-2 s"))
    #expect(!words(updates).contains { $0.hasPrefix("curl:amd64 8") })
  }

  @Test func pinsHold() throws {
    let updates: AvailableUpdates = try guest([
      "/etc/apt/preferences.d/a.pref": "Package: *\nPin: release a=stable-security\nPin-Priority: -1\n",
      "/etc/apt/preferences.d/b.bak": "Package: *\nPin: release a=stable\nPin-Priority: -1\n",
    ]).scannedFacts().model()
    #expect(words(updates) == ["half:amd64 2 s", "libc6:amd64 2.36-2 s", "tzdata:all 2026 s"])
  }

  /// What is known of one suite stays known where nothing is of another.
  @Test(arguments: [
    ("h_d_dists_s-security_main_binary-amd64_Packages", "", "index is not there"),
    ("h_d_dists_s-security_main_binary-amd64_Packages", offered("curl", "7-2"), "that were published"),
    ("h_d_dists_s-security_main_binary-amd64_Packages", String(security.dropLast(20)), "cut short"),
    ("h_d_dists_s-security_main_binary-amd64_Packages", "\u{0}\u{1}\u{2}\n", "not an index"),
    ("h_d_dists_s-security_Release", "<html>", "not a Release file"),
  ])
  func whatIsNotWholeIsUnknown(_ file: String, _ content: String, _ reason: String) throws {
    let updates: AvailableUpdates = try guest([lists + file: content]).scannedFacts().model()
    let unknown = try #require(updates.unknown.first)
    #expect(updates.unknown.count == 1 && unknown.name == "http://h/d s-security")
    #expect(unknown.gap.reason.contains(reason), "\(unknown.gap)")
    #expect(words(updates).contains("libc6:amd64 2.36-2 s"))
  }

  @Test func withoutListsEverySuiteIsUnknown() throws {
    let guest = GuestFixture([
      "/etc/apt/sources.list": "deb http://h/d s main\n", "/var/lib/dpkg/status": status,
    ])
    let updates: AvailableUpdates = try guest.scannedFacts().model()
    #expect(updates.updates.isEmpty && updates.unknown.map(\.name) == ["http://h/d s"])
  }

  @Test func evidenceWithoutTheProbeKnowsNothing() throws {
    let updates = try guest().model(AvailableUpdates.self)
    #expect(updates.unknown.count == 2)
  }

  @Test func disabledSourcesDoNotCount() throws {
    let updates: AvailableUpdates = try guest([
      "/etc/apt/sources.list": "deb http://h/d s main\n",
      "/etc/apt/sources.list.d/x.sources":
        "Types: deb\nURIs: http://h/d\nSuites: s-security\nComponents: main\nEnabled: no\n",
    ]).scannedFacts().model()
    #expect(!words(updates).contains { $0.hasPrefix("curl") })
  }

  @Test func indexesOfTheUser() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "brinell-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func write(_ path: String, _ text: String) throws {
      let url = URL(filePath: "\(folder)/\(path)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: url, atomically: false, encoding: .utf8)
    }
    let given = offered("curl", "7-5")
    try write("d/dists/s-security/Release", release("stable-security", given))
    try write("d/dists/s-security/main/binary-amd64/Packages", given)
    let facts = try guest().scannedFacts()
    facts.supply(try SuppliedIndexes(folder: folder))
    let updates: AvailableUpdates = try facts.model()
    #expect(words(updates).first == "curl:amd64 7-5 s-security !" && words(updates).count == 4)
    #expect(throws: IndexError.self) { try SuppliedIndexes(folder: folder + "/none") }
  }
}

@Suite struct OtherUpdatesTests {
  @Test func apkNamesItsCacheByTheAddress() {
    #expect(ApkUpdates.digest("http://dl-cdn.alpinelinux.org/alpine/v3.8/main") == "adfa7ceb")
    #expect(ApkUpdates.digest("http://dl-cdn.alpinelinux.org/alpine/v3.9/main") == "b89edf6e")
  }

  private func package(_ name: String, _ version: String, _ architecture: String) -> Package {
    Package(name: name, version: version, architecture: architecture, origin: Origin(kind: .vendor))
  }

  @Test func theNewestCounts() {
    let installed = [
      package("kernel", "5.14-1", "x86_64"), package("kernel", "5.14-3", "x86_64"),
      package("a", "1:1-1", "noarch"),
      package("b", "1-1", "x86_64"),
    ]
    let offers = [
      IndexedPackage(name: "kernel", version: "5.14-2", architecture: "x86_64"),
      IndexedPackage(name: "a", version: "2-1", architecture: "noarch"),
      IndexedPackage(name: "a", version: "1:1-2", architecture: "x86_64"),
      IndexedPackage(name: "b", version: "9-1", architecture: "i686"),
    ].map { ($0, suite: "baseos") }
    let updates = AvailableUpdates.newer(than: installed, among: offers, .rpm)
    #expect(updates.map { "\($0.package.name) \($0.candidate)" } == ["a 1:1-2"])
  }

  @Test func pacman() throws {
    let desc = "%NAME%\nzlib\n\n%VERSION%\n1:1.3-1\n\n%ARCH%\nx86_64\n\n"
    let guest = GuestFixture([
      "/etc/pacman.conf":
        "[options]\nSigLevel = Required\n[core]\nServer = http://h\n[extra]\nServer = http://h\n",
      "/var/lib/pacman/local/zlib-1:1.2-1/desc": desc.replacing("1.3", with: "1.2"),
    ])
    let archive = try #require(
      Data(
        base64Encoded:
          "H4sIAAAAAAACA+3VT2vCQBCH4T3vp/Cyx8Rd86fiLZWUCmohgV4lsWkRPYhpQfLpHTSQ1lMPbUB8n8vszGUv+9tpdpvSc37gO280fKvqtfp7VsRheK7iuloXdOfz3NkgiNTAqh581Z/FQa5X98k8zebpMlmkRjfyFPz99kNr0w2keUzytvHKoq5k8ppm+exlabSbtE9Hhkk2fTb6OI5Xcai1wk1ovuf/fbOr6v7zLz/Adf4jF5P/PhyJwF2T8P/X2v99/t3oZ/7tg4vIfz/7/7LqSzY2AAAAAAAAAAAAANy2E7gON8oAKAAA"
      ))
    guest.filesystem.addFile("/var/lib/pacman/sync/core.db", .bytes(Array(archive)))
    let updates: AvailableUpdates = try guest.scannedFacts().model()
    #expect(
      updates.updates.map { "\($0.package.name) \($0.candidate) \($0.suite)" } == ["zlib 1:1.3.1-2 core"])
    #expect(updates.unknown.map(\.name) == ["extra"] && !updates.tellsSecurity)
  }
}

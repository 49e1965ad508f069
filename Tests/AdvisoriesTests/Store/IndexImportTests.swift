import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@testable import Advisories

/// Indexes of repositories in the database of advisories.
@Suite struct IndexImportTests {
  private func offered(_ name: String, _ version: String, _ architecture: String = "amd64") -> String {
    "Package: \(name)\nVersion: \(version)\nArchitecture: \(architecture)\nSource: src-\(name)\nFilename: a\nSize: 1\n\n"
  }

  private func release(_ suite: String, _ packages: String, day: Int = 24) -> String {
    "Suite: \(suite)\nDate: Tue, \(day) Nov 2026 11:00:00 UTC\nArchitectures: amd64\n"
      + "SHA256:\n 00 \(packages.utf8.count) main/binary-amd64/Packages\n"
  }

  private let status =
    "Package: curl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 7-1\n\n"
    + "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"

  private func guest(_ files: [String: String] = [:]) -> GuestFixture {
    GuestFixture(
      [
        "/etc/apt/sources.list": "deb http://h/debian s main\n", "/var/lib/dpkg/arch": "amd64\n",
        "/var/lib/dpkg/status": status,
      ].merging(files) { $1 })
  }

  private func words(_ guest: GuestFixture, _ folder: ImportFolder, suites: [String] = []) throws -> [String]
  {
    let facts = try guest.scannedFacts()
    facts.supply(try folder.store())
    if !suites.isEmpty { facts.supply(try NamedSuites(suites)) }
    let updates: AvailableUpdates = try facts.model()
    return updates.updates.map {
      "\($0.package.name) \($0.candidate) \($0.suite)\($0.isSecurity ? " !" : "")"
    }
      + updates.unknown.map { "unknown \($0.name)" }
  }

  private func mirror(
    _ folder: ImportFolder, _ path: String, _ suite: String, _ packages: String, day: Int = 24
  )
    throws
  {
    try folder.write("\(path)/dists/\(suite)/Release", release(suite, packages, day: day))
    try folder.write("\(path)/dists/\(suite)/main/binary-amd64/Packages", packages)
  }

  @Test func aMirrorIsImportedAndAsked() throws {
    let folder = try ImportFolder()
    try mirror(folder, "mirror/debian", "s", offered("curl", "7-2") + offered("stranger", "1"))
    let outcome = try #require(try folder.importing("mirror").first)
    #expect(outcome.source.kind == "indexes" && outcome.source.indexed == 2 && outcome.source.advisories == 0)
    #expect(outcome.source.date == "2026-11-24" && outcome.source.skipped == [:])
    #expect(try words(guest(), folder) == ["curl 7-2 s"])
    // Importing the same path again replaces what it brought.
    try mirror(folder, "mirror/debian", "s", offered("curl", "7-3"))
    let again = try #require(try folder.importing("mirror").first)
    #expect(again.replaced?.indexed == 2)
    #expect(try words(guest(), folder) == ["curl 7-3 s"])
    // The archive of another name is another one.
    let other = guest(["/etc/apt/sources.list": "deb http://h/other s main\n"])
    #expect(try words(other, folder) == ["unknown http://h/other s"])
  }

  @Test func listsOfAptAreTold() throws {
    let folder = try ImportFolder()
    let packages = offered("curl", "7-2")
    try folder.write("lists/h_debian_dists_s_InRelease", release("s", packages))
    try folder.write("lists/h_debian_dists_s_main_binary-amd64_Packages", packages)
    try folder.importing("lists")
    #expect(try words(guest(), folder) == ["curl 7-2 s"])
  }

  /// Of the guest's own index and of the imported one the newer counts.
  @Test(arguments: [(23, "curl 7-2 s"), (24, "curl 7-9 s"), (25, "curl 7-9 s")])
  func theNewerIndexCounts(_ day: Int, _ expected: String) throws {
    let folder = try ImportFolder()
    try mirror(folder, "debian", "s", offered("curl", "7-2"))
    try folder.importing("debian")
    let own = offered("curl", "7-9")
    let guest = guest([
      "/var/lib/apt/lists/h_debian_dists_s_Release": release("s", own, day: day),
      "/var/lib/apt/lists/h_debian_dists_s_main_binary-amd64_Packages": own,
    ])
    #expect(try words(guest, folder) == [expected])
  }

  @Test func suitesThatTheUserNamesCountToo() throws {
    let folder = try ImportFolder()
    try mirror(folder, "m/debian", "s", offered("curl", "7-1"))
    try mirror(folder, "m/debian-security", "s-security", offered("curl", "7-2"))
    try folder.importing("m")
    #expect(try words(guest(), folder) == [])
    let named = try words(guest(), folder, suites: ["deb http://h/debian-security s-security main"])
    #expect(named == ["curl 7-2 s-security !"])
    for line in ["", "http://h/debian s main", "deb-src http://h s main", "deb http://h"] {
      #expect(throws: IndexError.self) { try NamedSuites([line]) }
    }
  }

  @Test func damagedIndexesAreLeftOutAndCounted() throws {
    let folder = try ImportFolder()
    let packages = offered("curl", "7-2")
    try mirror(folder, "debian", "s", packages + offered("dpkg", "2"))
    try folder.write(
      "debian/dists/s/contrib/binary-amd64/Packages", String(offered("x", "1").dropLast(12)))
    try folder.write("debian/dists/s/non-free/binary-amd64/Packages", "\u{0}\u{1}garbage\n")
    try folder.write("debian/dists/s/extra/binary-amd64/Packages", packages + "Version: 1\n\n" + packages)
    let outcome = try #require(try folder.importing("debian").first)
    #expect(outcome.source.indexed == 4)
    #expect(outcome.source.skipped.values.reduce(0, +) == 3, "\(outcome.source.skipped)")
    #expect(outcome.source.skipped["a record of an index that cannot be read"] == 1)
    // An index alone that is of no use is an error, and so is one that is cut in half.
    try folder.write("Packages", String(packages.dropLast(30)))
    #expect(folder.message { try folder.importing("Packages") }.contains("cut short"))
  }

  /// Names such as baseos are of many distributions; the folder tells which.
  @Test func repositoriesOfRpm() throws {
    let folder = try ImportFolder()
    let primary =
      #"<metadata packages="1"><package type="rpm"><name>curl</name><arch>x86_64</arch>"#
      + #"<version epoch="0" ver="8.1" rel="2"/></package></metadata>"#
    let repomd =
      #"<repomd><data type="primary"><location href="repodata/1-primary.xml"/><timestamp>1795000000</timestamp>"#
      + "</data></repomd>"
    for system in ["rocky-9", "almalinux-9"] {
      try folder.write("repos/\(system)/baseos/repodata/repomd.xml", repomd)
      try folder.write(
        "repos/\(system)/baseos/repodata/1-primary.xml",
        system == "rocky-9" ? primary : primary.replacing("8.1", with: "9.9"))
    }
    try folder.importing("repos")
    func guest(_ id: String) -> GuestFixture {
      let guest = GuestFixture([
        "/etc/os-release": "ID=\(id)\nVERSION_ID=9.4\n",
        "/etc/yum.repos.d/a.repo": "[baseos]\nname=b\nbaseurl=http://h/\nenabled=1\n",
      ])
      guest.filesystem.addFile(
        "/var/lib/rpm/Packages.db", .bytes(RpmSamples.ndb([RpmSamples.package("curl", "8.0")])))
      return guest
    }
    #expect(try words(guest("rocky"), folder) == ["curl 8.1-2 baseos"])
    #expect(try words(guest("almalinux"), folder) == ["curl 9.9-2 baseos"])
    #expect(try words(guest("fedora"), folder) == ["unknown baseos"])
  }

  @Test func theIndexOfAlpineForTheGuestsArchitecture() throws {
    let folder = try ImportFolder()
    for (architecture, version) in [("x86_64", "2-r0"), ("aarch64", "3-r0")] {
      let script = """
        import io, sys, tarfile, os
        os.makedirs(os.path.dirname(sys.argv[2]), exist_ok=True)
        data = open(sys.argv[1], "rb").read()
        with tarfile.open(sys.argv[2], "w:gz") as archive:
            info = tarfile.TarInfo("APKINDEX")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        """
      let text = "P:zlib\nV:\(version)\nA:\(architecture)\no:zlib\n\n"
      let run = try Python.run(
        script, on: text, ["\(folder.path)/alpine/v3.20/main/\(architecture)/APKINDEX.tar.gz"])
      #expect(run.status == 0, "\(run.output)")
    }
    try folder.importing("alpine")
    for (architecture, expected) in [("x86_64", "zlib 2-r0"), ("aarch64", "zlib 3-r0")] {
      let repository = "http://dl-cdn.alpinelinux.org/alpine/v3.20/main"
      let guest = GuestFixture([
        "/etc/apk/repositories": repository + "\n",
        "/lib/apk/db/installed": "P:zlib\nV:1-r0\nA:\(architecture)\no:zlib\n\n",
      ])
      #expect(try words(guest, folder) == ["\(expected) \(repository)"])
    }
  }
}

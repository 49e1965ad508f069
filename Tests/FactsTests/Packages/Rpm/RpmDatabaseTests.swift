import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@Suite struct RpmDatabaseTests {
  private func guest(_ path: String, _ bytes: [UInt8]) -> GuestFixture {
    let guest = GuestFixture()
    guest.filesystem.addFile(path, .bytes(bytes))
    return guest
  }

  private func packages(_ path: String, _ bytes: [UInt8]) throws -> InstalledPackages {
    try guest(path, bytes).model(InstalledPackages.self)
  }

  /// The NDB file has 35 slots in use, whatever its name says: counted from its bytes by hand too.
  @Test(arguments: [
    ("rpm/sqlite-129.rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite", 129),
    ("rpm/ndb-36.Packages.db", "/usr/lib/sysimage/rpm/Packages.db", 35),
    ("rpm/bdb-1.Packages", "/var/lib/rpm/Packages", 1),
  ])
  func realDatabases(_ name: String, _ path: String, count: Int) throws {
    guard let bytes = try testData(name) else { return }
    let model = try packages(path, bytes)
    #expect(model.packages.count == count && model.formats == ["rpm"])
    #expect(model.problems == [])
    let real = model.packages.filter { $0.name != "gpg-pubkey" }
    #expect(real.allSatisfy { $0.version.contains("-") && $0.licence != nil && $0.installedAt != nil })
    #expect(real.allSatisfy { $0.sourceVersion.contains("-") && !$0.architecture.isEmpty })
  }

  @Test func theOnePackageOfTheBerkeleyDatabase() throws {
    guard let bytes = try testData("rpm/bdb-1.Packages") else { return }
    let package = try #require(try packages("/var/lib/rpm/Packages", bytes).packages.first)
    #expect(package.name == "libuuid" && package.sourceName == "util-linux")
    #expect(package.licence == "BSD" && package.state == .installed)
  }

  @Test(arguments: [
    ("/var/lib/rpm/Packages.db", "ndb"), ("/var/lib/rpm/Packages", "bdb"),
    ("/usr/share/rpm/Packages", "bdb big"),
  ])
  func databasesLaidOutFromTheFormat(_ path: String, _ form: String) throws {
    let blobs = [
      RpmSamples.header([(1000, .text("tiny")), (1001, .text("2"))]),
      RpmSamples.package("bash", padding: 3000),
    ]
    let bytes =
      form == "ndb"
      ? RpmSamples.ndb(blobs) : RpmSamples.berkeley(blobs, isBig: form.hasSuffix("big"))
    let model = try packages(path, bytes)
    #expect(model.packages.map(\.name) == ["bash", "tiny"] && model.problems.isEmpty)
    let bash = try #require(model.installed("bash"))
    #expect(bash.version == "1.0-1" && bash.sourceName == "bash-src" && bash.sourceVersion == "1.0-1")
    #expect(bash.origin.path == path)
  }

  @Test func headerValues() throws {
    let blob = RpmSamples.header([
      (1000, .text("nginx")), (1001, .text("1.20.1")), (1002, .text("14.el9")), (1003, .number(2)),
      (1008, .number(1_700_000_000)), (1011, .text("Red Hat, Inc.")), (1014, .text("BSD")),
      (1022, .text("x86_64")),
      (1044, .text("nginx-1.20.1-14.el9.nosrc.rpm")), (1047, .texts(["webserver", "nginx(x86-64)"])),
      (5096, .text("nginx:1.20:8:c")),
    ])
    let package = try #require(
      try packages("/var/lib/rpm/Packages.db", RpmSamples.ndb([blob])).installed("webserver"))
    #expect(package.version == "2:1.20.1-14.el9" && package.sourceVersion == "2:1.20.1-14.el9")
    #expect(
      package.vendor == "Red Hat, Inc." && package.licence == "BSD" && package.installedAt == 1_700_000_000)
    #expect(package.sourceName == "nginx" && package.modularityLabel == "nginx:1.20:8:c")
  }

  @Test(arguments: [
    "/var/lib/rpm/Packages", "/var/lib/rpm/Packages.db", "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/usr/share/rpm/rpmdb.sqlite",
  ])
  func aDatabaseThatCannotBeReadIsNoEmptyOne(_ path: String) throws {
    let status = "Package: a\nStatus: install ok installed\nVersion: 1\n"
    for content in ["x", "", String(repeating: "SQLite format 3\0", count: 600)] {
      let guest = GuestFixture([path: content, "/var/lib/dpkg/status": status])
      #expect(throws: EvidenceGap.self) { try guest.model(InstalledPackages.self) }
    }
  }

  @Test func noPackagesAreAnErrorUnlessTheSystemIsOfAnotherKind() throws {
    let empty = guest("/var/lib/rpm/Packages.db", RpmSamples.ndb([]))
    #expect(throws: EvidenceGap.self) { try empty.model(InstalledPackages.self) }
    empty.filesystem.addFile("/var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\n")
    let model = try empty.model(InstalledPackages.self)
    #expect(model.formats == ["dpkg"] && model.packages.count == 1)
  }

  @Test func anEmptyFolderIsNoDatabase() throws {
    let guest = GuestFixture()
    guest.filesystem.addDirectory("/var/lib/rpm")
    #expect(try guest.model(InstalledPackages.self).formats.isEmpty)
  }

  @Test func aDatabaseBehindALinkIsReadOnceAndSeveralAreUnited() throws {
    let guest = guest("/usr/lib/sysimage/rpm/Packages.db", RpmSamples.ndb([RpmSamples.package("a")]))
    guest.filesystem.addLink("/var/lib/rpm", to: "../../usr/lib/sysimage/rpm")
    guest.filesystem.addFile(
      "/usr/share/rpm/Packages.db",
      .bytes(RpmSamples.ndb([RpmSamples.package("a"), RpmSamples.package("b")])))
    #expect(try guest.model(InstalledPackages.self).packages.map(\.name) == ["a", "b"])
  }

  @Test func damagedRecordsAreReportedAndTheRestKept() throws {
    var bytes = RpmSamples.ndb([RpmSamples.package("a"), RpmSamples.package("b"), [0, 0, 0, 1]])
    // The block of the second package is said to lie beyond the end.
    bytes.replaceSubrange(32 + 16 + 8..<32 + 16 + 12, with: [0xff, 0xff, 0xff, 0x7f])
    let model = try packages("/var/lib/rpm/Packages.db", bytes)
    #expect(model.packages.map(\.name) == ["a"] && model.problems.count == 2)
  }

  @Test func recordsThatLieOverEachOtherAreRefused() throws {
    var bytes = RpmSamples.ndb([RpmSamples.package("a", padding: 20_000), RpmSamples.package("b")])
    let first = Array(bytes[32..<48])
    for slot in 1..<200 { bytes.replaceSubrange(32 + 16 * slot..<48 + 16 * slot, with: first) }
    let start = ThreadClock.now
    #expect(throws: EvidenceGap.self) { try packages("/var/lib/rpm/Packages.db", bytes) }
    #expect(ThreadClock.now - start < .seconds(1))
  }

  @Test func anOverflowChainThatLoopsEnds() throws {
    var bytes = RpmSamples.berkeley([RpmSamples.package("a", padding: 3000), RpmSamples.package("b")])
    // The second overflow page names itself as the next one.
    bytes.replaceSubrange(3 * 512 + 16..<3 * 512 + 20, with: RpmSamples.little(3, 4))
    let model = try packages("/var/lib/rpm/Packages", bytes)
    #expect(model.packages.map(\.name) == ["b"] && model.problems.count == 1)
  }

  @Test(arguments: ["il", "dl", "offset", "count"]) func countsBeyondTheHeaderAreRefused(_ what: String)
    throws
  {
    var blob = RpmSamples.package("a")
    let place = ["il": 0, "dl": 4, "offset": 16, "count": 8 + 12][what] ?? 0
    blob.replaceSubrange(place..<place + 4, with: [0xff, 0xff, 0xff, 0xff])
    let model = try packages("/var/lib/rpm/Packages.db", RpmSamples.ndb([blob, RpmSamples.package("b")]))
    // A count too large of a single text does no harm.
    #expect(model.installed("b") != nil && (model.installed("a") == nil) == (what != "count"))
  }

  /// No input ends the process or takes long.
  @Test(arguments: ["/var/lib/rpm/Packages.db", "/var/lib/rpm/Packages"]) func damagedBytes(_ path: String) {
    let blobs = [RpmSamples.package("a"), RpmSamples.package("b", padding: 900)]
    let good = path.hasSuffix(".db") ? RpmSamples.ndb(blobs) : RpmSamples.berkeley(blobs)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<(isFullRun ? 20_000 : 300) {
      var bytes = good
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          [0, 1, 0x7f, 0xff].randomElement(using: &generator) ?? 0
      }
      if Bool.random(using: &generator) {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
      }
      _ = try? packages(path, bytes)
    }
  }

  @Test func whatLooksLikeASecretIsCutWithoutMovingAnything() throws {
    let key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n"
    let script = RpmSamples.header([(1000, .text("a")), (1001, .text("1")), (1023, .text(key))])
    let guest = guest("/var/lib/rpm/Packages.db", RpmSamples.ndb([script, RpmSamples.package("b")]))
    let evidence = try Collector(plan: CollectionPlan([InstalledPackages.self])).collect(guest.filesystem)
    let facts = GuestFacts(evidence, asOf: 0)
    #expect(try facts.model(InstalledPackages.self).packages.map(\.name) == ["a", "b"])
    let bytes = try #require(try evidence.bytes(at: "/var/lib/rpm/Packages.db"))
    #expect(!String(decoding: bytes, as: UTF8.self).contains("MIIEpAIBAAKCAQEA"))
  }
}

import TestSupport
import Testing

@testable import Facts

struct RpmLeavesTests {
  private func package(
    _ name: String, requires: [String] = [], provides: [String] = [], recommends: [String] = [],
    files: [String] = []
  ) -> [UInt8] {
    var tags: [(Int, RpmSamples.Value)] = [
      (1000, .text(name)), (1001, .text("1")), (1002, .text("1")), (1009, .number(2000)),
    ]
    if !requires.isEmpty { tags.append((1049, .texts(requires))) }
    if !provides.isEmpty { tags.append((1047, .texts(provides))) }
    if !recommends.isEmpty { tags.append((5046, .texts(recommends))) }
    if let file = files.first, let slash = file.lastIndex(of: "/") {
      tags.append((1116, .number(0)))
      tags.append((1117, .texts([String(file[file.index(after: slash)...])])))
      tags.append((1118, .texts([String(file[...slash])])))
    }
    return RpmSamples.header(tags)
  }

  private func leaves(_ packages: [[UInt8]]) throws -> [String] {
    let guest = GuestFixture()
    guest.filesystem.addFile("/var/lib/rpm/Packages.db", .bytes(RpmSamples.ndb(packages)))
    return try guest.model(RpmLeaves.self).items.map(\.name)
  }

  @Test func whatAnotherRequiresIsNoLeaf() throws {
    #expect(
      try leaves([
        package("top", requires: ["mid", "rpmlib(X)", "virtual"], recommends: ["nice"]),
        package("mid", requires: ["/bin/sh", "(config(low) or lower if other)"]),
        package("low", provides: ["config(low)"]), package("lower"), package("other"), package("nice"),
        package("p", provides: ["virtual"]), package("shell", files: ["/bin/sh"]),
        package("own", requires: ["own", "own-name"], provides: ["own-name"]),
      ]) == ["own", "top"])
  }

  @Test func sizesAreThere() throws {
    let guest = GuestFixture()
    guest.filesystem.addFile("/var/lib/rpm/Packages.db", .bytes(RpmSamples.ndb([package("a")])))
    #expect(try guest.model(RpmLeaves.self).items == [.init(name: "a", size: 2000)])
  }

  @Test func noDatabaseIsNotNothing() {
    #expect(throws: (any Error).self) { try GuestFixture().model(RpmLeaves.self) }
  }
}

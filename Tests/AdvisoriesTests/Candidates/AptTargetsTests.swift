import Testing

@testable import Advisories
@testable import Facts

private func suite(_ uri: String, _ suite: String, _ components: [String], _ options: [String: String] = [:])
  -> AptSuite
{
  AptSuite(
    AptSource(
      type: "deb", uri: uri, suite: suite, components: components, options: options, isEnabled: true,
      origin: Origin(kind: .explicit)),
    native: "amd64", architectures: ["amd64", "i386"])
}

@Suite struct AptTargetsTests {
  @Test(arguments: [
    (
      "http://deb.debian.org/debian/dists/bookworm/InRelease",
      "deb.debian.org_debian_dists_bookworm_InRelease"
    ),
    ("https://user:pa@ss@h:80/a_b/~x/Packages", "h:80_a%5fb_%7ex_Packages"),
    ("file:/srv/repo/./Packages", "_srv_repo_._Packages"), ("file:///srv/Packages", "_srv_Packages"),
    ("http://h/é%20", "h_%c3%a9%2520"),
  ])
  func namesOfLists(_ uri: String, _ name: String) { #expect(AptSuite.listName(of: uri) == name) }

  @Test func pathsOfIndexes() {
    let plain = suite("http://h/debian", "bookworm", ["main", "contrib"])
    #expect(plain.base == "http://h/debian/dists/bookworm/" && plain.site == "h")
    #expect(
      plain.targets.map(\.path) == [
        "main/binary-amd64/Packages", "main/binary-i386/Packages", "main/binary-all/Packages",
        "contrib/binary-amd64/Packages", "contrib/binary-i386/Packages", "contrib/binary-all/Packages",
      ])
    #expect(suite("http://h/", "./", []).base == "http://h/./")
    #expect(suite("http://h/$", "/", []).targets.map(\.path) == ["Packages"])
    #expect(suite("http://h", "$(ARCH)/", []).base == "http://h/amd64/")
    #expect(suite("file:///srv", "s", ["main"]).site == "" && suite("http://u@h:80/x", "s", []).site == "h")
  }

  @Test(arguments: [
    (["architectures": "arm64,amd64"], ["arm64", "amd64", "all"]),
    (["architectures": "arm64 all"], ["arm64", "all"]),
    (["architectures-add": "arm64"], ["amd64", "i386", "arm64", "all"]),
    (["architectures-remove": "i386"], ["amd64", "all"]),
    (["architectures-remove": "all"], ["amd64", "i386"]),
  ])
  func architectures(_ options: [String: String], _ expected: [String]) {
    #expect(suite("http://h", "s", ["main"], options).targets.map(\.architecture) == expected)
  }

  @Test func whatTheReleaseOffers() throws {
    let text =
      "Suite: s\nArchitectures: all amd64\nComponents: updates/main\nNo-Support-for-Architecture-all: Packages\n"
    let release = try DebianRelease(Array(text.utf8))
    let offered = suite("http://h", "s", ["main", "contrib"]).targets.filter { release.offers($0) }
    #expect(offered.map(\.path) == ["main/binary-amd64/Packages"])
    let older = try DebianRelease(Array("Suite: s\nArchitectures: amd64 all\n".utf8))
    #expect(
      suite("http://h", "s", ["main"]).targets.filter { older.offers($0) }.map(\.architecture) == [
        "amd64", "all",
      ])
    #expect(older.offers(suite("http://h", "./", []).targets[0]))
  }
}

import Facts
import TestSupport
import Testing

@Suite struct VersionSchemeTests {
  private func expect(_ scheme: VersionScheme, _ left: String, _ relation: String, _ right: String) {
    let (forth, back) = (scheme.order(left, right).signum(), scheme.order(right, left).signum())
    let expected = ["<": -1, "=": 0, ">": 1][relation]
    #expect(forth == expected && back == -forth, "\(scheme): \(left) \(relation) \(right)")
  }

  /// A list in which every version is older than the next.
  private func expectAscending(_ scheme: VersionScheme, _ list: String) {
    let versions = list.split(separator: " ").map(String.init)
    for (position, version) in versions.enumerated() {
      for later in versions[(position + 1)...] { expect(scheme, version, "<", later) }
    }
  }

  @Test(arguments: [
    (VersionScheme.apk, "osv-alpine-versions.txt", 700), (.apk, "osv-alpine-versions-generated.txt", 13_000),
    (.rpm, "osv-redhat-versions.txt", 150),
  ])
  func vectors(_ scheme: VersionScheme, _ file: String, _ least: Int) throws {
    guard let bytes = try testData("versions/\(file)") else { return }
    var count = 0
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3 else { continue }
      expect(scheme, words[0], words[1], words[2])
      count += 1
    }
    #expect(count > least)
  }

  @Test(arguments: [
    (VersionScheme.rpm, "1.0~rc1 1.0 1.0^git1 1.0.1 1:0.1"), (.rpm, "1 1- 1-1 1-1.1 1-2"),
    (.apk, "1_alpha 1_alpha2 1_rc 1 1-r0 1-r2 1_p1 1a 1.0 1.01 1.1 1.9 1.10 2"),
    (.pacman, "1.0a 1.0b 1.0beta 1.0p 1.0pre 1.0rc 1.0 1.0.a 1.0.1 1:0.1"),
    (
      .semver, "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.10"
    ),
    (
      .pep440,
      "garbage 1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 "
        + "1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456 "
        + "1.0.15 1.1.dev1 1!0.1"
    ),
    (
      .maven,
      "1-alpha2snapshot 1-alpha2 1-alpha-123 1-beta-2 1-beta123 1-m2 1-m11 1-rc 1-cr2 1-rc123 1-SNAPSHOT"
    ),
    (.maven, "1-snapshot 1 1-sp 1-sp2 1-sp123 1-abc 1-def 1-pom-1 1-1-snapshot 1-1 1-2 1-123"),
    (
      .maven, "2.0 2.0.a 2-1 2.0.2 2.0.123 2.1.0 2.1-a 2.1b 2.1-c 2.1-1 2.1.0.1 2.2 2.123 11"
    ),
    (.gem, "1.0.a 1.0.a.2 1.0.a10 1.0.b1 1.0.b.2 1.0.b10 1.0-1 1.0.rc1 1.0 1.0.1 1.2 1.10 2.a 2 10"),
    (.gem, "1.A 1.Z 1.a 1.a.1 1 1.0.0.0.1 1.1.a 1.1"),
  ])
  func ascending(_ scheme: VersionScheme, _ list: String) {
    expectAscending(scheme, list)
  }

  @Test(arguments: [
    (VersionScheme.rpm, "01:2", "1:2"), (.rpm, "1.0", "1.00"), (.rpm, "0:1", "1"), (.rpm, "1..2", "1_2"),
    (.pacman, "1.5", "1.5-1"), (.pacman, "0:1.5", "1.5"), (.apk, "1.2~abc1-r1", "1.2~def-r1"),
    (.semver, "v1.2", "1.2.0+build7"), (.semver, "1", "1.0.0.0"), (.pep440, "1.0", "1"),
    (.pep440, "v1.0-1", "1.0.POST1"), (.pep440, "1.0c1", "1.0-pre-1"), (.pep440, " 1.0_a", "1.0alpha0 "),
    (.pep440, "1.0+Ubuntu-1", "1.0+ubuntu.1"), (.maven, "1", "1.0.0-ga"), (.maven, "1a1", "1-alpha-1"),
    (.maven, "1x1", "1.0.x1"), (.maven, "1-FINAL", "1"), (.maven, "1cr3", "1.0-rc-3"), (.maven, "", "0"),
    (.gem, "1", "1.0.0"), (.gem, "1.0.a", "1.a"), (.gem, "1.0-a", "1.pre.a"), (.gem, "1.a.0", "1.a"),
    (.gem, " 1.01", "1.1"), (.gem, "", "0"),
  ])
  func sameOrder(_ scheme: VersionScheme, _ left: String, _ right: String) {
    expect(scheme, left, "=", right)
  }

  @Test func equalVersionsHashAlike() {
    #expect(Set([RpmVersion("01:2.0"), RpmVersion("1:2.00")]).count == 1)
    #expect(Set([PythonVersion("1.0"), PythonVersion("1")]).count == 1)
    #expect(Set([GemVersion("1.0.a"), GemVersion("1.a.0")]).count == 1)
    #expect(Set([MavenVersion("1.0-ga"), MavenVersion("1")]).count == 1)
    #expect(Set([SemanticVersion("v1.0+x"), SemanticVersion("1")]).count == 1)
  }

  @Test func aMissingReleaseDoesNotCountInDependencies() {
    #expect(RpmVersion.orderIgnoringMissingRelease(RpmVersion("1.0-3"), RpmVersion("1.0")) == 0)
    #expect(RpmVersion.orderIgnoringMissingRelease(RpmVersion("1.0-3"), RpmVersion("1.0-4")) < 0)
    #expect(RpmVersion("1.0-3") > RpmVersion("1.0"))
  }

  @Test(arguments: VersionScheme.allCases) func versionsOfManyCharactersAreComparedQuickly(
    _ scheme: VersionScheme
  ) {
    let start = ThreadClock.now
    for unit in ["1", "1.", "1-", "a1", "~", "^", "_rc1", "1.0-0.", "é", "-r", "a", "1+"] {
      let long = String(repeating: unit, count: 10_000)
      let forth = scheme.order(long + "1", long + "2").signum()
      #expect(scheme.order(long, long) == 0 && scheme.order(long + "2", long + "1").signum() == -forth)
    }
    #expect(ThreadClock.now - start < .seconds(5))
  }
}

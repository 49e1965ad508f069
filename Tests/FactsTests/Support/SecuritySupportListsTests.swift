import Evidence
import Facts
import TestSupport
import Testing

@Suite struct SecuritySupportListsTests {
  private func list(_ text: String) throws -> (SecuritySupportLists.List, [Int?]) {
    let lists = SecuritySupportLists([
      TextFile(path: "/x/security-support-ended.deb12", bytes: Array(text.utf8))
    ])
    return (try #require(lists.ended["12"]), lists.problems.map(\.line))
  }

  @Test(
    arguments: [
      ("xen", "xen"), ("xen2", nil), ("php-horde-core", "php-horde.*"), ("php-hord", nil),
      ("aphp-horde", nil),
      ("libsoup2.4", "libsoup2.4"), ("libxml++", "libxml++"), ("golang-1.19", "golang.*"),
      ("node-x", "node-.+"),
      ("node-", nil), ("one", "one|two"), ("two", "one|two"), ("twofold", nil), ("", nil),
    ] as [(String, String?)])
  func namesAreExpressionsForTheWholeName(_ source: String, _ pattern: String?) throws {
    let (list, problems) = try list(
      """
      # comment

      xen\t4.17 \t 2025-01-01   text with  blanks
      php-horde.* 0 2025-03-22 https://example.org
      libsoup2.4 1 2025-01-01
      libxml++ 1 2025-01-01
      golang.* 1 2025-01-01
      node-.+ 1 2025-01-01
      one|two 1 2025-01-01
      """)
    #expect(problems.isEmpty)
    #expect(list.entry(for: source)?.pattern == pattern)
    #expect(list.entries.first?.reason == "text with  blanks" && list.entries.first?.lastVersion == "4.17")
  }

  @Test func theFirstLineCounts() throws {
    let (list, _) = try list("a.* 1 2025-01-01 first\nab 2 2025-01-01 second\nab 3 2025-01-01 third\n")
    #expect(list.entry(for: "ab")?.reason == "first")
    let (other, _) = try self.list("ab 2 2025-01-01 second\na.* 1 2025-01-01 first\n")
    #expect(other.entry(for: "ab")?.reason == "second")
  }

  @Test func whatIsNoLineIsAProblem() throws {
    let (list, problems) = try list(
      "xen\nxen 1\nxen 1 soon text\n(a 1 2025-01-01\n(?=a) 1 2025-01-01\n\u{fffd} 1 2025-01-01\n")
    #expect(problems == [1, 2, 3, 4, 5] && list.entries.count == 1)
  }

  @Test func hostileListsEnd() throws {
    let many = (0..<20_000).map { "a*b*\($0).* 1 2025-01-01\n" }.joined()
    let (list, problems) = try list(many + String(repeating: "x", count: 100_000))
    #expect(list.entries.count == 100 && problems.count == 9_900)
    #expect(list.entry(for: String(repeating: "a", count: 10_000)) == nil)
  }

  @Test func theGuestsOwnListsAreTaken() throws {
    let folder = "/usr/share/debian-security-support/"
    let guest = GuestFixture([
      "/etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n",
      folder + "security-support-ended.deb12": "xen 1 2025-01-01\n",
      folder + "security-support-limited": "golang.*  text\n",
    ])
    let model = try guest.model(SecuritySupport.self)
    #expect(
      try model.ended().entry(for: "xen") != nil
        && model.limited().entry(for: "golang-1.19")?.reason == "text")
    let none = try GuestFixture(["/etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n"]).model(
      SecuritySupport.self)
    #expect(none.lists.isEmpty)
    #expect(throws: EvidenceGap.self) { try none.ended() }
    #expect(throws: EvidenceGap.self) { try none.limited() }
  }
}

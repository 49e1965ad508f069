import Testing

@testable import Facts

@Suite struct UnitNameTests {
  @Test(
    arguments: [
      ("ssh.service", "ssh", nil, "service"), ("ssh", "ssh", nil, "service"),
      ("getty@tty1.service", "getty", "tty1", "service"), ("getty@.service", "getty", "", "service"),
      ("a@b@c.socket", "a", "b@c", "socket"),
      ("dbus-org.freedesktop.hostname1", "dbus-org.freedesktop.hostname1", nil, "service"),
      ("-.mount", "-", nil, "mount"),
    ] as [(String, String, String?, String)])
  func splits(_ text: String, prefix: String, instance: String?, type: String) throws {
    let name = try #require(UnitName(text))
    #expect(name.prefix == prefix && name.instance == instance && name.type == type)
  }

  @Test(arguments: [
    "", ".service", "@x.service", "a/b.service", "a b.service", "ü.service",
    String(repeating: "a", count: 250) + ".service",
  ])
  func refuses(_ text: String) { #expect(UnitName(text) == nil) }

  @Test func filesNeedAType() {
    #expect(UnitName(full: "README") == nil)
    #expect(UnitName(full: "x.wants") == nil)
  }

  @Test func directoriesFromSpecificToGeneral() throws {
    #expect(
      try #require(UnitName("foo-bar-baz@q.service")).namesForDirectories == [
        "foo-bar-baz@q.service", "foo-bar-baz@.service", "foo-bar-@.service", "foo-@.service",
        "foo-bar-@q.service", "foo-bar-@.service", "foo-@.service", "foo-@q.service", "foo-@.service",
      ])
    #expect(try #require(UnitName("-.mount")).namesForDirectories == ["-.mount"])
    #expect(
      try #require(UnitName("user-.slice")).namesForDirectories == ["user-.slice"])
  }

  @Test(arguments: [
    ("/", "-"), ("/var/log", "var-log"), ("/a-b/c", "a\\x2db-c"), ("/.hidden", "\\x2ehidden"), ("//x//", "x"),
  ])
  func escapesPaths(_ path: String, _ escaped: String) { #expect(unitNameEscaped(path: path) == escaped) }
}

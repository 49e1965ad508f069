import Facts
import TestSupport
import Testing

@Suite struct MailAliasesTests {
  @Test func theFileOfAliases() throws {
    let model = try GuestFixture([
      "/etc/aliases":
        "# See man 5 aliases\npostmaster:    root\nRoot: joe,\n  ann@example.org # x\n\nroot: later\n\"Odd Name\": x\nbroken\nempty:\n"
    ]).model(MailAliases.self)
    #expect(model.destinations(of: "root")?.value == ["joe", "ann@example.org"])
    #expect(model.destinations(of: "root")?.origin.line == 3)
    #expect(model.destinations(of: "odd name")?.value == ["x"])
    #expect(model.destinations(of: "empty") == nil && model.destinations(of: "broken") == nil)
  }

  @Test func postfixNamesAnother() throws {
    let model = try GuestFixture([
      "/etc/aliases": "root: no\n", "/etc/mine": "root: yes\n",
      "/etc/postfix/main.cf": "alias_maps = hash:/etc/mine\n",
    ]).model(MailAliases.self)
    #expect(model.destinations(of: "root")?.value == ["yes"])
  }

  @Test func withoutAFile() throws { #expect(try GuestFixture().model(MailAliases.self).path == nil) }
}

import Facts
import TestSupport
import Testing

@Suite struct AptConfigurationTests {
  private func model(_ files: [String: String]) throws -> AptConfiguration {
    try GuestFixture(Dictionary(uniqueKeysWithValues: files.map { ("/etc/apt/\($0.key)", $0.value) })).model()
  }

  @Test func formsOfTheSyntax() throws {
    let model = try model([
      "apt.conf.d/50x": """
      // one
      /* two
         A::B "no"; */
      # three
      APT::Get::AllowUnauthenticated "true";
      apt { Get { Assume-Yes true; }; Periodic { Enable "1" } }
      List { "a"; "b;c"; };
      List:: "d";
      Unattended-Upgrade::Origins-Pattern {
        "origin=Debian,label=Debian-Security"; // tail
      };
      """
    ])
    #expect(model.value("APT::get::allowunauthenticated")?.value == "true")
    #expect(model.value("APT::Get::AllowUnauthenticated")?.origin.line == 5)
    #expect(model.value("APT::Get::Assume-Yes")?.value == "true")
    #expect(model.value("APT::Periodic::Enable")?.value == "1")
    #expect(model.list("List").map(\.value) == ["a", "b;c", "d"])
    #expect(model.list("Unattended-Upgrade::Origins-Pattern").first?.origin.line == 10)
    #expect(model.value("A::B") == nil)
  }

  @Test func theLastFileWins() throws {
    let model = try model([
      "apt.conf.d/10a": "X \"1\";", "apt.conf.d/20b.conf": "X \"2\";", "apt.conf.d/30c.disabled": "X \"3\";",
      "apt.conf.d/40 d": "X \"4\";", "apt.conf": "X \"5\";",
    ])
    let value = try #require(model.value("X"))
    #expect(value.value == "5" && value.shadowed.map(\.value) == ["2", "1"])
  }

  @Test func clearForgets() throws {
    let model = try model(["apt.conf.d/1": "A::B \"x\"; L { \"1\"; }; #clear A; #clear L;\nA::C \"y\";"])
    #expect(model.value("A::B") == nil && model.list("L").isEmpty && model.value("A::C")?.value == "y")
  }

  @Test(arguments: [
    "A \"unclosed", "}}}}", "{{{{", "A::B", "/* open", String(repeating: "A {", count: 100_000), "\u{0}\u{1}",
  ])
  func uglyTexts(_ text: String) throws { #expect(try model(["apt.conf": text]).value("A::B") == nil) }
}

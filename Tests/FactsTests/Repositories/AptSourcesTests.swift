import Facts
import TestSupport
import Testing

@Suite struct AptSourcesTests {
  @Test func bothForms() throws {
    let model = try GuestFixture([
      "/etc/apt/sources.list": """
      # deb http://old/ x main
      deb [ arch=amd64 signed-by=/k.gpg trusted=yes ] http://a/debian bookworm main contrib # tail
      deb-src [trusted=no] http://a/debian bookworm main
      """,
      "/etc/apt/sources.list.d/b.sources": """
      # a comment
      Types: deb deb-src
      URIs: https://b/debian
      Suites: bookworm bookworm-updates
      Components: main
      Signed-By:
       -----BEGIN PGP PUBLIC KEY BLOCK-----
       .
       abc

      Enabled: no
      Types: deb
      URIs: https://c/
      Suites: ./
      Trusted: yes
      """,
    ]).model(AptSources.self)
    #expect(model.problems.isEmpty)
    #expect(
      model.entries.map { "\($0.type) \($0.uri) \($0.suite)" } == [
        "deb http://a/debian bookworm", "deb-src http://a/debian bookworm", "deb https://b/debian bookworm",
        "deb https://b/debian bookworm-updates", "deb-src https://b/debian bookworm",
        "deb-src https://b/debian bookworm-updates", "deb https://c/ ./",
      ])
    #expect(model.entries[0].components == ["main", "contrib"] && model.entries[0].flag("trusted") == true)
    #expect(model.entries[0].options["signed-by"] == "/k.gpg" && model.entries[0].origin.line == 2)
    #expect(model.entries[1].flag("trusted") == false)
    #expect(
      model.entries[2].isEnabled && !model.entries[6].isEnabled && model.entries[6].flag("trusted") == true)
  }

  @Test func namesThatAptIgnores() throws {
    let model = try GuestFixture([
      "/etc/apt/sources.list.d/a.list.bak": "deb http://a/ x main",
      "/etc/apt/sources.list.d/b c.list": "deb http://b/ x y",
      "/etc/apt/sources.list.d/d~.list": "deb http://d/ x y",
      "/etc/apt/sources.list.d/.e.list": "deb http://e/ x y",
      "/etc/apt/sources.list.d/f.list": "deb http://f/ x y\n",
    ]).model(AptSources.self)
    #expect(model.entries.map(\.uri) == ["http://f/"])
  }

  @Test(arguments: [
    "deb [trusted=yes http://a/ x", "deb", "rpm http://a/ x", "deb http://a/", "[a=b] deb http://a/ x",
  ])
  func badLinesAreProblems(_ line: String) throws {
    let model = try GuestFixture(["/etc/apt/sources.list": line]).model(AptSources.self)
    #expect(model.entries.isEmpty && model.problems.count == 1)
  }

  @Test func aHugeListIsBounded() throws {
    let line =
      "Types: deb\nURIs: \(String(repeating: "http://a/ ", count: 1000))\nSuites: \(String(repeating: "x ", count: 1000))\n"
    let model = try GuestFixture(["/etc/apt/sources.list.d/a.sources": line]).model(AptSources.self)
    #expect(model.entries.count == 10_000)
  }
}

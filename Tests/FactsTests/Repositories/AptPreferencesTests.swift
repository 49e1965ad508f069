import Facts
import TestSupport
import Testing

@Suite struct AptPreferencesTests {
  @Test func filesInTheirOrder() throws {
    let model: AptPreferences = try GuestFixture([
      "/etc/apt/preferences":
        "# a comment\nExplanation: x\nPackage: a:i386 src:b\n# one more\nPin: VERSION 1.*\nPin-Priority: 7\n",
      "/etc/apt/preferences.d/20": "Package: *\nPin:  release  o=Debian,\n a=stable\nPin-Priority: -7\n",
      "/etc/apt/preferences.d/10.pref": "Package: *\nPin: origin \"h\"\nPin-Priority: never\n",
      "/etc/apt/preferences.d/30.bak": "Package: *\nPin: origin \"x\"\nPin-Priority: 1\n",
    ]).model()
    #expect(
      model.pins.map(\.scope) == [
        .packages(name: "a", architecture: "i386"), .source(name: "b", architecture: nil), .everything,
        .everything,
      ])
    #expect(model.pins.map(\.kind) == [.version, .version, .origin, .release])
    #expect(model.pins.map(\.data).prefix(3) == ["1.*", "1.*", "\"h\""])
    #expect(model.pins.map(\.priority) == [7, 7, nil, -7])
    #expect(model.problems.isEmpty && model.pins[0].origin.path == "/etc/apt/preferences")
  }

  @Test(arguments: ["Pin: version 1\n", "Package: a\nPin: version 1\nPin-Priority: x\n"])
  func anErrorEndsTheFile(_ stanza: String) throws {
    let good = "Package: a\nPin: version 1\nPin-Priority: 1\n"
    let model: AptPreferences = try GuestFixture([
      "/etc/apt/preferences": good + "\n" + stanza + "\n" + good, "/etc/apt/preferences.d/a": good,
    ]).model()
    #expect(model.pins.count == 2 && model.problems.count == 1)
  }
}

@Suite struct AptPatternTests {
  @Test(arguments: [
    ("curl", "curl", true), ("curl", "CURL", true), ("curl", "curl7", false), ("lib*", "libssl3", true),
    ("*ssl*", "libssl3", true), ("*ssl", "libssl3", false), ("lib?sl3", "libssl3", true),
    ("[a-l]ib*", "libc", true),
    ("[!l]ib", "lib", false), ("[]x]", "]", true), ("[", "[", true), ("a\\*", "a*", true),
    ("a\\*", "ab", false),
    ("/^lib(c|ssl)/", "libssl3", true), ("/ssl/", "libssl3", true), ("/SSL3$/", "libssl3", true),
    ("/^ssl/", "libssl3", false), ("", "", true), ("", "a", false), ("*", "", true), ("/", "/", true),
  ])
  func matching(_ pattern: String, _ text: String, _ matches: Bool) throws {
    #expect(try #require(AptPattern(pattern)).matches(text) == matches)
  }

  @Test func whatIsNotKnownMatchesNothing() throws { #expect(try !#require(AptPattern("*")).matches(nil)) }

  @Test(arguments: ["/(?=a)/", "/[[:alpha:]]/", "[[:alpha:]]"]) func unsupported(_ pattern: String) {
    #expect(AptPattern(pattern) == nil)
  }

  /// What drives other matchers into exponential time.
  @Test func longTexts() throws {
    let text = String(repeating: "a", count: 20_000)
    #expect(try !#require(AptPattern(String(repeating: "*a", count: 200) + "b")).matches(text))
    #expect(try !#require(AptPattern("/^(a*)*b$/")).matches(String(text.prefix(2_000))))
  }
}

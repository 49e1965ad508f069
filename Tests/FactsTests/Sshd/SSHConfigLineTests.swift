import Evidence
import Testing

@testable import Facts

@Suite struct SSHConfigLineTests {
  private func parse(_ text: String) -> SSHConfigLine? { SSHConfigLine(text: text, number: 1) }

  @Test(arguments: [
    ("PermitRootLogin no", "permitrootlogin", ["no"]),
    ("  permitROOTlogin\tno  # why", "permitrootlogin", ["no"]),
    ("PermitRootLogin=no", "permitrootlogin", ["no"]),
    ("PermitRootLogin = \"no\"", "permitrootlogin", ["no"]),
    ("Banner \"/etc/a b\"", "banner", ["/etc/a b"]),
    ("Banner /etc/a\\ b", "banner", ["/etc/a b"]),
    ("AllowUsers a 'b c' \"d\\\"e\"", "allowusers", ["a", "b c", "d\"e"]),
    ("AcceptEnv A#B #C", "acceptenv", ["A#B"]),
  ])
  func splits(_ text: String, _ keyword: String, _ arguments: [String]) throws {
    let line = try #require(parse(text))
    #expect(line.keyword == keyword && line.arguments == arguments && line.problem == nil)
  }

  @Test(arguments: ["", "   ", "# PermitRootLogin yes", "\t#x"]) func skips(_ text: String) {
    #expect(parse(text) == nil)
  }

  @Test(arguments: ["PermitRootLogin", "PermitRootLogin   ", "Banner \"/etc/x"])
  func reportsWhatSshdRefuses(_ text: String) {
    #expect(parse(text)?.problem != nil)
  }

  @Test(arguments: [
    ("root", "root", true), ("root", "r*", true), ("root", "*,!root", false), ("root", "!root,*", false),
    ("root", "ro?t", true), ("bob", "alice,bob", true), ("bob", "!alice", false), ("bob", "", false),
  ])
  func patternLists(_ text: String, _ list: String, _ expected: Bool) {
    #expect(matchesPatternList(text, list) == expected)
  }

  @Test func patternsThatBacktrackStayCheap() {
    let text = String(repeating: "a", count: 20_000)
    #expect(!matchesPattern(text, "*a*a*a*a*b"))
  }

  @Test(arguments: [
    ("120", "120"), ("2m", "120"), ("1h30m", "5400"), ("1H", "3600"), ("0", "0"), ("none", "none"),
    ("2d1", "172801"),
  ])
  func times(_ text: String, _ seconds: String) { #expect(SshdKeyword.seconds(text) == seconds) }

  @Test(arguments: ["", "m", "5x", "-1", "99999999999999999999", "999999999w"])
  func timesThatSshdRefuses(_ text: String) { #expect(SshdKeyword.seconds(text) == nil) }
}

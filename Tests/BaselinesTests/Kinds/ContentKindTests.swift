import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct ContentKindTests {
  private func ask(_ parameters: [String: ParameterValue], _ files: [String: String]) throws -> [Outcome
    .Verdict]
  {
    try answers(ContentKind.self, parameters, GuestFixture(files)).map(\.verdict)
  }

  @Test(
    arguments: [
      (["match": .text("^a+$")], "b\naaa\n", true), (["match": .text("^a+$")], "#aaa\n", false),
      (["match": .text("^a+$")], "# x\n  aaa", false), (["not_match": .text("secret")], "# secret\n", true),
      (["not_match": .text("secret"), "comment": .text("")], "# secret\n", false),
      (["not_match": .text("secret")], "my secret\n", false),
      (["match": .text("AAA"), "ignore_case": .boolean(true)], "aaa", true),
      (["match": .text("a"), "not_match": .text("b")], "a\n", true),
      (["match": .text("a"), "not_match": .text("b")], "a\nb\n", false),
      (["match": .text("^x$")], "x\r\n", true), (["match": .text("x")], "", false),
    ] as [([String: ParameterValue], String, Bool)])
  func lines(_ parameters: [String: ParameterValue], _ text: String, _ passes: Bool) throws {
    #expect(
      try ask(parameters.merging(["path": .list(["/etc/x"])]) { $1 }, ["/etc/x": text]) == [
        passes ? .pass : .fail
      ])
  }

  @Test func eachFileOrAny() throws {
    let files = ["/etc/x.d/a": "yes\n", "/etc/x.d/b": "no\n"]
    let asked: [String: ParameterValue] = ["path": .list(["/etc/x.d/*"]), "match": .text("yes")]
    #expect(try ask(asked, files) == [.pass, .fail])
    #expect(try ask(asked.merging(["in": .text("any")]) { $1 }, files) == [.pass])
    #expect(
      try ask(["path": .list(["/etc/x.d/*"]), "match": .text("maybe"), "in": .text("any")], files) == [.fail])
  }

  @Test func withoutAFile() throws {
    #expect(try ask(["path": .list(["/etc/x"]), "match": .text("a")], [:]) == [.fail])
    #expect(try ask(["path": .list(["/etc/x"]), "not_match": .text("a")], [:]) == [.pass])
    #expect(
      try ask(["path": .list(["/etc/x"]), "match": .text("a"), "if_absent": .text("pass")], [:]) == [.pass])
  }

  @Test func aLineThatIsTooLongIsUndecided() {
    #expect(throws: EvidenceGap.self) {
      try ask(
        ["path": .list(["/etc/x"]), "match": .text("(a+)+$")],
        ["/etc/x": String(repeating: "a", count: 20_000)])
    }
  }

  @Test(
    arguments: [
      ["path": .list(["/x"])], ["match": .text("a")], ["path": .list(["/x"]), "match": .text("(")],
      ["path": .list(["x"]), "match": .text("a")],
    ] as [[String: ParameterValue]])
  func senselessParameters(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try ContentKind(Parameters(parameters)) }
  }
}

import Baselines
import TestSupport
import Testing

@Suite struct MailAliasKindTests {
  @Test(
    arguments: [
      ("root: joe\n", [:], true), ("root: root\n", [:], false), ("postmaster: root\n", [:], false),
      ("", [:], false),
      ("root: joe, ann\n", ["contains": .list(["ann"])], true),
      ("root: joe\n", ["contains": .list(["ann"])], false),
      ("root: a@example.org\n", ["matches": .text("@example\\.org$")], true),
    ] as [(String, [String: ParameterValue], Bool)])
  func root(_ text: String, _ more: [String: ParameterValue], holds: Bool) throws {
    let parameters = more.merging(["name": .text("root")]) { $1 }
    let outcomes = try answers(MailAliasKind.self, parameters, GuestFixture(["/etc/aliases": text]))
    #expect(outcomes.map(\.verdict) == [holds ? .pass : .fail])
  }
}

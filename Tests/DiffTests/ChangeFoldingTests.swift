import Testing

@testable import Diff

struct ChangeFoldingTests {
  private func change(_ subject: String, _ old: String, _ new: String) -> DiffChange {
    DiffChange(.changed, subject, old: .init(old), new: .init(new))
  }

  @Test(arguments: [
    ("a b c", "a d c", "b", "d"), ("a b", "a b c", "", "c"), ("a b", "a", "b", ""),
    // Another order is a change of its own.
    ("a b", "b a", "a b", "b a"),
  ])
  func whatBothHaveIsLeftOut(old: String, new: String, gone: String, come: String) {
    let reduced = change("x", old, new).reduced(separator: " ")
    #expect(reduced.old?.text == gone && reduced.new?.text == come)
  }

  @Test func oneCauseIsOneLine() {
    let same = ["a", "b", "c", "d"].map { change($0, "1", "2") }
    let changes = folded(same + [change("e", "1", "3")], "things")
    #expect(changes.map(\.subject) == ["4 things", "e"])
    #expect(changes[0].note == "a, b, c, d")
    #expect(folded(Array(same.prefix(3)), "things").count == 3)
  }
}

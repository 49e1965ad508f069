import Testing

@testable import Diff

struct KeyedTopicTests {
  private func item(_ key: String, _ text: String, line: Int? = nil) -> DiffItem {
    DiffItem(key, DiffChange.Value(text, path: "/etc/x", line: line))
  }

  @Test func addedRemovedAndChangedByKey() {
    let old = [item("a", "1"), item("b", "2"), item("c", "3")]
    let new = [item("b", "2"), item("c", "4"), item("d", "5")]
    let changes = keyedChanges(old, new)
    #expect(changes.map { "\($0.kind) \($0.subject)" } == ["removed a", "changed c", "added d"])
    #expect(keyedChanges(new, old) == changes.map(\.mirrored).sorted { $0.subject < $1.subject })
  }

  @Test func aPlaceIsNoChange() {
    #expect(keyedChanges([item("a", "1", line: 3)], [item("a", "1", line: 9)]).isEmpty)
  }

  @Test func aKeyWithSeveralTextsIsASet() {
    #expect(keyedChanges([item("a", "1"), item("a", "2")], [item("a", "2"), item("a", "1")]).isEmpty)
    let changes = keyedChanges([item("a", "1")], [item("a", "2"), item("a", "1")])
    #expect(changes.map { "\($0.old?.text ?? "") \($0.new?.text ?? "")" } == ["1 1, 2"])
  }
}

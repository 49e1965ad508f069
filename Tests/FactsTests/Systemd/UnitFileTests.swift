import Evidence
import Testing

@testable import Facts

@Suite struct UnitFileTests {
  private func read(_ text: String) -> UnitFile { UnitFile(TextFile(path: "/x", bytes: Array(text.utf8))) }

  @Test func joinsContinuedLinesAndSkipsComments() {
    let file = read("[Service]\nExecStart=/bin/a \\\n# between\n  --b \\\n; also\n  --c\nUser = root \r\n")
    #expect(file.assignments.map(\.value) == ["/bin/a  --b  --c", "root"])
    #expect(file.assignments.map(\.line) == [2, 7])
    #expect(file.problems.isEmpty)
  }

  @Test func reportsWhatIsNoAssignment() {
    let file = read("rubbish\n=novalue\n[Unit]\nWants=\n")
    #expect(file.problems == [1, 2])
    #expect(file.assignments == [.init(section: "Unit", key: "Wants", value: "", line: 4)])
  }

  @Test func aBackslashAtTheEndOfTheFileEndsTheValue() {
    #expect(read("[U]\nA=b\\").assignments.map(\.value) == ["b"])
  }

  @Test func survivesBytesThatAreNoText() {
    let file = UnitFile(TextFile(path: "/x", bytes: [0xff, 0x0a, 0x5b, 0x55, 0x5d, 0x0a, 0x41, 0x3d, 0xfe]))
    #expect(file.assignments.count == 1 && file.problems == [1])
  }

  @Test func anEndlessContinuationIsBounded() {
    let file = read("[U]\nA=" + String(repeating: "xxxxxxxxxxxxxxx\\\n", count: 200_000))
    #expect(file.assignments.allSatisfy { $0.value.utf8.count < 2 << 20 })
  }
}

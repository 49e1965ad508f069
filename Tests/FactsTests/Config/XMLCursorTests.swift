import Testing

@testable import Facts

struct XMLCursorTests {
  @Test(
    arguments: [
      ("&#65;", "A"), ("&#x41;", "A"), ("&lt;", "<"), ("&#x1F600;", "😀"), ("&#+65;", nil), ("&#-0;", nil),
      ("&#x+41;", nil), ("&#xD800;", nil), ("&#;", nil), ("&#x;", nil), ("&other;", nil), ("&amp", nil),
    ] as [(String, String?)])
  func readsEntities(_ text: String, _ expected: String?) throws {
    var cursor = try XMLCursor(Array(text.utf8))
    let read = try? cursor.readEntity()
    #expect(read.map { String(decoding: $0, as: UTF8.self) } == expected)
  }
}

import Facts
import TestSupport
import Testing

@Suite struct DpkgVersionTests {
  @Test(arguments: [
    ("1.0", "=", "0:1.0-0"), ("1.0~rc1", "<", "1.0"), ("1.0~~", "<", "1.0~"), ("1.0", "<", "1.0a"),
    ("1.0a", "<", "1.0+"),
    ("1:0.1", ">", "9"), ("10:1", ">", "9:1"), ("1-2-3", ">", "1-2-2"), ("1.001", "=", "1.1"), ("", "<", "1"),
    ("99999999999999999999999:1", ">", "9:1"), ("1.99999999999999999999999", ">", "1.9"), ("é", ">", "z"),
  ])
  func orders(_ left: String, _ relation: String, _ right: String) { expect(left, relation, right) }

  @Test(arguments: ["osv-debian-versions.txt", "osv-debian-versions-generated.txt"])
  func vectors(_ file: String) throws {
    guard let bytes = try testData("versions/\(file)") else { return }
    var count = 0
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3 else { continue }
      expect(words[0], words[1], words[2])
      count += 1
    }
    #expect(count > 25)
  }

  @Test func aVersionOfManyCharactersIsComparedQuickly() {
    let long = String(repeating: "1.a~", count: 100_000)
    #expect(DpkgVersion(long) < DpkgVersion(long + "1"))
  }

  private func expect(_ left: String, _ relation: String, _ right: String) {
    let (l, r) = (DpkgVersion(left), DpkgVersion(right))
    switch relation {
    case "<": #expect(l < r && !(r < l) && l != r, "\(left) < \(right)")
    case ">": #expect(l > r && l != r, "\(left) > \(right)")
    default: #expect(l == r && l.hashValue == r.hashValue, "\(left) = \(right)")
    }
  }
}

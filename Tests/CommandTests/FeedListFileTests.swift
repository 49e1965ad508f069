import Foundation
import Testing

@testable import Advisories
@testable import brinell

@Suite struct FeedListFileTests {
  private func read(_ text: String) throws -> FeedListFile {
    let path = NSTemporaryDirectory() + "brinell-feeds-\(UUID().uuidString).yaml"
    try Data(text.utf8).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try FeedListFile(path)
  }

  private func problem(_ text: String) -> String {
    do {
      _ = try read(text)
      return ""
    } catch {
      return (error as? Failure)?.message ?? "\(error)"
    }
  }

  @Test func everyKeyIsRead() throws {
    let sum = String(repeating: "a", count: 64)
    let list = try read(
      """
      total_mib: 10
      patience_seconds: 5
      deadline_seconds: 50
      feeds:
        - {name: a, url: "https://h/a.json", sha256: \(sum), max_mib: 3}
        - {name: b.c-1, url: "https://h/b.json", sha256_url: "https://h/SUMS"}
      """)
    #expect(list.totalLimit == 10 << 20 && list.rules.patience == 5 && list.rules.deadline == 50)
    #expect(list.feeds.map(\.name) == ["a", "b.c-1"])
    #expect(list.feeds.map { $0.address.absoluteString } == ["https://h/a.json", "https://h/b.json"])
    #expect(list.feeds[0].checksum == .sha256(sum) && list.feeds[0].sizeLimit == 3 << 20)
    #expect(try list.feeds[1].checksum == .published(#require(URL(string: "https://h/SUMS"))))
  }

  @Test func theUsualListIsValidAndEncrypted() throws {
    let list = try FeedListFile(standard: ())
    #expect(list.feeds.count > 10 && list.feeds.allSatisfy { $0.address.scheme == "https" })
  }

  @Test(arguments: [
    ("[]", "the list of feeds is a mapping"), ("total_mib: 1", "'feeds' is missing"),
    ("feeds: []", "'feeds' is a list of mappings"), ("feeds: text", "'feeds' is a list of mappings"),
    ("feeds: [text]", "a feed is a mapping"), ("feeds:\n  - {url: \"https://h/a\"}", "a feed needs a 'name'"),
    ("feeds:\n  - {name: ../a, url: \"https://h/a\"}", "a feed needs a 'name'"),
    ("feeds:\n  - {name: a}", "needs the 'url'"), ("feeds:\n  - {name: a, url: nothing}", "needs the 'url'"),
    ("feeds:\n  - {name: a, url: \"https://h/a\", sha256: 12}", "64 hexadecimal digits"),
    ("feeds:\n  - {name: a, url: \"https://h/a\", sha256_url: x}", "is no address"),
    ("feeds:\n  - {name: a, url: \"https://h/a\", ur: x}", "'ur' is not known here"),
    ("feeds:\n  - {name: a, url: \"https://h/a\", max_mib: 0}", "whole number from 1"),
    ("feed:\n  - {name: a, url: \"https://h/a\"}", "'feed' is not known here"),
    (
      "feeds:\n  - {name: a, url: \"https://h/a\"}\n  - {name: a, url: \"https://h/b\"}",
      "two feeds are called 'a'"
    ),
    ("feeds: [", "yaml"),
  ])
  func mistakesAreSaidWithTheirPlace(_ text: String, _ expected: String) {
    let message = problem(text)
    #expect(message.contains(expected) && message.contains(".yaml:"), "\(message)")
  }
}

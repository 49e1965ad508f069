import Evidence
import Foundation
import Testing

@testable import Advisories

@Suite(
  .enabled(if: FeedServer.isAvailable, "python3 is missing, which serves the files"), .timeLimit(.minutes(1)))
final class FeedDownloadTests {
  private let server: FeedServer
  private let folder = NSTemporaryDirectory() + "brinell-feeds-\(UUID().uuidString)"
  private var rules = TransferRules()

  init() throws { server = try FeedServer() }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func feed(
    _ path: String, checksum: RemoteFeed.Checksum? = nil, limit: Int64 = 1 << 20
  ) throws -> RemoteFeed {
    RemoteFeed(
      name: "feed", address: try #require(URL(string: server.address(path))), checksum: checksum,
      sizeLimit: limit)
  }

  private func fetch(_ feed: RemoteFeed, budget: Int64 = .max) throws -> FeedDownload.Outcome {
    try FeedDownload(folder: folder, rules: rules).fetch(feed, budget: budget)
  }

  private func reason(_ feed: RemoteFeed, budget: Int64 = .max) throws -> String {
    let error = #expect(throws: AdvisoryError.self) { try self.fetch(feed, budget: budget) }
    let words = try #require(error).description
    #expect(!words.contains("\n"))
    return words
  }

  private var file: Data? { FileManager.default.contents(atPath: folder + "/feed") }
  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  private func requests() throws -> [String] {
    let log = RemoteFeed(name: "log", address: try #require(URL(string: server.address("log"))))
    let other = folder + "-log"
    defer { try? FileManager.default.removeItem(atPath: other) }
    _ = try FeedDownload(folder: other).fetch(log)
    let text = String(decoding: FileManager.default.contents(atPath: other + "/log") ?? Data(), as: UTF8.self)
    return text.split(separator: "\n").map { AdvisoryText.trimmed($0) }
  }

  @Test func fetchesOnceAndAsksForChangesThen() throws {
    #expect(try fetch(feed("file")) == .fetched(bytes: 200_000))
    #expect(file == FeedServer.content)
    #expect(names == [".feed.state", "feed"])
    let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/feed")
    #expect((attributes[.modificationDate] as? Date)?.timeIntervalSince1970 == 1_795_521_600)
    #expect(try fetch(feed("file")) == .unchanged)
    #expect(file == FeedServer.content)
    #expect(try requests().prefix(2) == ["file", "file  \"v1\" Tue, 24 Nov 2026 12:00:00 GMT"])
  }

  @Test func asksByDateWhereThereIsNoTag() throws {
    #expect(try fetch(feed("dated")) == .fetched(bytes: 200_000))
    #expect(try fetch(feed("dated")) == .unchanged)
  }

  @Test func fetchesAnewFromAnotherAddressOrWhereTheFileIsGone() throws {
    _ = try fetch(feed("file"))
    #expect(try fetch(feed("hop")) == .fetched(bytes: 200_000))
    try FileManager.default.removeItem(atPath: folder + "/feed")
    #expect(try fetch(feed("hop")) == .fetched(bytes: 200_000))
  }

  @Test func resumesWhatWasCutOff() throws {
    #expect(try fetch(feed("cut")) == .fetched(bytes: 200_000))
    #expect(file == FeedServer.content)
    #expect(try requests().prefix(2) == ["cut", "cut bytes=70000-"])
  }

  @Test func goesOnInALaterRun() throws {
    rules.resumptions = 0
    #expect(try reason(feed("cut")).contains("cut after 70000 of 200000 bytes"))
    #expect(file == nil)
    #expect(try fetch(feed("cut")) == .fetched(bytes: 200_000))
    #expect(file == FeedServer.content)
    #expect(names == [".feed.state", "feed"])
  }

  @Test(arguments: ["cut-changed", "cut-range-ignored", "wrong-part"])
  func startsAnewIfTheRestIsNotToBeHad(path: String) throws {
    #expect(try fetch(feed(path)) == .fetched(bytes: 200_000))
    #expect(file == FeedServer.content)
  }

  @Test func givesUpAfterSomeResumptions() throws {
    #expect(try reason(feed("cut-often")).hasSuffix("run it again to go on"))
    #expect(try requests().count == 4 + 1)
    #expect(file == nil)
  }

  @Test func doesNotResumeWithoutAValidator() throws {
    #expect(try reason(feed("cut-blind")).contains("cut after 70000 of 200000 bytes"))
    #expect(names == [])
  }

  @Test func refusesAWrongChecksum() throws {
    _ = try fetch(feed("dated"))
    let wrong = String(repeating: "0", count: 64)
    #expect(try reason(feed("file", checksum: .sha256(wrong))).contains("wrong checksum"))
    #expect(file == FeedServer.content)
    #expect(names == [".feed.state", "feed"])
  }

  @Test func acceptsTheRightChecksum() throws {
    let right = SHA256.hex(Array(FeedServer.content))
    #expect(try fetch(feed("file", checksum: .sha256(right.uppercased()))) == .fetched(bytes: 200_000))
    let list = try #require(URL(string: server.address("sums")))
    #expect(try fetch(feed("file", checksum: .published(list))) == .unchanged)
  }

  @Test(arguments: [
    ("sums", "hop", "has no SHA-256 checksum of hop"), ("no-sums", "file", "has no SHA-256 checksum of file"),
    ("gone", "file", "cannot be fetched: the server has no such file (404)"),
  ])
  func refusesWithoutThePublishedChecksum(list: String, path: String, words: String) throws {
    let list = try #require(URL(string: server.address(list)))
    #expect(try reason(feed(path, checksum: .published(list))).contains(words))
    #expect(file == nil)
  }

  @Test func refusesWhatIsDeclaredTooLarge() throws {
    #expect(
      try reason(feed("file", limit: 100_000)).hasSuffix("too large: 195 KiB, more than the limit of 97 KiB"))
    #expect(names == [])
  }

  @Test func stopsWhatTurnsOutTooLarge() throws {
    #expect(
      try reason(feed("undeclared", limit: 100_000)).hasSuffix("too large: more than the limit of 97 KiB"))
    #expect(names == [])
    #expect(try fetch(feed("undeclared")) == .fetched(bytes: 200_000))
  }

  @Test func keepsWithinTheBudgetOfAllFiles() throws {
    #expect(try reason(feed("file"), budget: 50_000).contains("too large"))
  }

  @Test(arguments: [
    ("loop", "more than 5 redirections"),
    ("away", "redirected to http://feeds.invalid/file, which is not https; '--allow-http' allows that"),
    ("gone", "the server has no such file (404)"),
    ("trouble", "the server has trouble of its own (503); try again later"),
  ])
  func saysWhyNothingWasFetched(path: String, words: String) throws {
    #expect(try reason(feed(path)) == server.address(path) + ": " + words)
    #expect(names == [])
  }

  @Test func neverFollowsToAFileOfThisMachine() throws {
    #expect(try reason(feed("local")).hasPrefix(server.address("local") + ": "))
    #expect(names == [])
  }

  @Test func endsWhenNothingComes() throws {
    rules.patience = 0.5
    rules.resumptions = 0
    #expect(try reason(feed("stall")).contains("has sent nothing for 0 s"))
  }

  @Test func endsWhenInterrupted() throws {
    let download = FeedDownload(folder: folder, isCancelled: { true })
    #expect(throws: AdvisoryError.self) { try download.fetch(self.feed("stall")) }
  }

  @Test func saysThatNobodyListens() throws {
    let feed = RemoteFeed(name: "feed", address: try #require(URL(string: "http://127.0.0.1:9/feed")))
    #expect(
      try reason(feed) == "http://127.0.0.1:9/feed: the server refuses the connection or cannot be reached")
  }
}

struct TransferRulesTests {
  @Test(
    arguments: [
      ("https://a/b", nil, nil), ("http://127.0.0.1:8/b", nil, nil), ("http://localhost/b", nil, nil),
      ("http://a/b", nil, "is not https; '--allow-http' allows that"),
      ("http://127.0.0.1.evil/b", nil, "is not https; '--allow-http' allows that"),
      ("http://a/b", "https://a/b", "leads from https to http, which is refused"),
      ("http://127.0.0.1/b", "https://a/b", "leads from https to http, which is refused"),
      ("file:///etc/passwd", nil, "is not an address of https"),
      ("ftp://a/b", nil, "is not an address of https"),
    ] as [(String, String?, String?)])
  func refusesWhatIsNotEncrypted(address: String, previous: String?, objection: String?) throws {
    let address = try #require(URL(string: address))
    #expect(TransferRules().objection(to: address, from: previous.flatMap { URL(string: $0) }) == objection)
  }

  @Test func allowsPlainAddressesOnRequestButNoStepDown() throws {
    var rules = TransferRules()
    rules.allowsPlain = true
    let address = try #require(URL(string: "http://a/b"))
    #expect(rules.objection(to: address) == nil)
    #expect(rules.objection(to: address, from: URL(string: "https://a/b")) != nil)
  }

  @Test(arguments: [
    ("https://a/osv/all.zip", "n.zip"), ("https://a/epss_scores-current.csv.gz", "n.csv.gz"),
    ("https://a/tracker/data/json", "n"), ("https://a/abc-updateinfo.xml.zst", "n.xml.zst"),
    ("https://a/x.y.z/evil.sh", "n"), ("https://a/", "n"),
  ])
  func namesFilesByFeedAndEnding(address: String, name: String) throws {
    #expect(RemoteFeed(name: "n", address: try #require(URL(string: address))).fileName == name)
  }

  @Test(arguments: [
    ("debian-tracker", true), ("ol-8.9_x", true), ("", false), ("../x", false), (".x", false), ("a/b", false),
    ("-x", false), (String(repeating: "a", count: 101), false),
  ])
  func takesPlainNames(name: String, isName: Bool) {
    #expect(RemoteFeed.isName(name) == isName)
  }
}

import Advisories
import Baselines
import Foundation

/// The list of feeds that `advisories update` fetches: the shipped one, or a YAML file.
struct FeedListFile {
  var feeds: [RemoteFeed] = []
  var rules = TransferRules()
  /// Bytes that all feeds together may have.
  var totalLimit: Int64 = 8 << 30

  private static let keys = ["feeds", "total_mib", "patience_seconds", "deadline_seconds"]
  private static let feedKeys = ["name", "url", "sha256", "sha256_url", "max_mib"]

  /// - Throws: a `Failure` with file, line and column.
  init(_ path: String) throws {
    do {
      try self.init(try YAMLFile.read(path))
    } catch let problem as BaselineProblem {
      throw Failure(problem.description)
    }
  }

  /// The shipped list.
  init(standard: Void) throws {
    try self.init(try YAMLFile.parse(Array(StandardFeeds.text.utf8), name: "the usual list of feeds"))
  }

  private init(_ root: SourceNode) throws {
    for entry in try Self.entries(root, Self.keys, "the list of feeds is a mapping") {
      switch entry.key {
      case "feeds":
        guard case .list(let nodes) = entry.value.content, !nodes.isEmpty else {
          throw Self.error(entry.value.place, "'feeds' is a list of mappings, each with 'name' and 'url'")
        }
        feeds = try nodes.map(Self.feed)
      case "total_mib": totalLimit = Int64(try Self.number(entry, 1...1 << 20)) << 20
      case "patience_seconds": rules.patience = Double(try Self.number(entry, 1...3600))
      case "deadline_seconds": rules.deadline = Double(try Self.number(entry, 1...86_400))
      default: break
      }
    }
    guard !feeds.isEmpty else { throw Self.error(root.place, "'feeds' is missing") }
    let names = Dictionary(grouping: feeds, by: \.name).filter { $0.value.count > 1 }.keys.sorted()
    if let name = names.first { throw Self.error(root.place, "two feeds are called '\(name)'") }
  }

  private static func feed(_ node: SourceNode) throws -> RemoteFeed {
    let entries = try entries(node, feedKeys, "a feed is a mapping with 'name' and 'url'")
    func text(_ key: String) throws -> String? {
      guard let entry = entries.first(where: { $0.key == key }) else { return nil }
      guard let text = entry.value.text else {
        throw error(entry.value.place, "'\(key)' is text, not \(entry.value.words)")
      }
      return text
    }
    guard let name = try text("name"), RemoteFeed.isName(name) else {
      throw error(node.place, "a feed needs a 'name' of letters, digits, '.', '_' and '-'")
    }
    guard let url = try text("url"), let address = URL(string: url), address.host != nil else {
      throw error(node.place, "the feed '\(name)' needs the 'url' of a file")
    }
    var feed = RemoteFeed(name: name, address: address)
    switch (try text("sha256"), try text("sha256_url")) {
    case (nil, nil): break
    case (let sum?, nil):
      guard FeedDownload.isSHA256(sum) else {
        throw error(node.place, "'sha256' of '\(name)' has to be 64 hexadecimal digits")
      }
      feed.checksum = .sha256(sum)
    case (nil, let url?):
      guard let address = URL(string: url), address.host != nil else {
        throw error(node.place, "'sha256_url' of '\(name)' is no address")
      }
      feed.checksum = .published(address)
    default: throw error(node.place, "the feed '\(name)' has both 'sha256' and 'sha256_url'")
    }
    if let entry = entries.first(where: { $0.key == "max_mib" }) {
      feed.sizeLimit = Int64(try number(entry, 1...1 << 20)) << 20
    }
    return feed
  }

  private static func entries(
    _ node: SourceNode, _ keys: [String], _ expected: String
  ) throws -> [SourceNode.Entry] {
    guard let entries = node.entries else { throw error(node.place, "\(expected), not \(node.words)") }
    for entry in entries where !keys.contains(entry.key) {
      throw error(
        entry.place, "'\(entry.key)' is not known here" + Suggestion.phrase(for: entry.key, among: keys))
    }
    return entries
  }

  private static func number(_ entry: SourceNode.Entry, _ range: ClosedRange<Int>) throws -> Int {
    guard let number = entry.value.text.flatMap({ Int($0) }), range.contains(number) else {
      throw error(
        entry.value.place,
        "'\(entry.key)' is a whole number from \(range.lowerBound) to \(range.upperBound), not \(entry.value.words)"
      )
    }
    return number
  }

  private static func error(_ place: SourcePlace, _ message: String) -> Failure {
    Failure("\(place): \(message)")
  }
}

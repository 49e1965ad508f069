import Advisories
import ArgumentParser
import Baselines
import Foundation
import Reports

struct AdvisoriesStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "List the sources in the database with their dates, counts and digests.",
    discussion: "The exit status is 2 if there is no database that can be read.")

  @OptionGroup var databaseOptions: AdvisoryDatabaseOptions

  @Option(help: "How the list is written.")
  var format = ListingFormat.text

  func run() throws {
    let store = try databaseOptions.existing()
    let now = Int64(Date().timeIntervalSince1970)
    try Terminal.write(format == .json ? try Self.json(store, now) : Self.text(store, now))
  }

  static func text(_ store: AdvisoryStore, _ now: Int64) -> String {
    var text = "\(printable(store.path))\n\n"
    for source in store.sources {
      let age = SourceWords.age(source, asOf: now).map { " (\($0))" } ?? ""
      text += "\(printable(source.name))\n"
      text += "  data of   \(source.date)\(age), imported \(AdvisoryDate.day(source.importedAt))\n"
      text += "  holds     \(SourceWords.contents(source))\n"
      for (reason, count) in source.skipped.sorted(by: { $0.key < $1.key }) {
        text += "  left out  \(count) (\(printable(reason)))\n"
      }
      text += "  path      \(printable(source.origin))\n  digest    \(source.digest)\n"
    }
    if store.sources.isEmpty { text += "no sources; add some with: brinell advisories import PATH\n" }
    return text
  }

  private struct Listing: Encodable {
    struct Entry: Encodable {
      var source: String
      var kind: String
      var path: String
      var date: String
      var digest: String
      var importedAt: String
      var advisories: Int
      var packages: Int
      var exploited: Int
      var probabilities: Int
      var skipped: [String: Int]
      var ageDays: Int?
    }
    var database: String
    var sources: [Entry]
  }

  static func json(_ store: AdvisoryStore, _ now: Int64) throws -> String {
    let entries = store.sources.map { source in
      Listing.Entry(
        source: source.name, kind: source.kind, path: source.origin, date: source.date, digest: source.digest,
        importedAt: AdvisoryDate.day(source.importedAt), advisories: source.advisories,
        packages: source.packages, exploited: source.exploited, probabilities: source.probabilities,
        skipped: source.skipped, ageDays: source.age(asOf: now))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let data = try encoder.encode(Listing(database: store.path, sources: entries))
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}

import Advisories
import ArgumentParser
import DiskImages
import Foundation
import Reports

struct AdvisoriesUpdate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Download feeds of advisories and import what is new.",
    discussion: """
      Files are kept beside the database, so that the next update asks for changes only. A download that is cut off \
      goes on where it ended. A file is used only when it is whole and its checksum, if one is given, holds.

      A feed that fails does not stop the others. The exit status is 0 if all could be fetched and imported, 2 if one \
      could not; what was there of it stays as it is.
      """)

  @Option(
    help: ArgumentHelp("The list of feeds, YAML; --show-feeds prints the usual one.", valueName: "file"))
  var feeds: String?

  @Option(help: ArgumentHelp("Only this feed of the list; repeat it.", valueName: "name"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp("Where files are kept. (default: feeds, beside the database)", valueName: "folder"))
  var folder: String?

  @Flag(help: "Allow addresses of http beyond this machine; anybody on the way can change what comes.")
  var allowHttp = false

  @Flag(help: "Download, but leave the database as it is.")
  var noImport = false

  @Flag(help: "Print the usual list of feeds and end.")
  var showFeeds = false

  @OptionGroup var databaseOptions: AdvisoryDatabaseOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  func run() throws {
    if showFeeds { return try Terminal.write(StandardFeeds.text) }
    let list = try chosenFeeds()
    let database = try databaseOptions.target()
    let progress = outputOptions.progressDisplay()
    defer { progress.end() }
    let fetched = fetch(list, into: folder ?? Self.folder(beside: database), progress)
    let isImported = noImport ? true : importFiles(fetched.files, into: database, progress)
    progress.end()
    if fetched.failures > 0 {
      progress.notice("\(fetched.failures) of \(list.feeds.count) feeds could not be fetched")
    }
    if fetched.failures > 0 || !isImported { throw ExitCode(Interruption.exitStatus ?? 2) }
  }

  private static func folder(beside database: String) -> String {
    URL(fileURLWithPath: database).deletingLastPathComponent().appendingPathComponent("feeds").path
  }

  private func chosenFeeds() throws -> FeedListFile {
    var list = try feeds.map { try FeedListFile($0) } ?? FeedListFile(standard: ())
    let names = list.feeds.map(\.name)
    for name in only where !names.contains(name) {
      throw ValidationError("'--only \(name)' is not in the list of feeds: \(names.joined(separator: ", "))")
    }
    if !only.isEmpty { list.feeds.removeAll { !only.contains($0.name) } }
    list.rules.allowsPlain = allowHttp
    return list
  }

  // MARK: Downloading

  private struct File {
    var feed: RemoteFeed
    var path: String
    var isNew: Bool
  }

  private func fetch(
    _ list: FeedListFile, into folder: String, _ progress: ProgressDisplay
  ) -> (files: [File], failures: Int) {
    var files: [File] = []
    var failures = 0
    var budget = list.totalLimit
    for (position, feed) in list.feeds.enumerated() {
      let stage = "\(feed.name) (\(position + 1) of \(list.feeds.count))"
      progress.begin("fetching \(stage)")
      var shown = -1
      let download = FeedDownload(folder: folder, rules: list.rules) { bytes, total in
        let tenth = Int(total.map { bytes * 10 / max($0, 1) } ?? bytes >> 24)
        if tenth != shown {
          shown = tenth
          progress.begin("fetching \(stage): \(Self.size(bytes, of: total))")
        }
      } isCancelled: {
        HelperProcesses.interruption != 0
      }
      do {
        let outcome = try download.fetch(feed, budget: budget)
        if case .fetched(let bytes) = outcome { budget -= bytes }
        files.append(File(feed: feed, path: download.path(of: feed), isNew: outcome != .unchanged))
        report(feed, outcome)
      } catch {
        failures += 1
        progress.notice("\(feed.name): \(error.description)")
        if HelperProcesses.interruption != 0 { break }
      }
    }
    return (files, failures)
  }

  private func report(_ feed: RemoteFeed, _ outcome: FeedDownload.Outcome) {
    guard !outputOptions.quiet else { return }
    switch outcome {
    case .unchanged: try? Terminal.write("\(feed.name): nothing new\n")
    case .fetched(let bytes): try? Terminal.write("\(feed.name): fetched \(Self.size(bytes, of: nil))\n")
    }
  }

  /// `12 of 60 MiB`.
  private static func size(_ bytes: Int64, of total: Int64?) -> String {
    if let total, total >= 1 << 20 { return "\(bytes >> 20) of \(total >> 20) MiB" }
    return bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes) bytes"
  }

  // MARK: Importing

  /// Imports what is new or was never imported: all at once, which copies the database once; if that fails, one by
  /// one, so that a bad file does not keep out the others.
  ///
  /// - Returns: whether all could be imported.
  private func importFiles(_ files: [File], into database: String, _ progress: ProgressDisplay) -> Bool {
    let known = Set((try? AdvisoryStore(path: database))?.sources.map(\.origin) ?? [])
    let due = files.filter {
      $0.isNew || !known.contains(URL(fileURLWithPath: $0.path).standardizedFileURL.path)
    }
    if due.isEmpty { return true }
    progress.begin("importing advisories")
    if (try? importTogether(due, database, progress)) != nil { return true }
    var isComplete = true
    for file in due {
      do {
        try importTogether([file], database, progress)
      } catch {
        isComplete = false
        // What could not be used would not be asked for again.
        unlink(file.path)
        progress.notice("\(file.feed.name): \(error.description)")
      }
    }
    return isComplete
  }

  private func importTogether(
    _ files: [File], _ database: String, _ progress: ProgressDisplay
  ) throws(AdvisoryError) {
    let work = AdvisoryImport(database: database) { path, records in
      progress.begin("importing \(path): \(records) records")
    }
    let names = Dictionary(files.map { ($0.path, $0.feed.name) }) { first, _ in first }
    let outcomes = try work.run(files.map(\.path), names: names)
    progress.end()
    if !outputOptions.quiet { try? Terminal.write(AdvisoriesImport.text(outcomes, database)) }
  }
}

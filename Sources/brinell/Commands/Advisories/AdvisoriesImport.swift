import Advisories
import ArgumentParser
import DiskImages
import Reports

struct AdvisoriesImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read files, folders and archives of advisories into the database.",
    discussion: """
      Each path is a source: a file, an archive (zip, tar), a compressed file (gz, xz, zst, bz2) or a folder with \
      any of these. The forms are found out. What the same path brought before is replaced, all at once; an import \
      that is cut off leaves the database as it was.

      Forms: \(AdvisorySources.all.map { $0.name }.joined(separator: ", ")).
      """)

  @Argument(help: "Files, folders and archives of advisories.")
  var path: [String]

  @OptionGroup var databaseOptions: AdvisoryDatabaseOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  func run() throws {
    let database = try databaseOptions.target()
    let progress = outputOptions.progressDisplay()
    defer { progress.end() }
    progress.begin("importing advisories")
    var work = AdvisoryImport(database: database) { path, records in
      progress.begin("importing \(path): \(records) records")
    }
    work.isInterrupted = { HelperProcesses.interruption != 0 }
    let outcomes: [AdvisoryImport.Outcome]
    do {
      outcomes = try work.run(path)
    } catch {
      progress.end()
      throw Failure(error.description)
    }
    progress.end()
    if !outputOptions.quiet { try Terminal.write(Self.text(outcomes, database)) }
  }

  /// A line for each source, and what was left out below it.
  static func text(_ outcomes: [AdvisoryImport.Outcome], _ database: String) -> String {
    var text = ""
    for outcome in outcomes {
      let source = outcome.source
      let replaced = outcome.replaced.map { ", in place of \($0.records) of \($0.date)" } ?? ""
      text += "\(printable(source.name)): \(SourceWords.contents(source)) of \(source.date)\(replaced)\n"
      for (reason, count) in source.skipped.sorted(by: { $0.key < $1.key }) {
        text += "  left out: \(count) (\(printable(reason)))\n"
      }
      for example in outcome.examples where !example.hasSuffix(": withdrawn") {
        text += "    \(printable(example))\n"
      }
    }
    return text + "written to \(printable(database))\n"
  }
}

struct AdvisoriesRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take sources out of the database.")

  @Argument(help: "Names or paths of sources, as status shows them.")
  var source: [String]

  @OptionGroup var databaseOptions: AdvisoryDatabaseOptions

  func run() throws {
    let store = try databaseOptions.existing()
    do {
      try AdvisoryImport(database: store.path).remove(source)
    } catch {
      throw Failure(error.description)
    }
  }
}

/// What listings say of a source.
enum SourceWords {
  /// `40000 advisories on 120000 packages, 1200 exploited`.
  static func contents(_ source: StoredSource) -> String {
    var parts: [String] = []
    if source.advisories > 0 {
      parts.append("\(source.advisories) advisories (\(source.packages) packages)")
    }
    if source.exploited > 0 { parts.append("\(source.exploited) exploited vulnerabilities") }
    if source.probabilities > 0 { parts.append("\(source.probabilities) probabilities of exploitation") }
    return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
  }

  /// `54 days old`; nil for data that is fresh enough.
  static func age(_ source: StoredSource, asOf moment: Int64) -> String? {
    guard let age = source.age(asOf: moment) else { return "of unknown age" }
    return age > AdvisoryDate.limit ? "\(age) days old" : nil
  }

  /// One line for people if the data is too old to rely on.
  static func warning(_ source: StoredSource, asOf moment: Int64) -> String? {
    age(source, asOf: moment).map {
      "advisories \(source.name) are \($0) (\(source.date)): newer vulnerabilities are not known;"
        + " import current ones"
    }
  }
}

import ArgumentParser
import Baselines
import Diff
import DiskImages
import Evidence
import Facts
import Foundation
import Reports

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Say what changed between two versions of an image.",
    discussion: """
      OLD and NEW are each an image, a directory with an unpacked system, an evidence bundle or a saved JSON \
      report. With a saved report the comparison covers what reports hold, and says what it does not. A guest with several \
      disks is compared by bundles: 'brinell collect --disk FILE --disk FILE -o BUNDLE'.

      The exit status is 0 if no new finding is as severe as --fail-on, 1 if one is or a section named by \
      --fail-on-change has changes, 2 if the two cannot be compared as asked and 64 for wrong usage.
      """)

  @Argument(help: "The version before.") var old: String
  @Argument(help: "The version after.") var new: String

  @OptionGroup(title: "Target") var openingOptions: OpeningOptions
  @OptionGroup(title: "Collection") var collectionOptions: CollectionOptions
  @OptionGroup(title: "Judging") var judgingOptions: JudgingOptions
  @OptionGroup(title: "Report") var diffOptions: DiffOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  @Flag(name: .customLong("files"), help: "List every file that has come, gone, changed or moved.")
  var listsFiles = false
}

extension DiffCommand {
  func run() throws {
    var command = self
    let file = try ConfigurationFile.read().options
    command.collectionOptions.complete(with: file.collection)
    command.judgingOptions.complete(with: file.judging)
    command.diffOptions.limit.complete(with: file.report.limit)
    command.outputOptions.complete(with: file.output)
    try command.compare()
  }

  private func compare() throws {
    let destinations = try diffOptions.writing.destinations()
    for destination in destinations { try destination.requireFolder() }
    let progress = outputOptions.progressDisplay()
    defer { progress.end() }
    let startedAt = Int64(Date().timeIntervalSince1970)
    let (before, after) = try sides(progress)
    progress.begin("comparing")
    let topics = DiffTopics.all + (listsFiles ? DiffTopics.onRequest : [])
    let (pairs, problems) = DiffBuilder(topics: topics).compare(before, after)
    let report = DiffReport(
      tool: Report.Tool(name: "brinell", version: Brinell.configuration.version),
      startedAt: CalendarTime.timestamp(startedAt), gate: diffOptions.gate, pairs: pairs, problems: problems,
      catalogues: [before.report.checks, after.report.checks])
    progress.end()
    let style = TextStyle(width: Terminal.width, usesColor: outputOptions.usesColor)
    for destination in destinations { try destination.write(report, style: style) }
    let conclusion = report.conclusion
    if conclusion.word != .pass, !outputOptions.quiet, !destinations.contains(where: \.isShownToPeople) {
      progress.notice("\(conclusion.word.rawValue): \(conclusion.reasons.joined(separator: "; "))")
    }
    if conclusion.word.exitStatus != 0 { throw ExitCode(conclusion.word.exitStatus) }
  }

  /// Images and bundles begin with other bytes; a disk whose first sector were a brace would not boot.
  private static func isReport(_ path: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 1)) == Data("{".utf8)
  }

  /// Both sides at the same time, but images one after the other: two appliances would fight for the processors.
  private func sides(_ progress: ProgressDisplay) throws -> (old: DiffSide, new: DiffSide) {
    let given = [("old", old), ("new", new)]
    if given.contains(where: { Self.isImage($0.1) }) {
      return (try side("old", old, progress), try side("new", new, progress))
    }
    var results: [Result<DiffSide, any Error>?] = [nil, nil]
    results.withUnsafeMutableBufferPointer { results in
      // Each iteration writes a place of its own.
      nonisolated(unsafe) let places = results
      DispatchQueue.concurrentPerform(iterations: places.count) { number in
        places[number] = Result { try side(given[number].0, given[number].1, progress) }
      }
    }
    guard let before = try results[0]?.get(), let after = try results[1]?.get() else {
      throw Failure("a side was not compared")
    }
    return (before, after)
  }

  private static func isImage(_ path: String) -> Bool {
    guard !isReport(path), case .image = try? Target(path: path) else { return false }
    return true
  }

  /// Reads a saved report, or collects and judges with an appliance of its own.
  private func side(_ name: String, _ path: String, _ progress: ProgressDisplay) throws -> DiffSide {
    if Self.isReport(path) {
      return DiffSide(side: name, source: "report", report: try Render.read(path), facts: [])
    }
    let union = try judgingOptions.union()
    var session = ScanSession(
      union: union, waivers: try judgingOptions.readWaivers(),
      supplements: try judgingOptions.supplements(for: union), asOf: judgingOptions.moment, progress: progress
    )
    session.request = try collectionOptions.request()
    session.request.further = DiffTopics.plan
    session.keepsFacts = true
    session.openOptions = try openingOptions.openOptions(outputOptions, progress: progress)
    let target = Result { () throws(CollectionError) in try Target(path: path) }
    let result = session.run([target], names: [path])
    if HelperProcesses.interruption != 0 { throw Failure("interrupted") }
    let source = (try? target.get())?.source ?? "image"
    return DiffSide(side: name, source: source, report: result.report, facts: result.facts)
  }
}

extension Target {
  /// How a comparison calls what it was given.
  fileprivate var source: String {
    switch self {
    case .image: "image"
    case .tree: "tree"
    case .bundle: "bundle"
    }
  }
}

import ArgumentParser
import Baselines
import Diff
import DiskImages
import Evidence
import Foundation

struct Collect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write an evidence bundle, judge nothing.",
    discussion: """
      The bundle holds the list of all files with owners and modes and the contents that the baselines ask for, \
      without secrets. It can be judged later with 'brinell scan BUNDLE', also against another baseline. Unless \
      --baseline says otherwise it holds what any of the shipped baselines asks for.

      It also holds what 'brinell diff' compares: digests of all files among it, for which every file is read. \
      --no-diff leaves that out; a comparison then says what it could not compare.
      """)

  @Argument(help: "An image or a directory with an unpacked guest.")
  var target: [String] = []

  @OptionGroup(title: "Target") var targetOptions: TargetOptions
  @OptionGroup(title: "Collection") var collectionOptions: CollectionOptions
  @OptionGroup(title: "Output") var outputOptions: OutputOptions

  @Option(
    name: .customLong("baseline"),
    help: ArgumentHelp("Collect for this baseline; repeat it for several.", valueName: "name|file"))
  var baselines: [String] = []

  @Flag(inversion: .prefixedNo, help: "Collect what 'brinell diff' compares, digests of all files among it.")
  var diff = true

  @Option(name: .shortAndLong, help: ArgumentHelp("Write the bundle to this file.", valueName: "file"))
  var output: String

  func run() throws {
    let progress = outputOptions.progressDisplay()
    defer { progress.end() }
    let targets = try targetOptions.targets(target)
    guard targets.count == 1 else {
      throw ValidationError("One target makes one bundle; collect the others one by one.")
    }
    let plan = try collectionOptions.request().extending(plan())
    do {
      let options = try targetOptions.opening.openOptions(outputOptions, progress: progress)
      let collected = try collect(
        try targets[0].get(), plan: plan, options: options,
        events: CollectionEvents { progress.begin($0.words) })
      progress.begin("writing the bundle")
      try Bundle.write(collected, to: output, collectedAt: Int64(Date().timeIntervalSince1970))
    } catch let error as CollectionError {
      progress.end()
      throw Failure(error.description)
    }
  }

  /// What the baselines ask for; a shipped one that cannot be read fails the command.
  private func plan() throws -> CollectionPlan {
    do {
      let names = baselines.isEmpty ? BaselineLoader.catalog().map(\.name) : baselines
      var plan = BaselineUnion(try BaselineLoader().load(names)).plan
      if diff { plan.formUnion(DiffTopics.plan) }
      return plan
    } catch {
      throw Failure(error.description)
    }
  }
}

import ArgumentParser
import Baselines
import Diff
import Foundation
import Reports

/// What is written and what the exit status depends on.
struct ReportOptions: ParsableArguments {
  @OptionGroup var writing: WritingOptions<Report>
  @OptionGroup var limit: LimitOptions

  @Option(
    help: ArgumentHelp(
      "Exit with 2 if fewer of the checks have an answer. (default: 90)", valueName: "percent"))
  var minCoverage: Double?

  @Option(
    help: ArgumentHelp(
      "Fail only for findings that this earlier JSON report does not hold.", valueName: "report"))
  var since: String?

  @Option(
    help: ArgumentHelp(
      "Exit with 1 if the score is lower by more than this than that of the report of --since.",
      valueName: "points"))
  var maxScoreDrop: Double?

  @Flag(
    inversion: .prefixedNo,
    help: "Annotate a run of GitHub Actions on standard error. (default: where GITHUB_ACTIONS is set)")
  var annotate: Bool?

  @Flag(help: "In text, say below each finding why it matters, how to mend it and what it refers to.")
  var explain = false

  func validate() throws {
    if let minCoverage, !(0...100).contains(minCoverage) {
      throw ValidationError("'--min-coverage' is a percentage from 0 to 100.")
    }
    if let maxScoreDrop, !(0...100).contains(maxScoreDrop) {
      throw ValidationError("'--max-score-drop' is a number of points from 0 to 100.")
    }
  }

  var gate: Gate {
    Gate(
      failOn: limit.severity, minCoverage: minCoverage ?? Gate().minCoverage, maxScoreDrop: maxScoreDrop)
  }

  /// What the findings are compared with, read before anything takes long.
  ///
  /// - Throws: a `Failure` for a report that cannot be read.
  func ratchet() throws -> Ratchet? {
    guard let since else {
      guard maxScoreDrop == nil else {
        throw ValidationError(
          "--max-score-drop compares with an earlier report: give --since REPORT.json too.")
      }
      return nil
    }
    return Ratchet(try Render.read(since), name: since)
  }

  /// Whether GitHub shows annotations, or they are asked for.
  var isAnnotating: Bool {
    annotate ?? (ProcessInfo.processInfo.environment["GITHUB_ACTIONS"] == "true")
  }
}

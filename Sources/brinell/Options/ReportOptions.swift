import ArgumentParser
import Baselines
import Foundation
import Reports

/// What is written and what the exit status depends on; shared by every command that judges.
struct ReportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The form of the report: \(ReportFormats.names.joined(separator: ", ")). (default: text)",
      valueName: "format"))
  var format: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Write the report there.", valueName: "file"))
  var output: String?

  @Option(
    name: .customLong("report"),
    help: ArgumentHelp(
      "Write the report in a further form there; repeat it.", valueName: "format=file"))
  var reports: [String] = []

  @Option(
    help: ArgumentHelp(
      "Exit with 1 for a finding of this severity or above: critical, high, medium, low, info or none. "
        + "(default: high)", valueName: "severity"))
  var failOn: String?

  @Option(
    help: ArgumentHelp(
      "Exit with 2 if fewer of the checks have an answer. (default: 90)", valueName: "percent"))
  var minCoverage: Double?

  func validate() throws {
    if let format { _ = try Self.format(format, "--format") }
    _ = try furtherReports()
    if let failOn, failOn != "none", Severity(rawValue: failOn) == nil {
      throw ValidationError(
        "'--fail-on \(failOn)' is not a severity. Use critical, high, medium, low, info or none.")
    }
    if let minCoverage, !(0...100).contains(minCoverage) {
      throw ValidationError("'--min-coverage' is a percentage from 0 to 100.")
    }
  }

  /// A place where the report goes in some form.
  struct Destination {
    var format: any ReportFormat.Type
    /// Nil: standard output.
    var path: String?
  }

  /// Everything that is to be written, standard output first.
  func destinations() throws -> [Destination] {
    let main = Destination(format: try Self.format(format ?? "text", "--format"), path: output)
    return [main] + (try furtherReports())
  }

  private func furtherReports() throws -> [Destination] {
    try reports.map { text in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("'--report \(text)' is not FORMAT=FILE, such as --report json=report.json.")
      }
      return Destination(format: try Self.format(parts[0], "--report"), path: parts[1])
    }
  }

  static func format(_ name: String, _ option: String) throws -> any ReportFormat.Type {
    guard let format = ReportFormats.named(name) else {
      throw ValidationError(
        "'\(option) \(name)' is not a form of report. Use one of \(ReportFormats.names.joined(separator: ", "))."
      )
    }
    return format
  }

  var gate: Gate {
    var gate = Gate()
    if let failOn { gate.failOn = Severity(rawValue: failOn) }
    if let minCoverage { gate.minCoverage = minCoverage }
    return gate
  }
}

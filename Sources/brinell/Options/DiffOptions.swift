import ArgumentParser
import Baselines
import Diff
import Foundation
import Reports

/// What a comparison writes and what its exit status depends on.
struct DiffOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The form of the comparison: \(DiffFormats.names.joined(separator: ", ")). (default: text)",
      valueName: "format"))
  var format: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Write the comparison there.", valueName: "file"))
  var output: String?

  @Option(
    name: .customLong("report"),
    help: ArgumentHelp("Write it in a further form there; repeat it.", valueName: "format=file"))
  var reports: [String] = []

  @Option(
    help: ArgumentHelp(
      "Exit with 1 for a new finding of this severity or above: critical, high, medium, low, info or none. "
        + "(default: high)", valueName: "severity"))
  var failOn: String?

  @Option(
    help: ArgumentHelp(
      "Exit with 1 for any change in this section or topic, as in privilege or setuid; repeat it.",
      valueName: "section"))
  var failOnChange: [String] = []

  func validate() throws {
    _ = try destinations()
    if let failOn, failOn != "none", Severity(rawValue: failOn) == nil {
      throw ValidationError(
        "'--fail-on \(failOn)' is not a severity. Use critical, high, medium, low, info or none.")
    }
    for name in failOnChange where !DiffTopics.names.contains(name) {
      throw ValidationError(
        "'--fail-on-change \(name)' is not a section. Use one of \(DiffTopics.names.joined(separator: ", "))."
      )
    }
  }

  /// A place where the comparison goes in some form.
  struct Destination {
    var format: any DiffFormat.Type
    /// Nil: standard output.
    var path: String?
    var isShownToPeople: Bool { path == nil && format.isForPeople }
  }

  var gate: DiffGate {
    DiffGate(failOn: failOn == nil ? .high : failOn.flatMap(Severity.init), failOnChange: failOnChange)
  }

  func destinations() throws -> [Destination] {
    let main = Destination(format: try Self.named(format ?? "text", "--format"), path: output)
    return [main]
      + (try reports.map { text in
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
          throw ValidationError("'--report \(text)' is not FORMAT=FILE, such as --report json=diff.json.")
        }
        return Destination(format: try Self.named(parts[0], "--report"), path: parts[1])
      })
  }

  /// Writes everywhere.
  ///
  /// - Throws: a `Failure` that names the file.
  func write(_ report: DiffReport, to destinations: [Destination], _ output: OutputOptions) throws {
    for destination in destinations {
      if let path = destination.path {
        try Terminal.write(try destination.format.render(report, TextStyle()), to: path)
      } else {
        let style = TextStyle(width: Terminal.width, usesColor: output.usesColor)
        try Terminal.write(try destination.format.render(report, style))
      }
    }
  }

  private static func named(_ name: String, _ option: String) throws -> any DiffFormat.Type {
    guard let format = DiffFormats.named(name) else {
      throw ValidationError(
        "'\(option) \(name)' is not a form of comparison. Use one of \(DiffFormats.names.joined(separator: ", "))."
      )
    }
    return format
  }
}

import ArgumentParser
import Foundation
import Reports

/// `brinell report`
struct Render: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Render a saved report again.",
    discussion: """
      A report that was saved with --format json or --report json=FILE is written in another form, as the \
      scan itself would have written it. The exit status is 0 whatever the report says; 2 if it cannot be read, or \
      holds nothing that the form is for.

      With --remediation the findings that a change of files mends become a shell script or an Ansible \
      playbook; those that it does not mend are listed in it as comments.
      """)

  @Argument(help: "A report in JSON; - for standard input.")
  var report: String

  @Option(
    help: ArgumentHelp(
      "The form: \(ReportFormats.names.joined(separator: ", ")). (default: text)", valueName: "format"))
  var format: String?

  @Option(
    help: ArgumentHelp(
      "Write how to mend what failed: \(RemediationFormats.names.joined(separator: ", ")).", valueName: "form"
    ))
  var remediation: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write it to this file, not to standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "In text, say below each finding why it matters, how to mend it and what it refers to.")
  var explain = false

  @Flag(name: .customLong("no-color"), help: "No colours. Also with NO_COLOR in the environment.")
  var noColor = false

  func validate() throws {
    if let remediation, RemediationFormats.named(remediation) == nil {
      throw wrongValue(
        "--remediation", remediation, isNot: "a form of remediation", among: RemediationFormats.names)
    }
    if remediation != nil, format != nil {
      throw ValidationError("Give either --format or --remediation: each is a form of its own.")
    }
    if let format { _ = try WritingOptions<Report>.form(format, "--format") }
  }

  func run() throws {
    let mending = remediation.flatMap(RemediationFormats.named).map { WrittenForm<Report>($0) }
    let destination = Destination(
      form: try mending ?? WritingOptions<Report>.form(format ?? "text", "--format"), path: output)
    try destination.requireFolder()
    let style = TextStyle(
      width: Terminal.width, usesColor: Terminal.usesColor(noColor: noColor), explains: explain)
    do {
      try destination.write(try Self.read(report), style: style)
    } catch let nothing as NothingToExport {
      throw Failure("\(destination.form.name): \(nothing)")
    }
  }

  /// - Throws: a `Failure` with one line.
  static func read(_ path: String) throws -> Report {
    let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
    guard let handle else {
      throw Failure("\(path): \(access(path, F_OK) == 0 ? "cannot be read" : "no such file")")
    }
    let data: Data
    do {
      // Nil at the end of the file, which an empty one begins with.
      data = try handle.read(upToCount: Report.sizeLimit + 1) ?? Data()
    } catch {
      throw Failure("\(path): cannot be read")
    }
    guard data.count <= Report.sizeLimit else {
      throw Failure("\(path): larger than any report (\(Report.sizeLimit >> 20) MiB)")
    }
    do {
      return try Report(json: data)
    } catch {
      throw Failure("\(path): \(error)")
    }
  }
}

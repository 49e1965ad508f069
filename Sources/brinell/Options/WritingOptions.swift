import ArgumentParser
import Baselines
import Diff
import Foundation
import Reports

/// What can be written in several forms.
protocol WrittenDocument {
  /// As in `is not a form of report`.
  static var noun: String { get }
  static var forms: [WrittenForm<Self>] { get }
}

/// One of the forms.
struct WrittenForm<Document> {
  var name: String
  var isForPeople: Bool
  var render: (Document, TextStyle) throws -> String
}

extension WrittenForm<Report> {
  init(_ format: any ReportFormat.Type) {
    self.init(name: format.name, isForPeople: format.isForPeople, render: format.render)
  }
}

extension Report: WrittenDocument {
  static var noun: String { "report" }
  static var forms: [WrittenForm<Report>] { ReportFormats.all.map { WrittenForm($0) } }
}

extension DiffReport: WrittenDocument {
  static var noun: String { "comparison" }
  static var forms: [WrittenForm<DiffReport>] {
    DiffFormats.all.map { WrittenForm(name: $0.name, isForPeople: $0.isForPeople, render: $0.render) }
  }
}

/// In which forms a document is written, and where.
struct WritingOptions<Document: WrittenDocument>: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The form of the \(Document.noun): \(Document.forms.map(\.name).joined(separator: ", ")). (default: text)",
      valueName: "format"))
  var format: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write it to this file, not to standard output.", valueName: "file"))
  var output: String?

  @Option(
    name: .customLong("report"),
    help: ArgumentHelp("Write it to a file in a further form; repeat it.", valueName: "format=file"))
  var reports: [String] = []

  func validate() throws {
    let files = try destinations().compactMap(\.path).filter { !$0.hasPrefix("/dev/") }
    if let file = files.first(where: { file in files.count { $0 == file } > 1 }) {
      throw ValidationError("\(file) is named twice. Give each report a file of its own.")
    }
  }

  /// Everything that is to be written, standard output first.
  func destinations() throws -> [Destination<Document>] {
    let main = Destination(form: try Self.form(format ?? "text", "--format"), path: output)
    return [main]
      + (try reports.map { text in
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
          throw ValidationError("'--report \(text)' is not FORMAT=FILE, such as --report json=report.json.")
        }
        return Destination(form: try Self.form(parts[0], "--report"), path: parts[1])
      })
  }

  /// - Throws: a `ValidationError` that lists the forms.
  static func form(_ name: String, _ option: String) throws -> WrittenForm<Document> {
    let forms = Document.forms
    guard let form = forms.first(where: { $0.name == name }) else {
      throw wrongValue(option, name, isNot: "a form of \(Document.noun)", among: forms.map(\.name))
    }
    return form
  }
}

/// A place where a document goes in some form.
struct Destination<Document> {
  var form: WrittenForm<Document>
  /// Nil: standard output.
  var path: String?

  var isShownToPeople: Bool { path == nil && form.isForPeople }

  /// Refuses before the work what could not be written after it.
  func requireFolder() throws {
    guard let path else { return }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue
    else { throw ValidationError("\(path) cannot be written: there is no folder \(folder).") }
  }

  /// Writes a document in this form.
  ///
  /// - Throws: a `Failure` that names the file; `NothingToExport` where the form has nothing to say. A file of that
  ///   name is removed then: it would be taken for the document.
  func write(_ document: Document, style: TextStyle) throws {
    guard let path else { return try Terminal.write(try form.render(document, style)) }
    let text: String
    do {
      // Colours and the terminal's width are for the terminal.
      text = try form.render(document, TextStyle(explains: style.explains))
    } catch let nothing as NothingToExport {
      try Terminal.remove(path)
      throw nothing
    }
    try Terminal.write(text, to: path)
  }
}

/// From which severity findings fail; shared by scans and comparisons.
struct LimitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Exit with 1 for a finding of this severity or above: critical, high, medium, low, info or none. In a "
        + "comparison and with --since only new findings count. (default: high)", valueName: "severity"))
  var failOn: String?

  func validate() throws {
    if let failOn, failOn != Severity.noLimit, Severity(rawValue: failOn) == nil {
      let names = Severity.allCases.reversed().map(\.rawValue) + [Severity.noLimit]
      throw wrongValue("--fail-on", failOn, isNot: "a severity", among: names)
    }
  }

  /// Nil: none does.
  var severity: Severity? { failOn == nil ? .high : failOn.flatMap(Severity.init) }
}

import ArgumentParser
import Foundation
import Reports

extension ReportOptions.Destination {
  /// Refuses before the scan what could not be written after it.
  func requireFolder() throws {
    guard let path else { return }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory), isDirectory.boolValue
    else { throw ValidationError("\(path) cannot be written: there is no folder \(folder).") }
  }

  /// Writes a report in this form.
  ///
  /// - Throws: a `Failure` that names the file.
  func write(_ report: Report, style: TextStyle) throws {
    if let path {
      // Colours and the terminal's width are for the terminal.
      try Terminal.write(try format.render(report, TextStyle()), to: path)
    } else {
      try Terminal.write(try format.render(report, style))
    }
  }
}

/// One form in which a report can be written.
///
/// A new format is one file that conforms to this protocol and one line in `ReportFormats.all`. A format sees
/// nothing but the report, so that a saved report gives the same bytes as the scan that saved it.
public protocol ReportFormat: SendableMetatype {
  /// The word after `--format`, e.g. `json`.
  static var name: String { get }
  /// One phrase for `--help`.
  static var summary: String { get }
  /// Whether people read it as it is.
  static var isForPeople: Bool { get }
  /// The report in this form.
  ///
  /// - Throws: `NothingToExport` where the form cannot say that there is nothing.
  static func render(_ report: Report, _ style: TextStyle) throws -> String
}

/// A report holds nothing that a form is for, and an empty document of that form would not be valid.
public struct NothingToExport: Error, Hashable, Sendable, CustomStringConvertible {
  /// One phrase.
  public var description: String
}

extension ReportFormat {
  /// Most are for programs.
  public static var isForPeople: Bool { false }
}

/// What a form for people may know of the place where it is shown.
public struct TextStyle: Sendable, Hashable {
  /// Columns of the terminal.
  public var width: Int
  /// Whether ANSI colours are shown there.
  public var usesColor: Bool

  /// Whether findings come with why they matter, how to mend them and what they refer to.
  public var explains: Bool

  /// By default 80 columns without colour or explanations.
  public init(width: Int = 80, usesColor: Bool = false, explains: Bool = false) {
    self.width = width
    self.usesColor = usesColor
    self.explains = explains
  }
}

/// The registry of formats.
public enum ReportFormats {
  /// Every format; a new one adds a line.
  public static let all: [any ReportFormat.Type] = [
    CSVFormat.self,
    CycloneDXFormat.self,
    GitLabQualityFormat.self,
    GitLabSecurityFormat.self,
    HTMLFormat.self,
    JSONFormat.self,
    JUnitFormat.self,
    MarkdownFormat.self,
    OpenVEXFormat.self,
    SARIFFormat.self,
    SPDXFormat.self,
    TextFormat.self,
    XCCDFFormat.self,
  ]

  /// The format with the given name.
  public static func named(_ name: String) -> (any ReportFormat.Type)? { all.first { $0.name == name } }

  /// Names for messages, in order.
  public static var names: [String] { all.map { $0.name } }
}

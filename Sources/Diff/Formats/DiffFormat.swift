import Reports

/// One form in which a comparison can be written: one file and one line in `DiffFormats.all`.
public protocol DiffFormat: SendableMetatype {
  /// The word after `--format`.
  static var name: String { get }
  static var isForPeople: Bool { get }
  static func render(_ report: DiffReport, _ style: TextStyle) throws -> String
}

extension DiffFormat {
  /// Most are for programs.
  public static var isForPeople: Bool { false }
}

/// The registry of formats.
public enum DiffFormats {
  /// Every format; a new one adds a line.
  public static let all: [any DiffFormat.Type] = [
    DiffHTML.self, DiffJSON.self, DiffMarkdown.self, DiffSARIF.self, DiffText.self,
  ]

  public static func named(_ name: String) -> (any DiffFormat.Type)? { all.first { $0.name == name } }

  public static var names: [String] { all.map { $0.name } }
}

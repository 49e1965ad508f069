import ArgumentParser
import Baselines
import Foundation

/// `brinell.yaml` in the working directory: options of a scan under the names that they have on the command
/// line, which wins. What loosens safety cannot stand there.
struct ConfigurationFile {
  static let name = "brinell.yaml"

  var options: ScanOptions
  /// Where each option stands, by its name.
  var places: [String: SourcePlace] = [:]

  /// The file; without options if there is none.
  ///
  /// - Throws: a `ValidationError` with file and line.
  static func read(_ path: String = name) throws -> ConfigurationFile {
    guard FileManager.default.fileExists(atPath: path) else {
      return ConfigurationFile(options: try ScanOptions.parse([]))
    }
    let root: SourceNode
    do {
      root = try YAMLFile.read(path)
    } catch {
      throw ValidationError(error.description)
    }
    guard let entries = root.entries else {
      throw error(root.place, "options are expected, such as 'fail-on: medium', not \(root.words)")
    }
    let fields = Dictionary(ScanOptions.fields.map { ($0.name, $0) }) { first, _ in first }
    var arguments: [String] = []
    var places: [String: SourcePlace] = [:]
    for entry in entries {
      let own = try self.arguments(of: entry, fields)
      do {
        _ = try ScanOptions.parse(own)
      } catch let problem {
        throw error(entry.place, ScanOptions.message(for: problem))
      }
      arguments += own
      places[entry.key] = entry.place
    }
    return ConfigurationFile(options: try ScanOptions.parse(arguments), places: places)
  }

  private static func arguments(
    of entry: SourceNode.Entry, _ fields: [String: OptionField<ScanOptions>]
  ) throws -> [String] {
    guard let field = fields[entry.key] else {
      let names = fields.values.filter(\.isForFile).map(\.name)
      throw error(
        entry.place,
        "'\(entry.key)' is not an option of a scan" + Suggestion.phrase(for: entry.key, among: names))
    }
    guard field.isForFile else {
      throw error(entry.place, "'\(entry.key)' can be given on the command line alone")
    }
    switch field.form {
    case .flag, .toggle:
      switch entry.value.text {
      case "true": return ["--\(entry.key)"]
      case "false": return field.form == .toggle ? ["--no-\(entry.key)"] : []
      default: throw error(entry.value.place, "'\(entry.key)' is true or false, not \(entry.value.words)")
      }
    case .single: return ["--\(entry.key)=\(try text(entry.value, of: entry.key))"]
    case .repeated, .pairs: return try values(of: entry, field.form).map { "--\(entry.key)=\($0)" }
    }
  }

  private static func values(
    of entry: SourceNode.Entry, _ form: OptionForm
  ) throws -> [String] {
    switch entry.value.content {
    case .scalar: return [try text(entry.value, of: entry.key)]
    case .list(let elements): return try elements.map { try text($0, of: entry.key) }
    case .mapping(let pairs) where form == .pairs:
      return try pairs.map { "\($0.key)=\(try text($0.value, of: entry.key))" }
    case .mapping: throw error(entry.value.place, "'\(entry.key)' is a list, not a mapping")
    }
  }

  private static func text(_ node: SourceNode, of key: String) throws -> String {
    guard let text = node.text else { throw error(node.place, "'\(key)' is text, not \(node.words)") }
    return text
  }

  private static func error(_ place: SourcePlace, _ message: String) -> ValidationError {
    ValidationError("\(place): \(message)")
  }
}

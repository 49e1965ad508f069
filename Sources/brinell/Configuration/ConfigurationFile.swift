import ArgumentParser
import Baselines
import Foundation

/// `brinell.yaml` in the working directory: options of a scan under the names that they have on the command
/// line, which wins. What loosens safety cannot stand there.
enum ConfigurationFile {
  static let name = "brinell.yaml"

  /// The options that the file can hold; read by the same parser as the command line.
  struct Options: ParsableArguments {
    @OptionGroup var collection: CollectionOptions
    @OptionGroup var judging: JudgingOptions
    @OptionGroup var report: ReportOptions
    @OptionGroup var output: OutputOptions
    @Option var imageFormat: String?
    @Option var evidence: String?
  }

  /// How a value is written on the command line.
  private enum Form {
    /// `key: value`
    case single
    /// `key: value` or `key: [value, value]`
    case repeated
    /// `key: {left: right}` or `key: [left=right]`
    case pairs
    /// `key: true`
    case flag
  }

  private static let forms: [String: Form] = [
    "advisories": .single, "as-of": .single, "baseline": .repeated, "default-passwords": .single,
    "evidence": .single, "fail-on": .single, "format": .single, "image-format": .single,
    "indexes": .single, "min-coverage": .single, "no-color": .flag, "output": .single, "progress": .single,
    "quiet": .flag, "report": .pairs, "security-support": .single, "set": .pairs, "support-dates": .single,
    "try-default-passwords": .flag, "verbose": .flag, "verify": .single, "waivers": .single,
  ]

  private static let commandLineOnly: Set<String> = ["key", "allow-backing"]

  /// The options of the file; none if there is no file.
  ///
  /// - Throws: a `ValidationError` with file and line.
  static func read(_ path: String = name) throws -> Options {
    guard FileManager.default.fileExists(atPath: path) else { return try Options.parse([]) }
    let root: SourceNode
    do {
      root = try YAMLFile.read(path)
    } catch {
      throw ValidationError(error.description)
    }
    guard let entries = root.entries else {
      throw error(root.place, "options are expected, such as 'fail-on: medium', not \(root.words)")
    }
    var arguments: [String] = []
    for entry in entries {
      let own = try self.arguments(of: entry)
      do {
        _ = try Options.parse(own)
      } catch let problem {
        throw error(entry.place, Options.message(for: problem))
      }
      arguments += own
    }
    return try Options.parse(arguments)
  }

  private static func arguments(of entry: SourceNode.Entry) throws -> [String] {
    guard let form = forms[entry.key] else {
      if commandLineOnly.contains(entry.key) {
        throw error(entry.place, "'\(entry.key)' can be given on the command line alone, for safety")
      }
      throw error(
        entry.place,
        "'\(entry.key)' is not an option of a scan" + Suggestion.phrase(for: entry.key, among: forms.keys))
    }
    switch form {
    case .flag:
      switch entry.value.text {
      case "true": return ["--\(entry.key)"]
      case "false": return []
      default: throw error(entry.value.place, "'\(entry.key)' is true or false, not \(entry.value.words)")
      }
    case .single: return ["--\(entry.key)=\(try text(entry.value, of: entry.key))"]
    case .repeated, .pairs: return try values(of: entry, form).map { "--\(entry.key)=\($0)" }
    }
  }

  private static func values(of entry: SourceNode.Entry, _ form: Form) throws -> [String] {
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

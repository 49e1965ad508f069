import ArgumentParser
import Baselines

struct BaselineShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a baseline with all that it inherits.")

  @Argument(help: "A name or a file.")
  var baseline: String

  @Flag(help: "Every check's question and references, every value and where it is set.")
  var resolved = false

  @Option(help: "How it is written; json is always resolved.")
  var format = ListingFormat.text

  @Option(
    name: .customLong("set"), help: ArgumentHelp("Set a value; repeat it.", valueName: "name=value"))
  var settings: [String] = []

  func validate() throws {
    for setting in settings where !setting.contains("=") {
      throw ValidationError("'--set \(setting)' has no '='. Write --set NAME=VALUE.")
    }
  }

  func run() throws {
    var values: [String: String] = [:]
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      values[String(parts[0])] = String(parts[1])
    }
    let loaded = try withBaselines { () throws(BaselineErrors) in
      try BaselineLoader().load([baseline], settings: values)[0]
    }
    print(format == .json ? loaded.listing.pretty : Self.text(loaded, resolved: resolved), terminator: "")
  }

  static func text(_ baseline: LoadedBaseline, resolved: Bool) -> String {
    var text = TextColumns()
    head(baseline, &text)
    if resolved {
      values(baseline, &text)
      for check in baseline.checks { Self.check(check, &text) }
    } else {
      text.line()
      text.table(
        ["CHECK", "SEVERITY", "TITLE"], baseline.checks.map { [$0.id, $0.severity.rawValue, $0.title] })
    }
    if !baseline.disabled.isEmpty {
      text.line()
      text.table(
        ["LEFT OUT", "BY", "REASON"], baseline.disabled.map { [$0.check, $0.by, $0.reason] })
    }
    return text.text
  }

  private static func head(_ baseline: LoadedBaseline, _ text: inout TextColumns) {
    text.line("\(baseline.identity.id) \(baseline.identity.version): \(baseline.identity.title)")
    text.row("", baseline.description ?? "", column: 0)
    text.row("", baseline.benchmark?.statement ?? "", column: 0)
    text.row("file", baseline.file)
    text.row("extends", baseline.extends.joined(separator: ", "))
    text.row("for", baseline.appliesTo?.words ?? "")
    text.row("checks", counts(baseline.checks))
    text.row("digest", baseline.identity.digest)
  }

  /// `12: 2 critical, 10 high`.
  private static func counts(_ checks: [Check]) -> String {
    let parts = Severity.allCases.reversed().compactMap { severity -> String? in
      let count = checks.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)"
    }
    return checks.isEmpty ? "0" : "\(checks.count): \(parts.joined(separator: ", "))"
  }

  private static func values(_ baseline: LoadedBaseline, _ text: inout TextColumns) {
    guard !baseline.values.isEmpty else { return }
    text.line()
    text.table(
      ["VALUE", "SET BY", "IS"],
      baseline.values.map { [$0.name, $0.setBy, $0.words + ($0.place.map { " (\($0))" } ?? "")] })
  }

  private static func check(_ check: Check, _ text: inout TextColumns) {
    text.line()
    text.line("\(check.id) (\(check.severity.rawValue)): \(check.title)")
    text.row("asks", check.question.line)
    text.row("when", check.when?.words ?? "")
    text.row("for", check.appliesTo.map(\.words).joined(separator: " or "))
    text.row("requires", check.requires.joined(separator: ", "))
    for value in check.values {
      text.row("value", "\(value.name) = \(value.words), \(value.origin)")
    }
    text.row("references", check.referenceWords)
    text.row("defined", "\(check.definedIn)\(check.place.map { ", \($0)" } ?? "")")
  }
}

extension ResolvedValue {
  /// `14`; a list joined by commas.
  var words: String { value.joined(separator: ", ") }

  /// `set by strict (checks/ssh.yaml:9)`.
  var origin: String {
    let by = setBy == "default" ? "the default" : "set by \(setBy)"
    return by + (place.map { " (\($0))" } ?? "")
  }
}

extension Check {
  /// `cis-debian-12 5.1.20; nist-800-53 AC-6(2), IA-2`.
  var referenceWords: String {
    references.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value.joined(separator: ", "))" }.joined(separator: "; ")
  }
}

import ArgumentParser
import Baselines
import DiskImages
import Evidence

struct BaselineExplain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain a check: what it reads and decides, why, and how to mend it.")

  @Argument(help: "The check's id.")
  var check: String

  @Option(
    help: ArgumentHelp("As this baseline asks it; without it as every baseline does.", valueName: "name|file")
  )
  var baseline: String?

  func run() throws {
    let text = try withBaselines { () throws(BaselineErrors) in
      let loader = BaselineLoader()
      let names = baseline.map { [$0] } ?? loader.folders.files.map(\.name)
      return Self.text(
        try loader.asked(check, by: try loader.load(names)), named: baseline, kinds: loader.kinds)
    }
    print(text, terminator: "")
  }

  /// The check as the first one asks it, and how the others differ.
  ///
  /// - Parameter named: the baseline that the user has named, which may not ask it.
  static func text(
    _ asked: [BaselineLoader.AskedCheck], named: String? = nil, kinds: KindRegistry
  ) -> String {
    var text = TextColumns()
    guard let check = asked.first?.check else { return "" }
    text.line("\(check.id): \(check.title)")
    text.row("severity", severities(asked))
    text.row("why", check.rationale)
    text.row("to mend", check.remediation)
    text.row("asks", check.question.line)
    for name in kindNames(check.question) {
      text.row("", "\(name): \(kinds.named(name)?.summary ?? "")")
    }
    text.row("when", check.when?.words ?? "")
    text.row("requires", check.requires.joined(separator: ", "))
    text.row("values", values(asked))
    if let fix = check.kind.fix {
      text.block("shell", fix.shell)
      text.block("ansible", fix.ansible)
    }
    text.row("references", check.referenceWords)
    let names = asked.compactMap { $0.baseline?.identity.id }
    let nobody = named.map { "not by \($0)" } ?? "no baseline"
    text.row("asked by", names.isEmpty ? nobody : names.joined(separator: ", "))
    text.row("reads", reads(check))
    text.row("defined", "\(check.definedIn)\(check.place.map { ", \($0)" } ?? "")")
    return text.text
  }

  /// `high`, or with the baselines that think otherwise: `high; critical in strict`.
  private static func severities(_ asked: [BaselineLoader.AskedCheck]) -> String {
    differing(asked) { $0.severity.rawValue }
  }

  private static func values(_ asked: [BaselineLoader.AskedCheck]) -> String {
    differing(asked) { check in
      check.values.map { "\($0.name) = \($0.words)" }.joined(separator: ", ")
    }
  }

  /// What the first says, then what others say with their names.
  private static func differing(
    _ asked: [BaselineLoader.AskedCheck], _ words: (Check) -> String
  ) -> String {
    var groups: [(words: String, names: [String])] = []
    for one in asked {
      let name = one.baseline?.identity.id ?? ""
      if let index = groups.firstIndex(where: { $0.words == words(one.check) }) {
        groups[index].names.append(name)
      } else {
        groups.append((words(one.check), [name]))
      }
    }
    if groups.count == 1 { return groups[0].words }
    return groups.map { "\($0.words) in \($0.names.joined(separator: ", "))" }.joined(separator: "; ")
  }

  private static func kindNames(_ question: Question) -> [String] {
    switch question {
    case .kind(let name, _): return [name]
    case .combination(_, let parts):
      return parts.flatMap(kindNames).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
  }

  /// Every pattern, or where they are many the folders with their numbers.
  private static func reads(_ check: Check) -> String {
    let plan = check.plan
    let patterns = Set(plan.needs.map(\.pattern.description)).sorted()
    if patterns.isEmpty { return "the list of all files" }
    let further = plan.follow.isEmpty && plan.followByModel.isEmpty ? [] : ["files that these name"]
    guard patterns.count > 12 else { return (patterns + further).joined(separator: ", ") }
    let folders = Dictionary(grouping: patterns) { pattern in
      let parents = pattern.split(separator: "/").dropLast().prefix { !$0.contains("*") }
      return "/" + parents.prefix(2).joined(separator: "/")
    }
    let counted = folders.sorted { $0.key < $1.key }.map { folder, patterns in
      patterns.count == 1 ? patterns[0] : "\(patterns.count) patterns below \(folder)"
    }
    return (counted + further).joined(separator: ", ")
  }
}

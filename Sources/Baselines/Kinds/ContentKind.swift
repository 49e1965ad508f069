import DiskImages
import Evidence
import Facts

/// Searches text files for a regular expression. The last resort: it does not know what a program makes of
/// the text.
public struct ContentKind: CheckKind {
  public static let name = "content"
  public static let summary =
    "Searches the lines of text files for a regular expression; for files that no model reads."
  public static let parameters: [ParameterSpecification] = [
    .init("path", .textList, "absolute paths or patterns"),
    .init("paths", .textList, "the same as path"),
    .init("match", .text, "some line matches this expression"),
    .init("not_match", .text, "no line matches this expression"),
    .init(
      "in", .choice(["each", "any"]),
      "whether each of the files has to match or one of them; each unless given"),
    .init("ignore_case", .boolean, "letters of either case are equal"),
    .init(
      "comment", .text,
      "characters that start a comment when they come first in a line; # unless given, may be empty"),
    .init(
      "if_absent", .choice(["pass", "fail"]),
      "the answer without a file; usually fail for match, pass for not_match"),
  ]

  private let paths: [String]
  private let match: String?
  private let notMatch: String?
  private let anyFile: Bool
  private let ignoresCase: Bool
  private let comment: String
  private let absentFails: Bool
  /// Longer lines are not text that people write, and an expression could take very long on one.
  private static let lineLimit = 16 << 10

  public init(_ parameters: Parameters) throws(ParameterError) {
    paths = parameters.list("path") + parameters.list("paths")
    if paths.isEmpty { throw ParameterError(nil, "'path' is missing") }
    for path in paths where !path.hasPrefix("/") {
      throw ParameterError(nil, "'\(path)' is not an absolute path")
    }
    match = parameters.text("match")
    notMatch = parameters.text("not_match")
    if match == nil, notMatch == nil { throw ParameterError(nil, "one of match, not_match is missing") }
    for (key, pattern) in [("match", match), ("not_match", notMatch)] {
      guard let pattern else { continue }
      if (try? Regex<AnyRegexOutput>(pattern)) == nil {
        throw ParameterError(key, "'\(pattern)' is not a regular expression")
      }
    }
    anyFile = parameters.text("in") == "any"
    ignoresCase = parameters.boolean("ignore_case") ?? false
    comment = parameters.text("comment") ?? "#"
    absentFails = parameters.text("if_absent").map { $0 == "fail" } ?? (match != nil)
  }

  public var plan: CollectionPlan { CollectionPlan(needs: Set(paths.map { ContentNeed($0) })) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let files = try files(facts.evidence)
    if files.isEmpty {
      return [
        Outcome(
          absentFails ? .fail : .pass, subject: paths.joined(separator: ", "), expected: expected,
          actual: "no such file")
      ]
    }
    var outcomes: [Outcome] = []
    for file in files { outcomes.append(try judge(file)) }
    if anyFile {
      if let pass = outcomes.first(where: { $0.verdict == .pass }) { return [pass] }
      return [
        Outcome(
          .fail, subject: paths.joined(separator: ", "), expected: expected,
          actual: "no line in \(files.count) files")
      ]
    }
    return outcomes
  }

  private func files(_ evidence: Evidence) throws(EvidenceGap) -> [TextFile] {
    var files: [TextFile] = []
    var seen: Set<UInt32> = []
    for path in paths {
      for entry in try evidence.entries(named: path) {
        guard case .found(let target) = evidence.index.target(of: entry), target.type == .regular,
          seen.insert(target.id).inserted
        else { continue }
        files.append(try evidence.text(of: entry))
      }
    }
    return files
  }

  private func judge(_ file: TextFile) throws(EvidenceGap) -> Outcome {
    if let notMatch, let line = try first(notMatch, in: file) {
      return Outcome(
        .fail, subject: file.path, expected: expected, actual: line.text, evidence: [evidence(line, file)])
    }
    guard let match else {
      return Outcome(.pass, subject: file.path, expected: expected, actual: "no such line")
    }
    guard let line = try first(match, in: file) else {
      return Outcome(.fail, subject: file.path, expected: expected, actual: "no such line")
    }
    return Outcome(
      .pass, subject: file.path, expected: expected, actual: line.text, evidence: [evidence(line, file)])
  }

  private func first(_ pattern: String, in file: TextFile) throws(EvidenceGap) -> TextFile.Line? {
    guard let expression = try? Regex<AnyRegexOutput>(pattern).ignoresCase(ignoresCase) else { return nil }
    for line in file.lines {
      guard line.text.utf8.count <= Self.lineLimit else {
        throw EvidenceGap(path: file.path, reason: "line \(line.number) is too long to search")
      }
      if let start = line.text.first(where: { $0 != " " && $0 != "\t" }), comment.contains(start) { continue }
      if line.text.firstMatch(of: expression) != nil { return line }
    }
    return nil
  }

  private func evidence(_ line: TextFile.Line, _ file: TextFile) -> EvidenceLine {
    EvidenceLine(path: file.path, line: line.number, text: line.text, origin: "explicit")
  }

  private var expected: String {
    [match.map { "a line like /\($0)/" }, notMatch.map { "no line like /\($0)/" }].compactMap { $0 }
      .joined(separator: " and ")
  }
}

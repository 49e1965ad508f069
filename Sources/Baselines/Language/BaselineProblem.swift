/// Something wrong in a file of the baseline language.
public struct BaselineProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// Nil if the problem is not in a file, such as a name that is not found.
  public var place: SourcePlace?
  public var message: String

  /// Describes a problem.
  public init(_ place: SourcePlace?, _ message: String) {
    self.place = place
    self.message = message
  }

  /// `file:line:column: message`, one line.
  public var description: String {
    place.map { "\($0.file):\($0.line):\($0.column): \(message)" } ?? message
  }
}

/// Everything that is wrong with baselines or waivers, found in one go; nothing is judged.
public struct BaselineErrors: Error, Sendable, Hashable, CustomStringConvertible {
  /// At most `limit` of them, in the order of the files and lines.
  public var problems: [BaselineProblem]
  /// How many more there are.
  public var omitted: Int

  /// Problems reported at once.
  public static let limit = 20

  /// Collects problems.
  public init(problems: [BaselineProblem], omitted: Int = 0) {
    self.problems = problems
    self.omitted = omitted
  }

  /// One line for each problem.
  public var description: String {
    let lines = problems.map(\.description)
    return (lines + (omitted > 0 ? ["… and \(omitted) more"] : [])).joined(separator: "\n")
  }
}

/// Collects problems, each once, so that a file is read to its end.
final class ProblemList {
  private var problems: [BaselineProblem] = []
  private var known: Set<BaselineProblem> = []
  private var omitted = 0

  var isEmpty: Bool { problems.isEmpty }

  /// Whether further problems are only counted.
  private var isFull: Bool { problems.count >= BaselineErrors.limit }

  func add(_ place: SourcePlace?, _ message: String) {
    let problem = BaselineProblem(place, message)
    guard known.insert(problem).inserted else { return }
    if isFull {
      omitted += 1
    } else {
      problems.append(problem)
    }
  }

  /// `; did you mean 'equals'?`, or nothing if no candidate is near or nobody would read it.
  func suggestion(for name: String, among candidates: some Sequence<String>) -> String {
    isFull ? "" : Suggestion.phrase(for: name, among: candidates)
  }

  /// Ends the work if there is a problem.
  func throwIfAny() throws(BaselineErrors) {
    if isEmpty { return }
    throw BaselineErrors(problems: sorted, omitted: omitted)
  }

  /// In the order of the lines; the files in the order in which they were read.
  private var sorted: [BaselineProblem] {
    var files: [String: Int] = [:]
    for case let place? in problems.map(\.place) where files[place.file] == nil {
      files[place.file] = files.count
    }
    func position(_ problem: BaselineProblem) -> (Int, Int, Int) {
      problem.place.map { (files[$0.file] ?? 0, $0.line, $0.column) } ?? (-1, 0, 0)
    }
    return problems.sorted { position($0) < position($1) }
  }
}

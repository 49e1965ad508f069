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

  func add(_ place: SourcePlace?, _ message: String) {
    let problem = BaselineProblem(place, message)
    guard !known.contains(problem) else { return }
    if problems.count >= BaselineErrors.limit {
      omitted += 1
    } else {
      known.insert(problem)
      problems.append(problem)
    }
  }

  func add(_ errors: BaselineErrors) {
    for problem in errors.problems { add(problem.place, problem.message) }
    omitted += errors.omitted
  }

  /// Ends the work if there is a problem.
  func throwIfAny() throws(BaselineErrors) {
    if isEmpty { return }
    throw BaselineErrors(problems: problems, omitted: omitted)
  }
}

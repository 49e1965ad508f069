/// A question as a file asks it: a kind with parameters, or a combination of questions.
indirect enum QuestionSource {
  case kind(any CheckKind.Type, SourceNode)
  case combination(Question.Combination, [QuestionSource])

  static let combinations = ["all", "any", "none", "count"]
  static let depthLimit = 6

  static func isKnown(_ key: String, _ kinds: KindRegistry) -> Bool {
    combinations.contains(key) || kinds.named(key) != nil
  }

  /// Reads a key that `isKnown` with its value; nil after a problem.
  init?(_ entry: SourceNode.Entry, depth: Int, _ kinds: KindRegistry, _ problems: ProblemList) {
    guard depth <= Self.depthLimit else {
      problems.add(entry.place, "combinations lie more than \(Self.depthLimit) levels deep")
      return nil
    }
    if let kind = kinds.named(entry.key) {
      self = .kind(kind, entry.value)
      return
    }
    switch entry.key {
    case "all": self.init(.all, entry.value, depth, kinds, problems)
    case "any": self.init(.any, entry.value, depth, kinds, problems)
    case "none": self.init(.none, entry.value, depth, kinds, problems)
    case "count":
      let keys = ["of", "at_least", "at_most"]
      guard let reader = MappingReader(entry.value, "'count'", keys: keys, problems) else { return nil }
      let (low, high) = (reader.integer("at_least"), reader.integer("at_most"))
      guard low != nil || high != nil else {
        problems.add(entry.place, "'count' lacks 'at_least' or 'at_most'")
        return nil
      }
      guard let list = reader["of"] else {
        problems.add(entry.place, "'count' lacks 'of'")
        return nil
      }
      self.init(.count(atLeast: low, atMost: high), list, depth, kinds, problems)
    default: return nil
    }
  }

  private init?(
    _ combination: Question.Combination, _ node: SourceNode, _ depth: Int, _ kinds: KindRegistry,
    _ problems: ProblemList
  ) {
    guard case .list(let elements) = node.content, !elements.isEmpty else {
      problems.add(node.place, "'\(combination.name)' takes a list of questions, not \(node.words)")
      return nil
    }
    let parts = elements.map { Self.element($0, depth: depth + 1, kinds, problems) }
    guard parts.allSatisfy({ $0 != nil }) else { return nil }
    self = .combination(combination, parts.compactMap(\.self))
  }

  /// A mapping with one key that names a kind or a combination; nil after a problem.
  static func element(
    _ node: SourceNode, depth: Int, _ kinds: KindRegistry, _ problems: ProblemList
  ) -> QuestionSource? {
    guard let entries = node.entries, let entry = entries.first, entries.count == 1 else {
      problems.add(node.place, "a question is expected here, a mapping with one kind, not \(node.words)")
      return nil
    }
    guard isKnown(entry.key, kinds) else {
      problems.add(
        entry.place,
        "there is no kind '\(entry.key.prefix(60))'"
          + problems.suggestion(for: entry.key, among: combinations + kinds.names))
      return nil
    }
    return QuestionSource(entry, depth: depth, kinds, problems)
  }

  var usedValues: Set<String> {
    switch self {
    case .kind(_, let node): Substitution.names(in: node)
    case .combination(_, let parts): parts.reduce(into: []) { $0.formUnion($1.usedValues) }
    }
  }

  /// The question with variables replaced, ready to be asked; nil after a problem.
  func resolve(_ substitution: Substitution) -> (question: Question, kind: any CheckKind)? {
    switch self {
    case .kind(let kind, let node):
      let replaced = substitution.apply(to: node)
      let problems = substitution.problems
      guard
        let parameters = ParameterReader(problems: problems).read(replaced, "'\(kind.name)'", kind.parameters)
      else { return nil }
      do {
        return (.kind(kind.name, parameters), try kind.init(parameters))
      } catch {
        let place = error.key.flatMap { replaced.entry($0)?.value.place } ?? node.place
        problems.add(place, "'\(kind.name)': \(error.message)")
        return nil
      }
    case .combination(let combination, let parts):
      let resolved = parts.map { $0.resolve(substitution) }
      guard resolved.allSatisfy({ $0 != nil }) else { return nil }
      let complete = resolved.compactMap(\.self)
      return (
        .combination(combination, complete.map(\.question)), CombinedKind(combination, complete.map(\.kind))
      )
    }
  }
}

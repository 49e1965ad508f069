/// Makes checks from their definitions and the values of a baseline, each combination once.
struct CheckBuilder {
  let kinds: KindRegistry
  let problems: ProblemList
  private var known: [Key: Check?] = [:]

  private struct Key: Hashable {
    var place: SourcePlace
    var values: [String: ValueDeclaration.Content]
  }

  init(kinds: KindRegistry, problems: ProblemList) {
    self.kinds = kinds
    self.problems = problems
  }

  /// The check; nil after a problem.
  mutating func check(_ source: CheckSource, _ values: ValueTable) -> Check? {
    let key = Key(place: source.place, values: values.contents.filter { source.usedValues.contains($0.key) })
    if var check = known[key] {
      check?.values = values.resolved(source.usedValues)
      return check
    }
    let check = make(source, values)
    known[key] = .some(check)
    return check
  }

  private func make(_ source: CheckSource, _ values: ValueTable) -> Check? {
    let substitution = Substitution(values: values.contents, problems: problems)
    var when: (any Precondition)?
    if let node = source.when {
      let reader = PreconditionReader(
        declarations: values.declarations, substitution: substitution, kinds: kinds)
      when = reader.read(node)
      if when == nil { return nil }
    }
    guard let (question, kind) = source.question?.resolve(substitution) else { return nil }
    func text(_ node: SourceNode?) -> String {
      node.map { substitution.apply(to: $0.text ?? "", at: $0.place) } ?? ""
    }
    return Check(
      id: source.id, title: text(source.title), severity: source.severity ?? .medium,
      references: source.references, rationale: text(source.rationale), remediation: text(source.remediation),
      when: when, requires: source.requires.map(\.text), kind: kind, question: question,
      values: values.resolved(source.usedValues), definedIn: source.definedIn, place: source.place)
  }
}

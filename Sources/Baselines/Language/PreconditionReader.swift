/// Reads `when:`.
struct PreconditionReader {
  static let keys = [
    "package", "unit", "file", "distribution", "value", "check", "asked", "verify", "not", "any",
  ]
  static let depthLimit = 6

  let declarations: [String: ValueDeclaration]
  let substitution: Substitution
  let kinds: KindRegistry

  private var problems: ProblemList { substitution.problems }

  /// The precondition in a mapping whose keys all have to hold; nil after a problem.
  func read(_ node: SourceNode, depth: Int = 0) -> (any Precondition)? {
    guard depth <= Self.depthLimit else {
      problems.add(node.place, "preconditions lie more than \(Self.depthLimit) levels deep")
      return nil
    }
    guard let reader = MappingReader(node, "'when'", keys: Self.keys, problems) else { return nil }
    var parts: [any Precondition] = []
    for entry in node.entries ?? [] where Self.keys.contains(entry.key) {
      parts += read(entry, reader, depth)
    }
    guard let first = parts.first else {
      if node.entries?.isEmpty == true { problems.add(node.place, "'when' is empty") }
      return nil
    }
    return parts.count == 1 ? first : AllPreconditions(parts: parts)
  }

  private func read(_ entry: SourceNode.Entry, _ reader: MappingReader, _ depth: Int) -> [any Precondition] {
    switch entry.key {
    case "package": return names(reader, "package").map { PackagePrecondition(names: $0) }
    case "unit": return names(reader, "unit").map { UnitPrecondition(names: $0) }
    case "file": return names(reader, "file").map { FilePrecondition(paths: $0) }
    case "distribution": return names(reader, "distribution").map { DistributionPrecondition(names: $0) }
    case "asked": return names(reader, "asked").map { AskedPrecondition(probes: $0) }
    case "value": return values(entry.value)
    case "check": return check(entry.value)
    case "verify": return names(reader, "verify").map { VerificationPrecondition(scopes: $0) }
    case "not": return read(entry.value, depth: depth + 1).map { [NotPrecondition(inner: $0)] } ?? []
    case "any":
      guard case .list(let elements) = entry.value.content, !elements.isEmpty else {
        problems.add(entry.value.place, "'any' takes a list of preconditions, not \(entry.value.words)")
        return []
      }
      return [AnyPrecondition(parts: elements.compactMap { read($0, depth: depth + 1) })]
    default: return []
    }
  }

  /// One list of names, if there is none wrong.
  private func names(_ reader: MappingReader, _ key: String) -> [[String]] {
    guard let node = reader[key] else { return [] }
    var replaced = node
    replaced.content = .mapping([.init(key: key, place: node.place, value: substitution.apply(to: node))])
    guard let reader = MappingReader(replaced, "'when'", keys: [key], problems) else { return [] }
    let texts = reader.texts(key).map(\.text)
    if texts.isEmpty { problems.add(node.place, "'\(key)' names nothing") }
    return texts.isEmpty ? [] : [texts]
  }

  private func values(_ node: SourceNode) -> [any Precondition] {
    guard let entries = node.entries, !entries.isEmpty else {
      problems.add(
        node.place, "'value' is a mapping from names of values to what they have to be, not \(node.words)")
      return []
    }
    return entries.compactMap { entry in
      guard let declaration = declarations[entry.key], let actual = substitution.values[entry.key] else {
        problems.add(
          entry.place,
          "there is no value '\(entry.key.prefix(60))'"
            + problems.suggestion(for: entry.key, among: declarations.keys))
        return nil
      }
      switch declaration.read(entry.value) {
      case .success(let expected):
        return ValuePrecondition(name: entry.key, actual: actual.words, expected: expected.words)
      case .failure(let mismatch):
        problems.add(entry.value.place, mismatch.message)
        return nil
      }
    }
  }

  private func check(_ node: SourceNode) -> [any Precondition] {
    guard let source = QuestionSource.element(node, depth: 0, kinds, problems),
      let resolved = source.resolve(substitution)
    else { return [] }
    return [CheckPrecondition(kind: resolved.kind, question: resolved.question)]
  }

  /// Names of values that `value:` mentions, at any depth.
  static func valueNames(in node: SourceNode) -> Set<String> {
    switch node.content {
    case .scalar: return []
    case .list(let elements): return elements.reduce(into: []) { $0.formUnion(valueNames(in: $1)) }
    case .mapping(let entries):
      return entries.reduce(into: []) { names, entry in
        if entry.key == "value" { names.formUnion((entry.value.entries ?? []).map(\.key)) }
        if entry.key == "not" || entry.key == "any" { names.formUnion(valueNames(in: entry.value)) }
      }
    }
  }
}

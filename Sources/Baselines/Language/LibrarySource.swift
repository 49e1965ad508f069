/// A library: checks that baselines share, with the values that they use.
struct LibrarySource {
  static let keys = ["library", "values", "set", "checks"]

  let file: String
  let name: String
  let values: [ValueDeclaration]
  /// Which baseline sets which values.
  let settings: [(baseline: String, place: SourcePlace, entries: [SourceNode.Entry])]
  let checks: [CheckSource]
  /// The checks by the baseline that asks them.
  let askedBy: [String: [CheckSource]]

  /// Reads a file; nil after a problem that leaves nothing to work with.
  init?(_ node: SourceNode, file: String, kinds: KindRegistry, _ problems: ProblemList) {
    guard let reader = MappingReader(node, "a library", keys: Self.keys, problems),
      let name = reader.text("library", required: true)
    else { return nil }
    self.file = file
    self.name = name
    values = BaselineSource.declarations(reader["values"], problems)
    settings = BaselineSource.entries("set", reader, problems).map { entry in
      if entry.value.entries == nil {
        problems.add(
          entry.value.place,
          "'\(entry.key.prefix(60))' sets values in a library: a mapping from names to values, not \(entry.value.words)"
        )
      }
      return (entry.key, entry.place, entry.value.entries ?? [])
    }
    let label = "checks/\(name)"
    checks = reader.elements("checks").compactMap {
      CheckSource($0, definedIn: label, isInLibrary: true, kinds: kinds, problems)
    }
    askedBy = checks.reduce(into: [:]) { result, check in
      for name in Set(check.baselines.map(\.text)) { result[name, default: []].append(check) }
    }
  }

  /// Every baseline that the library names, with the places.
  var mentionedBaselines: [(text: String, place: SourcePlace)] {
    settings.map { ($0.baseline, $0.place) } + checks.flatMap(\.baselines)
  }
}

/// A check as a file defines it, before variables are replaced.
struct CheckSource {
  static let textKeys = ["title", "rationale", "remediation"]
  static let plainKeys =
    ["id", "title", "severity", "baselines", "when", "requires", "references", "rationale", "remediation"]

  let id: String
  let place: SourcePlace
  /// The library or baseline, for listings.
  let definedIn: String
  var title: SourceNode?
  var severity: Severity?
  /// Baselines that ask it; for a check of a library.
  var baselines: [(text: String, place: SourcePlace)]
  var when: SourceNode?
  var requires: [(text: String, place: SourcePlace)]
  var question: QuestionSource?
  var references: [String: [String]]
  var rationale: SourceNode?
  var remediation: SourceNode?
  let overrides: Bool
  /// Names of the values that it refers to.
  private(set) var usedValues: Set<String> = []

  /// Reads an element of `checks:`; nil after a problem that leaves nothing to work with.
  init?(
    _ node: SourceNode, definedIn: String, isInLibrary: Bool, kinds: KindRegistry, _ problems: ProblemList
  ) {
    let special = isInLibrary ? [] : ["override"]
    let own = Self.plainKeys.filter { isInLibrary || $0 != "baselines" } + special
    guard let entries = node.entries else {
      problems.add(node.place, "a check is expected here, a mapping with 'id', not \(node.words)")
      return nil
    }
    let questions = entries.filter { !own.contains($0.key) }
    var plain = node
    plain.content = .mapping(entries.filter { own.contains($0.key) })
    guard let reader = MappingReader(plain, "a check", keys: own, problems),
      let id = reader.text("id", required: true)
    else { return nil }
    self.id = id
    self.definedIn = definedIn
    place = reader["id"]?.place ?? node.place
    if !Self.isID(id) {
      problems.add(
        place, "'\(id.prefix(60))' is not an id: area.thing-in-kebab-case, lower-case letters, digits and -")
    }
    title = reader["title"]
    rationale = reader["rationale"]
    remediation = reader["remediation"]
    for key in Self.textKeys { _ = reader.text(key) }
    severity = reader.choice("severity", Severity.self)
    baselines = reader.texts("baselines")
    requires = reader.texts("requires")
    when = reader["when"]
    references = Self.references(reader["references"], problems)
    overrides = reader.boolean("override") ?? false
    question = Self.question(questions, in: plain, own, kinds, problems)
    usedValues = collectUsedValues()
    // A key that is not known may be a missing one that is misspelt.
    if !overrides, questions.allSatisfy({ QuestionSource.isKnown($0.key, kinds) }) {
      for key in ["title", "severity"] where reader[key] == nil {
        problems.add(place, "the check '\(id)' lacks '\(key)'")
      }
    }
  }

  /// The one key that names a kind or a combination.
  private static func question(
    _ candidates: [SourceNode.Entry], in node: SourceNode, _ own: [String], _ kinds: KindRegistry,
    _ problems: ProblemList
  ) -> QuestionSource? {
    let known = candidates.filter { QuestionSource.isKnown($0.key, kinds) }
    for entry in candidates where !QuestionSource.isKnown(entry.key, kinds) {
      let suggestion = problems.suggestion(
        for: entry.key, among: own + QuestionSource.combinations + kinds.names)
      problems.add(
        entry.place, "'\(entry.key.prefix(60))' is neither a key of a check nor a kind" + suggestion)
    }
    guard let first = known.first else {
      let isOverride = node.entry("override") != nil
      if candidates.isEmpty, !isOverride {
        problems.add(node.place, "the check asks nothing: it names no kind")
      }
      return nil
    }
    if known.count > 1 {
      problems.add(
        known[1].place,
        "a check asks one question, but '\(first.key)' and '\(known[1].key)' are two; join them with 'all' or 'any'"
      )
      return nil
    }
    return QuestionSource(first, depth: 0, kinds, problems)
  }

  private static func references(_ node: SourceNode?, _ problems: ProblemList) -> [String: [String]] {
    guard let node else { return [:] }
    guard let entries = node.entries else {
      problems.add(
        node.place, "'references' is a mapping from a benchmark's name to sections, not \(node.words)")
      return [:]
    }
    var result: [String: [String]] = [:]
    for entry in entries {
      var wrapper = node
      wrapper.content = .mapping([entry])
      guard let reader = MappingReader(wrapper, "references", keys: [entry.key], problems) else { continue }
      result[entry.key] = reader.texts(entry.key).map(\.text)
    }
    return result
  }

  private func collectUsedValues() -> Set<String> {
    var names = question?.usedValues ?? []
    for node in [when, title, rationale, remediation].compactMap(\.self) {
      names.formUnion(Substitution.names(in: node))
    }
    // `when: {value: {NAME: …}}` names values without ${}.
    if let when { names.formUnion(PreconditionReader.valueNames(in: when)) }
    return names
  }

  /// This check with what the other one, which overrides it, says anew.
  func overridden(by other: CheckSource) -> CheckSource {
    var result = other
    result.title = other.title ?? title
    result.severity = other.severity ?? severity
    result.when = other.when ?? when
    result.requires = other.requires.isEmpty ? requires : other.requires
    result.question = other.question ?? question
    result.references = other.references.isEmpty ? references : other.references
    result.rationale = other.rationale ?? rationale
    result.remediation = other.remediation ?? remediation
    result.usedValues = result.collectUsedValues()
    return result
  }

  /// `area.thing-in-kebab-case`; more dots are allowed.
  static func isID(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count >= 2
      && parts.allSatisfy { part in
        !part.isEmpty && part.utf8.first != UInt8(ascii: "-") && part.utf8.allSatisfy(isIDByte)
      }
  }

  static func isIDByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }
}

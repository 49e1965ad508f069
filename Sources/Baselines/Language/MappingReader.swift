/// Reads a mapping strictly: a key that is not expected is a problem, and so is a value of the wrong type.
struct MappingReader {
  let node: SourceNode
  /// What the mapping is, for messages: `a check`.
  let what: String
  let problems: ProblemList
  /// Whether a key is not expected; then it may be a required one that is misspelt.
  private(set) var hasUnknownKeys = false

  /// Reports what is not a mapping and every key that is not in `keys`; nil for what is not a mapping.
  init?(_ node: SourceNode, _ what: String, keys: [String], _ problems: ProblemList) {
    guard let entries = node.entries else {
      problems.add(
        node.place, "\(what) is expected here, a mapping with \(Self.list(keys)), not \(node.words)")
      return nil
    }
    self.node = node
    self.what = what
    self.problems = problems
    for entry in entries where !keys.contains(entry.key) {
      hasUnknownKeys = true
      let suggestion = problems.suggestion(for: entry.key, among: keys)
      problems.add(
        entry.place,
        "\(what) has no key '\(entry.key.prefix(60))'"
          + (suggestion.isEmpty ? "; it takes \(Self.list(keys))" : suggestion))
    }
  }

  /// The value of a key.
  subscript(key: String) -> SourceNode? { node.entry(key)?.value }

  /// Text of a key; a problem if it is required and not there, or not text.
  func text(_ key: String, required: Bool = false) -> String? {
    guard let value = self[key] else {
      if required && !hasUnknownKeys { problems.add(node.place, "\(what) lacks '\(key)'") }
      return nil
    }
    return text(of: value, key)
  }

  /// The node as text.
  func text(of value: SourceNode, _ key: String) -> String? {
    if let text = value.text { return text }
    problems.add(value.place, "'\(key)' is text, not \(value.words)")
    return nil
  }

  func boolean(_ key: String) -> Bool? {
    guard let value = self[key] else { return nil }
    switch value.text {
    case "true": return true
    case "false": return false
    default:
      problems.add(value.place, "'\(key)' is true or false, not \(value.words)")
      return nil
    }
  }

  func integer(_ key: String) -> Int? {
    guard let value = self[key] else { return nil }
    if let number = value.text.flatMap({ Int($0) }) { return number }
    problems.add(value.place, "'\(key)' is a whole number, not \(value.words)")
    return nil
  }

  /// One of a fixed set of words.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Choice.Type, required: Bool = false
  ) -> Choice? where Choice.RawValue == String {
    guard let text = text(key, required: required), let value = self[key] else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    problems.add(
      value.place,
      "'\(text.prefix(60))' is not a \(key)"
        + problems.suggestion(for: text, among: names) + "; it is one of \(Self.list(names))")
    return nil
  }

  /// The elements of a list of texts; one text counts as a list of one.
  func texts(_ key: String) -> [(text: String, place: SourcePlace)] {
    guard let value = self[key] else { return [] }
    return elements(of: value).compactMap { element in
      text(of: element, key).map { ($0, element.place) }
    }
  }

  /// The elements of a list; anything else counts as a list of one.
  func elements(_ key: String) -> [SourceNode] { self[key].map(elements(of:)) ?? [] }

  private func elements(of value: SourceNode) -> [SourceNode] {
    if case .list(let elements) = value.content { elements } else { [value] }
  }

  /// `a, b and c`.
  static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "nothing" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }
}

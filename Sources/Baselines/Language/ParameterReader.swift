/// Reads the parameters of a kind by its specification: keys, types, required ones.
struct ParameterReader {
  let problems: ProblemList

  /// The parameters; nil after a problem.
  ///
  /// - Parameter what: for messages, such as `'sshd'`.
  func read(_ node: SourceNode, _ what: String, _ specifications: [ParameterSpecification]) -> Parameters? {
    let keys = specifications.map(\.key)
    guard let reader = MappingReader(node, what, keys: keys, problems) else { return nil }
    var isComplete = (node.entries ?? []).allSatisfy { keys.contains($0.key) }
    var values: [String: ParameterValue] = [:]
    for specification in specifications {
      guard let value = reader[specification.key] else {
        if specification.isRequired {
          isComplete = false
          if reader.hasUnknownKeys { continue }
          problems.add(node.place, "\(what) lacks '\(specification.key)': \(specification.summary)")
        }
        continue
      }
      if let value = self.value(value, specification) {
        values[specification.key] = value
      } else {
        isComplete = false
      }
    }
    return isComplete ? Parameters(values) : nil
  }

  private func value(_ node: SourceNode, _ specification: ParameterSpecification) -> ParameterValue? {
    let key = specification.key
    let value: ParameterValue? =
      switch specification.type {
      case .text: node.text.map { .text($0) }
      case .integer: node.text.flatMap { Int($0) }.map { .integer($0) }
      case .boolean: node.text.flatMap { ["true": true, "false": false][$0] }.map { .boolean($0) }
      case .textList: texts(node).map { .list($0) }
      case .choice(let choices): node.text.flatMap { choices.contains($0) ? .text($0) : nil }
      case .mode: node.text.flatMap(Self.mode).map { .mode($0) }
      case .mapping(let inner): read(node, "'\(key)'", inner).map { .mapping($0.values) }
      }
    if value == nil, !isMapping(specification.type) {
      var message = "'\(key)' is \(Self.words(specification.type)), not \(node.words)"
      if case .choice(let choices) = specification.type, let text = node.text {
        message += problems.suggestion(for: text, among: choices)
      }
      if node.text == nil, node.words == "nothing" { message += "; write \"\" for the empty text" }
      problems.add(node.place, message)
    }
    return value
  }

  private func isMapping(_ type: ParameterSpecification.ValueType) -> Bool {
    if case .mapping = type { true } else { false }
  }

  private func texts(_ node: SourceNode) -> [String]? {
    guard case .list(let elements) = node.content else { return node.text.map { [$0] } }
    let texts = elements.compactMap(\.text)
    return texts.count == elements.count ? texts : nil
  }

  /// Permission bits in octal, three to five digits; nil for anything else.
  static func mode(_ text: String) -> UInt32? {
    let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
    guard (3...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x37).contains($0) }),
      let mode = UInt32(digits, radix: 8), mode <= 0o7777
    else { return nil }
    return mode
  }

  /// `0640`.
  static func modeText(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }

  /// For messages and documentation.
  static func words(_ type: ParameterSpecification.ValueType) -> String {
    switch type {
    case .text: "text"
    case .integer: "a whole number"
    case .boolean: "true or false"
    case .textList: "a list of texts"
    case .choice(let choices): "one of \(MappingReader.list(choices))"
    case .mode: "permission bits in octal, such as 0640"
    case .mapping: "a mapping"
    }
  }
}

/// A variable that a library or a baseline declares: a type, a default and limits.
struct ValueDeclaration {
  enum ValueType: String, CaseIterable {
    case integer, text, boolean, list, mode, choice
  }

  /// A value that fits its declaration, as it would be written.
  struct Content: Hashable {
    var elements: [String]
    var isList = false

    /// For a sentence.
    var words: String { elements.joined(separator: ", ") }
  }

  static let keys = ["type", "default", "min", "max", "choices", "title"]

  let name: String
  let type: ValueType
  let title: String
  let minimum: Int?
  let maximum: Int?
  let choices: [String]
  let place: SourcePlace
  private(set) var defaultContent = Content(elements: [])

  /// Reads one entry of `values:`; nil after a problem.
  init?(_ entry: SourceNode.Entry, _ problems: ProblemList) {
    name = entry.key
    place = entry.place
    guard Self.isName(name) else {
      problems.add(
        place,
        "'\(name.prefix(60))' is not a name of a value: lower-case letters, digits and _, a letter first")
      return nil
    }
    guard let reader = MappingReader(entry.value, "the value '\(name)'", keys: Self.keys, problems),
      let type = reader.choice("type", ValueType.self, required: true)
    else { return nil }
    self.type = type
    title = reader.text("title") ?? ""
    minimum = reader.integer("min")
    maximum = reader.integer("max")
    choices = reader.texts("choices").map(\.text)
    for key in ["min", "max"] where type != .integer {
      if let node = reader[key] { problems.add(node.place, "'\(key)' is for values of type integer") }
    }
    if let node = reader["choices"], type != .choice, type != .list {
      problems.add(node.place, "'choices' is for values of type choice or list")
    }
    if type == .choice, choices.isEmpty {
      problems.add(place, "the value '\(name)' lacks 'choices'")
      return nil
    }
    guard let node = reader["default"] else {
      problems.add(place, "the value '\(name)' lacks 'default'")
      return nil
    }
    switch read(node) {
    case .success(let content): defaultContent = content
    case .failure(let mismatch):
      problems.add(node.place, mismatch.message)
      return nil
    }
  }

  struct Mismatch: Error { var message: String }

  /// The content of a node if it fits.
  func read(_ node: SourceNode) -> Result<Content, Mismatch> {
    switch node.content {
    case .list(let elements):
      guard type == .list else { return .failure(mismatch(node.words)) }
      var texts: [String] = []
      for element in elements {
        guard let text = element.text else { return .failure(mismatch("a list with \(element.words) in it")) }
        texts.append(text)
      }
      return check(texts)
    case .scalar:
      guard let text = node.text else { return .failure(mismatch(node.words)) }
      return check([text])
    case .mapping: return .failure(mismatch(node.words))
    }
  }

  /// The content of a setting of the command line if it fits; commas separate the elements of a list.
  func read(commandLine text: String) -> Result<Content, Mismatch> {
    type == .list ? check(text.split(separator: ",").map(String.init)) : check([text])
  }

  private func check(_ texts: [String]) -> Result<Content, Mismatch> {
    let text = texts.first ?? ""
    switch type {
    case .list:
      for text in texts where !choices.isEmpty && !choices.contains(text) {
        return .failure(mismatch("'\(text)'"))
      }
      return .success(Content(elements: texts, isList: true))
    case .text: return .success(Content(elements: [text]))
    case .boolean where text == "true" || text == "false": return .success(Content(elements: [text]))
    case .choice where choices.contains(text): return .success(Content(elements: [text]))
    case .integer:
      guard let number = Int(text) else { return .failure(mismatch("'\(text)'")) }
      if number < minimum ?? .min || number > maximum ?? .max {
        return .failure(mismatch(String(number)))
      }
      return .success(Content(elements: [String(number)]))
    case .mode:
      guard let mode = ParameterReader.mode(text) else { return .failure(mismatch("'\(text)'")) }
      return .success(Content(elements: [ParameterReader.modeText(mode)]))
    case .boolean, .choice: return .failure(mismatch("'\(text)'"))
    }
  }

  private func mismatch(_ found: String) -> Mismatch {
    Mismatch(message: "'\(name)' is \(typeWords), not \(found)")
  }

  /// `a whole number from 1 to 6`.
  var typeWords: String {
    switch type {
    case .integer:
      switch (minimum, maximum) {
      case (let low?, let high?): "a whole number from \(low) to \(high)"
      case (let low?, nil): "a whole number of at least \(low)"
      case (nil, let high?): "a whole number of at most \(high)"
      case (nil, nil): "a whole number"
      }
    case .text: "text"
    case .boolean: "true or false"
    case .list: choices.isEmpty ? "a list" : "a list out of \(MappingReader.list(choices))"
    case .mode: "permission bits in octal, such as 0640"
    case .choice: "one of \(MappingReader.list(choices))"
    }
  }

  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else {
      return false
    }
    return text.utf8.allSatisfy(isNameByte)
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: false
    }
  }
}

/// Replaces `${name}` by values. `$${name}` stands for the text `${name}`.
///
/// A scalar that is a single reference takes the value as it is, lists included; within a longer text a value
/// is inserted as text; in a list, a list is spliced in.
struct Substitution {
  let values: [String: ValueDeclaration.Content]
  let problems: ProblemList

  /// Names referred to anywhere below the node.
  static func names(in node: SourceNode) -> Set<String> {
    switch node.content {
    case .scalar(let text, _): return Set(pieces(of: text).compactMap(\.reference))
    case .list(let elements): return elements.reduce(into: []) { $0.formUnion(names(in: $1)) }
    case .mapping(let entries): return entries.reduce(into: []) { $0.formUnion(names(in: $1.value)) }
    }
  }

  /// Names referred to in a text.
  static func names(in text: String) -> Set<String> { Set(pieces(of: text).compactMap(\.reference)) }

  func apply(to node: SourceNode) -> SourceNode {
    switch node.content {
    case .scalar(let text, let isPlain):
      guard text.utf8.contains(UInt8(ascii: "$")) else { return node }
      let pieces = Self.pieces(of: text)
      if pieces.count == 1, let name = pieces[0].reference { return whole(name, at: node) }
      return SourceNode(content: .scalar(join(pieces, at: node.place), isPlain: isPlain), place: node.place)
    case .list(let elements):
      let replaced = elements.flatMap { element -> [SourceNode] in
        let result = apply(to: element)
        if case .scalar = element.content, case .list(let spliced) = result.content { return spliced }
        return [result]
      }
      return SourceNode(content: .list(replaced), place: node.place)
    case .mapping(let entries):
      let replaced = entries.map {
        SourceNode.Entry(key: $0.key, place: $0.place, value: apply(to: $0.value))
      }
      return SourceNode(content: .mapping(replaced), place: node.place)
    }
  }

  /// Text for people: a list is joined by commas.
  func apply(to text: String, at place: SourcePlace) -> String {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    return join(Self.pieces(of: text), at: place, allowingLists: true)
  }

  private func whole(_ name: String, at node: SourceNode) -> SourceNode {
    guard let value = value(name, at: node.place) else { return node }
    let scalars = value.elements.map {
      SourceNode(content: .scalar($0, isPlain: false), place: node.place)
    }
    if value.isList { return SourceNode(content: .list(scalars), place: node.place) }
    return scalars.first ?? node
  }

  private func join(_ pieces: [Piece], at place: SourcePlace, allowingLists: Bool = false) -> String {
    var result = ""
    for piece in pieces {
      switch piece {
      case .text(let text): result += text
      case .reference(let name):
        guard let value = value(name, at: place) else { continue }
        if value.isList, !allowingLists {
          problems.add(place, "'${\(name)}' is a list and has to stand alone")
        }
        result += value.words
      }
    }
    return result
  }

  private func value(_ name: String, at place: SourcePlace) -> ValueDeclaration.Content? {
    if let value = values[name] { return value }
    problems.add(place, "there is no value '\(name)'" + problems.suggestion(for: name, among: values.keys))
    return nil
  }

  enum Piece: Equatable {
    case text(String)
    case reference(String)

    var reference: String? { if case .reference(let name) = self { name } else { nil } }
  }

  /// A text cut at its references.
  static func pieces(of text: String) -> [Piece] {
    let bytes = Array(text.utf8)
    var pieces: [Piece] = []
    var literal: [UInt8] = []
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "$"), let end = referenceEnd(bytes, index) else {
        literal.append(bytes[index])
        index += 1
        continue
      }
      if literal.last == UInt8(ascii: "$") {
        // The first of two dollar signs is dropped, what follows is taken literally.
        literal += bytes[(index + 1)...end]
      } else {
        if !literal.isEmpty { pieces.append(.text(String(decoding: literal, as: UTF8.self))) }
        literal = []
        pieces.append(.reference(String(decoding: bytes[(index + 2)..<end], as: UTF8.self)))
      }
      index = end + 1
    }
    if !literal.isEmpty || pieces.isEmpty { pieces.append(.text(String(decoding: literal, as: UTF8.self))) }
    return pieces
  }

  /// The position of the brace that closes a reference which starts at `index`.
  private static func referenceEnd(_ bytes: [UInt8], _ index: Int) -> Int? {
    guard index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "{"),
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[index + 2])
    else { return nil }
    var end = index + 2
    while end < bytes.count, ValueDeclaration.isNameByte(bytes[end]) { end += 1 }
    return end < bytes.count && bytes[end] == UInt8(ascii: "}") ? end : nil
  }
}

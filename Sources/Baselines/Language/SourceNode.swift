/// A value in a file of the baseline language, with its place.
struct SourceNode {
  /// A key of a mapping with its value.
  struct Entry {
    var key: String
    var place: SourcePlace
    var value: SourceNode
  }

  enum Content {
    /// Text exactly as written. `isPlain` tells that there are no quotes.
    case scalar(String, isPlain: Bool)
    case list([SourceNode])
    case mapping([Entry])
  }

  var content: Content
  var place: SourcePlace

  /// The text of a scalar that is not empty for want of a value.
  var text: String? {
    if case .scalar(let text, let isPlain) = content, !(isPlain && text.isEmpty) { text } else { nil }
  }

  var entries: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  func entry(_ key: String) -> Entry? { entries?.first { $0.key == key } }

  /// What it is, for messages.
  var words: String {
    switch content {
    case .scalar(let text, let isPlain): isPlain && text.isEmpty ? "nothing" : "'\(text.prefix(60))'"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// A value in a file of the baseline language, with its place.
package struct SourceNode {
  /// A key of a mapping with its value.
  package struct Entry {
    package var key: String
    package var place: SourcePlace
    package var value: SourceNode
  }

  package enum Content {
    /// Text exactly as written. `isPlain` tells that there are no quotes.
    case scalar(String, isPlain: Bool)
    case list([SourceNode])
    case mapping([Entry])
  }

  package var content: Content
  package var place: SourcePlace

  /// The text of a scalar that is not empty for want of a value.
  package var text: String? {
    if case .scalar(let text, let isPlain) = content, !(isPlain && text.isEmpty) { text } else { nil }
  }

  package var entries: [Entry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  package func entry(_ key: String) -> Entry? { entries?.first { $0.key == key } }

  /// What it is, for messages.
  package var words: String {
    switch content {
    case .scalar(let text, let isPlain): isPlain && text.isEmpty ? "nothing" : "'\(text.prefix(60))'"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}

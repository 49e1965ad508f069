import Mustache

/// What a template sees: values by name.
///
/// A name without a value (nil, or an empty text) is nothing, so that a section of that name is left out and
/// the name is not looked up in the views around this one. A class of our own, since swift-mustache finds the
/// values of a dictionary by conformances that are dear to look up: a page takes half the time.
package final class HTMLView: MustacheParent, ExpressibleByDictionaryLiteral {
  private var values: [String: Any]

  package init(dictionaryLiteral elements: (String, Any?)...) {
    values = Dictionary(minimumCapacity: elements.count)
    for (name, value) in elements { self[name] = value }
  }

  package subscript(name: String) -> Any? {
    get { values[name] }
    set {
      if let text = newValue as? String, text.isEmpty {
        values[name] = Nothing()
      } else {
        values[name] = newValue ?? Nothing()
      }
    }
  }

  package func child(named name: String) -> Any? { values[name] }

  private struct Nothing: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }
  }
}

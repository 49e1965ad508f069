import Testing

/// A change that is made to the guest, and where a comparison has to tell it.
struct Planted: Sendable, CustomTestStringConvertible {
  var name: String
  /// `topic kind subject` of every change; those of the files and size sections, which count all files, only if one of
  /// them is named.
  var expected: [String]
  var plant: @Sendable (inout VariedGuest) throws -> Void

  var testDescription: String { name }
  /// Those that have to tell it.
  var topics: Set<String> { Set(expected.compactMap { $0.split(separator: " ").first.map(String.init) }) }

  init(_ name: String, _ expected: [String], _ plant: @escaping @Sendable (inout VariedGuest) throws -> Void)
  {
    self.name = name
    self.expected = expected
    self.plant = plant
  }

  /// A file with other text.
  init(_ name: String, _ path: String, _ text: String, _ expected: String...) {
    self.init(name, expected) { $0.fixture.filesystem.addFile(path, text) }
  }

  /// A file with a line more at its end.
  init(_ name: String, _ path: String, adding line: String, _ expected: String...) {
    self.init(name, expected) { $0.fixture.filesystem.addFile(path, $0.text(path) + line + "\n") }
  }

  /// A file with another text in place of one.
  init(_ name: String, _ path: String, _ old: String, to new: String, _ expected: String...) {
    self.init(name, expected) {
      $0.fixture.filesystem.addFile(path, $0.text(path).replacing(old, with: new))
    }
  }
}

@testable import Evidence

/// The text of a file after reduction.
func reduced(_ path: String, _ text: String) -> String {
  String(decoding: SecretReduction.reduce(path: path, bytes: Array(text.utf8)), as: UTF8.self)
}

import ArgumentParser
import Baselines

/// What is said of an option's value that is none of those that the option takes.
///
/// - Parameters:
///   - what: as in `a severity`.
///   - names: every value that it takes.
func wrongValue(_ option: String, _ value: String, isNot what: String, among names: [String])
  -> ValidationError
{
  let suggestion = Suggestion.phrase(for: value, among: names)
  return ValidationError(
    "'\(option) \(value)' is not \(what)\(suggestion.isEmpty ? "." : suggestion) Use \(choice(of: names)).")
}

/// `a or b`; `one of a, b or c`.
private func choice(of names: [String]) -> String {
  guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
  return (names.count > 2 ? "one of " : "") + names.dropLast().joined(separator: ", ") + " or " + last
}

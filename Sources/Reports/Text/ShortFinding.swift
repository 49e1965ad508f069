/// A finding in as few words as say it, for a line that may be cut: no remarks, and nothing said twice.
struct ShortFinding {
  /// What was found, with the subject where that does not name it.
  let text: String
  /// What was expected, without the words with which both begin; nil if nothing was.
  let expected: String?

  init(_ finding: GuestReport.Finding) {
    let actual = Self.withoutRemark(finding.actual)
    let expectation = Self.withoutRemark(finding.expected)
    text = finding.found(actual)
    expected = expectation.isEmpty ? nil : Self.rest(of: expectation, after: [text, actual, finding.subject])
  }

  /// `kernel.sysrq = 438` of `kernel.sysrq = 438 (the kernel's default, no file sets it)`.
  private static func withoutRemark(_ text: String) -> String {
    guard text.hasSuffix(")"), let open = text.range(of: " ("), open.lowerBound > text.startIndex,
      !text[open.upperBound...].dropLast().contains(where: { "()".contains($0) })
    else { return text }
    return String(text[..<open.lowerBound])
  }

  /// `at least 1` of `kernel.kptr_restrict = at least 1`, where a text before it begins with the same words; all of it
  /// where nothing would be left, or a list goes on.
  private static func rest(of text: String, after others: [String]) -> String {
    guard !text.contains(";") else { return text }
    let words = text.split(separator: " ")
    let shared =
      others.map { other in
        zip(words, other.split(separator: " ")).prefix { $0 == $1 }.count
      }.max() ?? 0
    // A shared number or word in the middle is no name: only where a name or `name =` is shared.
    guard shared > 0, shared <= 2, shared < words.count else { return text }
    return words[shared...].joined(separator: " ")
  }
}

/// Why a check matters, what meets it and what it refers to, below its findings.
struct CheckExplanation {
  let check: Report.CheckDescription
  /// What the row with the remediation is called.
  var remedy = "to mend"

  func add(to page: inout TextPage, indentation: Int) {
    let references = check.references.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value.joined(separator: ", "))" }
    let rows = [
      ("why", check.rationale), (remedy, check.remediation), ("see", references.joined(separator: "; ")),
    ]
    for (word, text) in rows where !text.isEmpty { page.row(word, indentation: indentation, text) }
  }
}

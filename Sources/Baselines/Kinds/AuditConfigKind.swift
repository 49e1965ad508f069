import Evidence
import Facts

/// Judges a keyword of auditd.conf(5) as the audit daemon reads it.
public struct AuditConfigKind: CheckKind {
  public static let name = "audit_config"
  public static let summary = """
    Reads auditd.conf as auditd does, with the defaults that the daemon is built with, and compares a keyword's \
    value. A file that the daemon refuses fails every question: it does not start.
    """
  public static let parameters: [ParameterSpecification] =
    [.init("key", .text, required: true, "a keyword of auditd.conf(5)")] + Comparison.parameters

  private let key: String
  private let comparison: Comparison

  public init(_ parameters: Parameters) throws(ParameterError) {
    key = try parameters.required("key").lowercased()
    guard AuditdConfiguration.knows(key) else {
      throw ParameterError("key", "auditd.conf has no keyword '\(key)'")
    }
    comparison = try Comparison(parameters, ignoresCase: true)
  }

  public var plan: CollectionPlan { CollectionPlan([AuditdConfiguration.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let configuration = try facts.model(AuditdConfiguration.self)
    let expected = "\(key) = \(comparison.words)"
    if let refusal = configuration.refusal {
      return [
        Outcome(
          .fail, subject: key, expected: expected,
          actual: "auditd refuses its configuration: \(refusal.reason)",
          evidence: [EvidenceLine(refusal.origin)])
      ]
    }
    guard let value = configuration.value(key) else { return [] }
    let note = value.origin.kind == .compiledDefault ? " (compiled default)" : ""
    return [
      Outcome(
        comparison.holds(for: value.value) ? .pass : .fail, subject: key, expected: expected,
        actual: "\(key) = \(value.value)\(note)", evidence: value.evidenceLines)
    ]
  }

  public var fix: Fix? {
    guard let term = comparison.terms.first, let value = term.operands.first, comparison.terms.count == 1,
      [.equals, .isIn, .atLeast, .atMost].contains(term.operator)
    else { return nil }
    let file = "/etc/audit/auditd.conf"
    return Fix(
      shell: """
        if grep -qiE '^ *\(key) =' \(file); then
          sed -i -E 's|^ *\(key) =.*|\(key) = \(value)|I' \(file)
        else
          printf '%s\\n' '\(key) = \(value)' >> \(file)
        fi
        """,
      ansible: """
        ansible.builtin.lineinfile:
          path: \(file)
          regexp: '(?i)^ *\(key) ='
          line: '\(key) = \(value)'
        """)
  }
}

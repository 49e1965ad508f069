import DiskImages
import Evidence
import Facts

/// A setting of login.defs(5), or of useradd(8) in /etc/default/useradd, as the shadow tools read it.
public struct LoginDefsKind: CheckKind {
  public static let name = "login_defs"
  public static let summary =
    "Reads a setting of /etc/login.defs or /etc/default/useradd as the shadow tools do, with their defaults."
  public static let parameters: [ParameterSpecification] =
    [
      .init("key", .text, required: true, "name of the setting, e.g. PASS_MAX_DAYS"),
      .init(
        "file", .choice(["login.defs", "useradd"]),
        "which file the setting belongs to; login.defs if not given"),
      .init("mask", .mode, "the value is a umask that takes away all these permissions"),
    ] + Comparison.parameters

  private let key: String
  private let isUseradd: Bool
  private let mask: UInt32?
  private let comparison: Comparison?

  public init(_ parameters: Parameters) throws(ParameterError) {
    key = try parameters.required("key")
    isUseradd = parameters.text("file") == "useradd"
    mask = parameters.mode("mask")
    comparison = try Comparison(optional: parameters)
    if mask == nil, comparison == nil { throw ParameterError(nil, "'mask' or a comparison is missing") }
  }

  public var plan: CollectionPlan { CollectionPlan([LoginDefinitions.self]) }

  private var path: String { isUseradd ? "/etc/default/useradd" : "/etc/login.defs" }

  private var expected: String {
    [mask.map { "\(key) \(octal($0)) or stricter" }, comparison.map { "\(key) \($0.words)" }]
      .compactMap { $0 }.joined(separator: " and ")
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let definitions = try facts.model(LoginDefinitions.self)
    guard let value = isUseradd ? definitions.useraddValue(key) : definitions.value(key) else {
      return [
        Outcome(.fail, subject: key, expected: expected, actual: "not set", evidence: [])
      ]
    }
    let isDefault = value.origin.kind == .compiledDefault
    return [
      Outcome(
        holds(value.value) ? .pass : .fail, subject: key, expected: expected,
        actual: "\(key) \(value.value)" + (isDefault ? " (compiled default)" : ""),
        evidence: value.evidenceLines)
    ]
  }

  private func holds(_ text: String) -> Bool {
    if let mask {
      guard let value = LoginDefinitions.number(text.hasPrefix("0") ? text : "0" + text), value >= 0,
        UInt32(clamping: value) & mask == mask
      else { return false }
    }
    guard let comparison else { return true }
    // Numbers may be octal or hexadecimal.
    let number = LoginDefinitions.number(text).map(String.init)
    return comparison.holds(for: comparison.isNumeric ? number ?? text : text)
  }

  public var fix: Fix? {
    guard let value = mask.map(octal) ?? comparison?.example else { return nil }
    return isUseradd
      ? .assignment(path: path, key: key, separator: "=", value: value)
      : .assignment(path: path, key: key, separator: " ", value: value)
  }
}

extension Comparison {
  /// Whether every operator compares numbers.
  var isNumeric: Bool {
    terms.allSatisfy { [.lessThan, .atMost, .greaterThan, .atLeast].contains($0.operator) }
  }

  /// A value that fulfils the comparison, where one can be read off it.
  var example: String? {
    for term in terms {
      switch term.operator {
      case .equals, .isIn, .atMost, .atLeast: return term.operands.first
      default: continue
      }
    }
    return nil
  }
}

extension Fix {
  /// Sets a key of a file with one `KEY VALUE` or `KEY=VALUE` a line: replaces what sets it, else appends.
  static func assignment(path: String, key: String, separator: String, value: String) -> Fix {
    let line = "\(key)\(separator)\(value)"
    let pattern = separator == " " ? "^[[:blank:]]*\(key)[[:blank:]]" : "^\(key)="
    return Fix(
      shell: """
        if grep -qE '\(pattern)' \(path) 2>/dev/null; then
          sed -ri 's|\(pattern).*|\(line)|' \(path)
        else
          printf '%s\\n' '\(line)' >> \(path)
        fi
        """,
      ansible: """
        ansible.builtin.lineinfile:
          path: \(path)
          regexp: '\(separator == " " ? "^\\s*\(key)\\s" : "^\(key)=")'
          line: '\(line)'
          create: true
        """)
  }
}

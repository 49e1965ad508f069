import Facts

/// How a value is read before it is compared.
enum ValueForm: String, Sendable, CaseIterable {
  case text
  /// `yes` or `no`, whatever spelling of them the file has.
  case boolean
  /// A time span as a number of seconds.
  case seconds
  /// A size as a number of bytes.
  case bytes

  /// Whether a program that wants this form takes the value.
  func accepts(_ values: [String]) -> Bool { values.allSatisfy { read($0) != nil } }

  /// The value in the one spelling that is compared; nil if it is not of the form.
  func read(_ text: String) -> String? {
    switch self {
    case .text: text
    case .boolean: SystemdValues.boolean(text).map { $0 ? "yes" : "no" }
    case .seconds: SystemdValues.seconds(text).map(String.init)
    case .bytes: SystemdValues.bytes(text).map(String.init)
    }
  }
}

/// What a check asks of one setting; shared by the kinds that read configuration files of any format.
struct SettingRequirement: Sendable {
  private let comparison: Comparison?
  private let exists: Bool?
  private let form: ValueForm
  private let separators: String?
  private let fallback: Effective<[String]>?
  private let ifAbsent: String

  init(_ parameters: Parameters, form: ValueForm, exists: Bool?) throws(ParameterError) {
    self.form = form
    self.exists = exists
    comparison = try Comparison(optional: parameters, ignoresCase: parameters.boolean("ignore_case") ?? false)
    if comparison == nil, exists == nil {
      throw ParameterError(nil, "one of equals, in, at_most, exists … is missing")
    }
    if exists == false, comparison != nil {
      throw ParameterError("exists", "exists: false leaves nothing to compare")
    }
    separators = parameters.text("split")
    fallback = parameters.text("default").map {
      Effective([$0], origin: .compiledDefault(parameters.text("default_source") ?? "as the baseline says"))
    }
    ifAbsent = parameters.text("if_absent") ?? (exists == false ? "pass" : "fail")
    if let value = parameters.text("default"), form.read(value) == nil {
      throw ParameterError("default", "'\(value)' is not \(form.rawValue)")
    }
  }

  /// The answer for a value, nil for a setting that no file makes.
  ///
  /// - Parameter other: a default that is known from elsewhere than the check's parameters.
  func judge(_ value: Effective<[String]>?, subject: String, fallback other: Effective<[String]>?) -> Outcome
  {
    if let exists, comparison == nil || value == nil && exists {
      let isMet = (value != nil) == exists
      return Outcome(
        isMet ? .pass : .fail, subject: subject, expected: exists ? "set" : "not set",
        actual: value.map { "set to \(Self.words($0))" } ?? "not set", evidence: value?.evidenceLines ?? [])
    }
    guard let effective = value ?? fallback ?? other else {
      let verdict: Outcome.Verdict =
        switch ifAbsent {
        case "pass": .pass
        case "undecided": .undecided(reason: "no file sets it and the default is not known")
        default: .fail
        }
      return Outcome(verdict, subject: subject, expected: expected, actual: "not set")
    }
    let isDefault = effective.origin.kind == .compiledDefault
    return Outcome(
      holds(effective.value) ? .pass : .fail, subject: subject, expected: expected,
      actual: Self.words(effective) + (isDefault ? " (compiled default)" : ""),
      evidence: effective.evidenceLines)
  }

  private func holds(_ values: [String]) -> Bool {
    guard let comparison else { return true }
    var elements = values.compactMap(form.read)
    guard elements.count == values.count else { return false }
    if let separators {
      elements = elements.flatMap { $0.split { separators.contains($0) }.map(String.init) }
    }
    if separators == nil, elements.count == 1 { return comparison.holds(for: elements[0]) }
    return comparison.holds(forList: elements)
  }

  private static func words(_ value: Effective<[String]>) -> String {
    let text = value.value.joined(separator: ", ")
    return text.isEmpty ? "empty" : text
  }

  /// The requirement in words.
  var expected: String {
    let unit = form == .seconds ? " seconds" : form == .bytes ? " bytes" : ""
    return (comparison?.words ?? "set") + unit
  }

  /// A value that meets the requirement, where there is an obvious one.
  var wanted: String? {
    for term in comparison?.terms ?? [] {
      switch term.operator {
      case .equals, .isIn, .atMost, .atLeast: return term.operands.first
      default: continue
      }
    }
    return nil
  }
}

import Evidence
import Facts

/// One setting of a unit with the requirement on it.
struct UnitSetting: Sendable {
  let section: String
  let key: String
  let fallback: String?
  let comparison: Comparison

  /// Nil if the parameters name no setting.
  init?(_ parameters: Parameters) throws(ParameterError) {
    guard let text = parameters.text("setting") else {
      if parameters.has("default") { throw ParameterError("default", "'default' goes with 'setting'") }
      if try Comparison(optional: parameters) != nil { throw ParameterError(nil, "'setting' is missing") }
      return nil
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw ParameterError("setting", "'\(text)' is not of the form Section/Key")
    }
    section = String(parts[0])
    key = String(parts[1])
    fallback = parameters.text("default") ?? Self.defaults[key]
    comparison = try Comparison(parameters)
  }

  /// What systemd does where nobody says (systemd.exec(5), systemd.service(5)).
  private static let defaults: [String: String] = {
    var result = [
      "User": "root", "Group": "root", "ProtectSystem": "no", "ProtectHome": "no", "ProtectProc": "default",
      "UMask": "0022", "Restart": "no", "Type": "simple", "KeyringMode": "private",
    ]
    for key in UnitSandbox.switches { result[key] = "no" }
    return result
  }()

  func judge(_ names: [String], _ units: SystemdUnits) throws(EvidenceGap) -> Outcome {
    let subject = "\(UnitName(names[0])?.description ?? names[0]) \(key)"
    let expected = "\(key) \(comparison.words)"
    var found: LoadedUnit?
    for name in names where found == nil {
      if case .loaded(let unit) = try units.state(of: name) { found = unit }
    }
    guard let unit = found else {
      return Outcome(.fail, subject: subject, expected: expected, actual: "no such unit")
    }
    let all = unit.list(section, key)
    guard let effective = unit.value(section, key), !(effective.value.isEmpty && fallback != nil) else {
      let actual = fallback.map { "\($0) (compiled default)" } ?? "not set"
      let holds = fallback.map { comparison.holds(for: $0) } ?? false
      return Outcome(
        holds ? .pass : .fail, subject: subject, expected: expected, actual: actual,
        evidence: [.init(path: unit.path, text: unit.name.description, origin: "unit file")])
    }
    let holds =
      comparison.comparesElements
      ? comparison.holds(forList: unit.words(section, key))
      : comparison.holds(for: Self.canonical(effective.value, key))
    let actual = comparison.comparesElements ? all.map(\.value).joined(separator: " ") : effective.value
    return Outcome(
      holds ? .pass : .fail, subject: subject, expected: expected, actual: actual,
      evidence: effective.evidenceLines)
  }

  /// Booleans in one spelling: systemd.syntax(7) has several.
  private static func canonical(_ value: String, _ key: String) -> String {
    let isNumber = value.allSatisfy(\.isNumber)
    guard !isNumber || UnitSandbox.switches.contains(key) else { return value }
    switch value.lowercased() {
    case "1", "yes", "y", "true", "t", "on": return "yes"
    case "0", "no", "n", "false", "f", "off": return "no"
    default: return value
    }
  }

  func fix(_ unit: String) -> Fix? {
    guard comparison.terms.count == 1, comparison.terms[0].operator == .equals else { return nil }
    return Fix.dropIn(
      "/etc/systemd/system/\(unit).d/90-hardening.conf", section: section,
      setting: "\(key)=\(comparison.terms[0].operands[0])")
  }
}

extension Comparison {
  /// Whether an operator looks at the elements of a list.
  var comparesElements: Bool {
    terms.contains { [.subsetOf, .supersetOf, .contains, .notContains].contains($0.operator) }
  }
}

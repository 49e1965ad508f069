import Evidence
import Facts

/// `sysctl`: a kernel parameter as it is when the guest has booted.
public struct SysctlKind: CheckKind {
  public static let name = "sysctl"
  public static let summary =
    "Decides a kernel parameter as systemd-sysctl, sysctl --system and ufw would set it at boot, over the "
    + "command line and the default of the kernel that boots."
  public static let parameters: [ParameterSpecification] =
    [
      .init(
        "key", .textList, required: true,
        "the parameter, or several; net.ipv4.conf.*.rp_filter is what counts on each network interface, for which "
          + "the kernel combines its value with that of all"),
      .init(
        "default", .choice(["kernel", "fail"]),
        "kernel: the kernel's own default counts (usual); fail: a file has to set the parameter"),
    ] + Comparison.parameters

  private let keys: [String]
  private let mustBeWritten: Bool
  private let comparison: Comparison

  public init(_ parameters: Parameters) throws(ParameterError) {
    keys = parameters.list("key")
    if keys.isEmpty { throw ParameterError("key", "'key' is missing") }
    for key in keys where !Self.isName(key) {
      throw ParameterError("key", "'\(key)' is not the name of a kernel parameter")
    }
    mustBeWritten = parameters.text("default") == "fail"
    comparison = try Comparison(parameters)
  }

  public var plan: CollectionPlan { CollectionPlan([SysctlSettings.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let settings: SysctlSettings = try facts.model()
    return keys.flatMap { settings.readings(of: $0) }.map(judge)
  }

  private func judge(_ reading: SysctlSettings.Reading) -> Outcome {
    let key = reading.name
    let expected =
      "\(key)\(comparison.isEquality ? " =" : "") \(comparison.words)"
      + (mustBeWritten ? ", written in a file" : "")
    switch reading.setting {
    case .unknown(let reason):
      return Outcome(
        .undecided(reason: "\(key): \(reason)"), subject: key, expected: expected, actual: "unknown")
    case .noKey(let reason, let standsFor):
      let line = EvidenceLine(text: reason, origin: "kernel")
      guard let standsFor else {
        return Outcome(
          .pass, subject: key, expected: expected,
          actual: "the kernel has neither the parameter nor what it restricts (\(reason))", evidence: [line])
      }
      return Outcome(
        comparison.holds(for: standsFor) ? .pass : .fail, subject: key, expected: expected,
        actual: "the kernel has no such parameter (\(reason)) and behaves as with \(standsFor)",
        evidence: [line])
    case .value(let value):
      let isDefault = value.origin.kind == .compiledDefault
      let holds = comparison.holds(for: value.value) && !(isDefault && mustBeWritten)
      let note = reading.note ?? (isDefault ? "the kernel's default, no file sets it" : nil)
      return Outcome(
        holds ? .pass : .fail, subject: key, expected: expected,
        actual: "\(key) = \(value.value)" + (note.map { " (\($0))" } ?? ""),
        evidence: value.evidenceLines)
    }
  }

  /// One file, whose name sorts after those that people and packages use. A pattern is written for `all` and
  /// `default` too, which vendor files take out of it.
  public var fix: Fix? {
    guard let value = wantedValue else { return nil }
    let name = Self.dotted(keys[0]).replacing("/", with: "-").replacing("*", with: "every")
    let path = "/etc/sysctl.d/zz-\(name.replacing("?", with: "any")).conf"
    var written: [String] = []
    for key in keys {
      written.append(key)
      if key.contains(".conf.*.") {
        written += ["all", "default"].map { key.replacing(".conf.*.", with: ".conf.\($0).") }
      } else if Self.isPattern(key) {
        return nil
      }
    }
    let lines = written.map { "\($0) = \(value)" }
    return .file(path, lines: lines)
  }

  /// A value that the comparison asks for, if it asks for one.
  private var wantedValue: String? {
    for term in comparison.terms {
      switch term.operator {
      case .equals, .isIn, .atLeast, .atMost:
        if let value = term.operands.first, comparison.holds(for: value), value.allSatisfy(Self.isPlain) {
          return value
        }
      default: continue
      }
    }
    return nil
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "_-./@:,|%+ ".contains(character))
  }

  private static func isName(_ key: String) -> Bool {
    key.contains { $0 == "." || $0 == "/" } && key.first.map { $0.isLetter && $0.isASCII } ?? false
      && key.allSatisfy { $0 != " " && $0 != "|" && (isPlain($0) || "*?".contains($0)) }
  }

  private static func isPattern(_ key: String) -> Bool { key.contains { "*?".contains($0) } }

  private static func dotted(_ key: String) -> String {
    key.first { $0 == "." || $0 == "/" } == "/" ? key.replacing("/", with: ".") : key
  }
}

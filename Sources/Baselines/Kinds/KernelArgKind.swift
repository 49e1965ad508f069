import Evidence
import Facts

/// Judges an argument of the kernel's command line in the boot entries.
public struct KernelArgKind: CheckKind {
  public static let name = "kernel_arg"
  public static let summary = """
    Reads the command lines that the boot loader would use (GRUB, loader entries, unified kernel images) and compares \
    an argument in every entry; of several the last one counts.
    """
  public static let parameters: [ParameterSpecification] =
    [
      .init("name", .text, required: true, "the argument, e.g. audit"),
      .init("present", .boolean, "the argument is there, with or without a value"),
      .init("absent", .boolean, "the argument is not there"),
      .init(
        "if_absent", .choice(["pass", "fail"]),
        "what a comparison says of an entry without the argument, by default fail"),
      .init(
        "scope", .choice(["default", "all"]),
        """
        the default entry alone, or all (the default): every entry if the argument has to be absent or may be, and \
        all but recovery entries if it has to be there, since grub-mkconfig gives those GRUB_CMDLINE_LINUX and not \
        GRUB_CMDLINE_LINUX_DEFAULT
        """),
    ] + Comparison.parameters

  private enum Requirement: Sendable {
    case present, absent
    case compares(Comparison)
  }

  private let argument: String
  private let requirement: Requirement
  private let isDefaultOnly: Bool
  private let mayBeAbsent: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    argument = try parameters.required("name")
    isDefaultOnly = parameters.text("scope") == "default"
    mayBeAbsent = parameters.text("if_absent") == "pass"
    let comparison = try Comparison(optional: parameters)
    switch (comparison, parameters.boolean("present") ?? false, parameters.boolean("absent") ?? false) {
    case (let comparison?, false, false): requirement = .compares(comparison)
    case (nil, true, false): requirement = .present
    case (nil, false, true): requirement = .absent
    default: throw ParameterError(nil, "give either a comparison, 'present: true' or 'absent: true'")
    }
    if comparison == nil, parameters.has("if_absent") {
      throw ParameterError("if_absent", "'if_absent' goes with a comparison")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([BootEntries.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let boot = try facts.model(BootEntries.self)
    try boot.requireEntries()
    let entries = judged(boot)
    let bad = entries.filter { $0.isKnown && !holds($0.arguments.last(argument)) }
    guard let first = bad.first else {
      for entry in entries { _ = try entry.knownArguments() }
      if !isDefaultOnly, let gap = boot.gaps.first { throw gap }
      return [outcome(.pass, words(entries[0]), entries.prefix(1))]
    }
    let place = bad.count == entries.count ? "" : " in '\(first.title)'"
    return [outcome(.fail, words(first) + place, bad.prefix(8))]
  }

  private func judged(_ boot: BootEntries) -> [BootEntry] {
    if isDefaultOnly { return Array(boot.entries.prefix(1)) }
    if holds(nil) { return boot.entries }
    let usual = boot.entries.filter { !$0.isRecovery }
    return usual.isEmpty ? boot.entries : usual
  }

  private func holds(_ found: KernelArguments.Argument?) -> Bool {
    switch requirement {
    case .present: found != nil
    case .absent: found == nil
    case .compares(let comparison): found.map { comparison.holds(for: $0.value ?? "") } ?? mayBeAbsent
    }
  }

  private func words(_ entry: BootEntry) -> String {
    guard let found = entry.arguments.last(argument) else { return "\(argument) is not given" }
    return found.name + (found.value.map { "=\($0)" } ?? "")
  }

  private var expected: String {
    switch requirement {
    case .present: "\(argument) on the command line"
    case .absent: "no \(argument) on the command line"
    case .compares(let comparison): "\(argument)= \(comparison.words)" + (mayBeAbsent ? ", or not given" : "")
    }
  }

  private func outcome(
    _ verdict: Outcome.Verdict, _ actual: String, _ entries: some Sequence<BootEntry>
  ) -> Outcome {
    Outcome(
      verdict, subject: argument, expected: expected, actual: actual,
      evidence: entries.map { EvidenceLine($0.origin) })
  }
}

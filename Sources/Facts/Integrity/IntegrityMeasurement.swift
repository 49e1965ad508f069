import Evidence

/// What the kernel's integrity subsystem does from boot on: IMA measures files into the TPM or refuses altered ones
/// (Linux, Documentation/admin-guide/kernel-parameters.txt, Documentation/ABI/testing/
/// ima_policy, security/integrity/ima/ima_policy.c).
public struct IntegrityMeasurement: FactModel {
  private static let policyFile = "/etc/ima/ima-policy"
  private static let dracutPolicyFile = "/etc/sysconfig/ima-policy"
  public static let needs: [ContentNeed] =
    BootEntries.needs + DracutConfiguration.needs + [ContentNeed(policyFile), ContentNeed(dracutPolicyFile)]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    BootEntries.furtherNeeds(evidence)
  }

  /// The lines that make the kernel measure or appraise files; empty if none does.
  public let measuring: [Origin]
  public let appraising: [Origin]
  /// Why appraisal refuses nothing; nil if it does.
  public let appraisalObstacle: Origin?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let configuration = try facts.model(KernelConfiguration.self)
    let commandLine = try KernelCommandLine(try facts.model())
    guard configuration.value(of: "IMA").value == "y" else {
      measuring = []
      appraising = []
      appraisalObstacle = nil
      return
    }
    var rules = Self.builtIn(commandLine)
    for path in try Self.loadedPolicies(evidence) {
      if let file = try evidence.text(at: path) { rules += Self.rules(file) }
    }
    measuring = rules.filter { $0.action == "measure" }.map(\.origin)
    let canAppraise = configuration.value(of: "IMA_APPRAISE").value == "y"
    appraising = canAppraise ? rules.filter { $0.action == "appraise" }.map(\.origin) : []
    // The parameter is only heard where the kernel was built with it.
    let mode = commandLine.last("ima_appraise")
    let hears = configuration.value(of: "IMA_APPRAISE_BOOTPARAM").value == "y"
    appraisalObstacle = hears && ["off", "log", "fix"].contains(mode?.value) ? mode?.origin : nil
  }

  private struct Rule {
    var action: String
    var origin: Origin
  }

  /// `ima_tcb`, and the policies that `ima_policy=` names, parted by `|`.
  private static func builtIn(_ line: KernelCommandLine) -> [Rule] {
    var rules: [Rule] = []
    if let argument = line.last("ima_tcb") { rules.append(Rule(action: "measure", origin: argument.origin)) }
    if let argument = line.last("ima_appraise_tcb") {
      rules.append(Rule(action: "appraise", origin: argument.origin))
    }
    for argument in line.all("ima_policy") {
      for name in (argument.value ?? "").split(whereSeparator: { $0 == "|" || $0 == " " }) {
        switch name {
        case "tcb", "critical_data": rules.append(Rule(action: "measure", origin: argument.origin))
        case "appraise_tcb", "secure_boot": rules.append(Rule(action: "appraise", origin: argument.origin))
        default: continue
        }
      }
    }
    return rules
  }

  private static func rules(_ file: TextFile) -> [Rule] {
    file.lines.prefix(100_000).compactMap { line in
      let text = line.text.trimmingBlanks()
      guard let word = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).first,
        ["measure", "appraise"].contains(word)
      else { return nil }
      return Rule(
        action: String(word),
        origin: Origin(path: file.path, line: line.number, kind: .explicit, text: String(text)))
    }
  }

  /// systemd loads its file as its first act (`ima_setup` in src/core/ima-setup.c), dracut's module `integrity` another
  /// one before that, if dracut.conf(5) asks for the module (modules.d/98integrity/ima-policy-load.sh).
  private static func loadedPolicies(_ evidence: Evidence) throws(EvidenceGap) -> [String] {
    var paths: [String] = []
    if try DracutConfiguration(evidence).addition(of: "integrity") != nil { paths.append(dracutPolicyFile) }
    for path in ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"] {
      if try evidence.entry(at: path) != nil { return paths + [policyFile] }
    }
    return paths
  }
}

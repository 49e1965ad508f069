import Evidence

/// How far the kernel that boots closes itself even to root: lockdown (kernel_lockdown(7); Linux,
/// security/lockdown/lockdown.c).
public struct KernelLockdown: FactModel {
  public static let needs: [ContentNeed] = BootEntries.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    BootEntries.furtherNeeds(evidence)
  }

  public enum Level: Int, Sendable, Hashable, Comparable {
    case none, integrity, confidentiality

    public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

    /// As `lockdown=` takes it.
    public var name: String {
      switch self {
      case .none: "none"
      case .integrity: "integrity"
      case .confidentiality: "confidentiality"
      }
    }
  }

  /// The level of the default entry, whatever the firmware does, with what sets it.
  public let level: Effective<Level>
  /// The distribution's kernel goes to `integrity` where the firmware enforces Secure Boot; nil if it does not.
  public let withSecureBoot: Origin?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let boot = try facts.model(BootEntries.self)
    let configuration = try facts.model(KernelConfiguration.self)
    let commandLine = try KernelCommandLine(boot)
    let module = configuration.value(of: "SECURITY_LOCKDOWN_LSM")
    if module.value != "y" {
      level = Effective(.none, origin: module.origin)
      withSecureBoot = nil
      return
    }
    if configuration.value(of: "SECURITY_LOCKDOWN_LSM_EARLY").value != "y",
      let missing = Self.missingInOrder(configuration, commandLine)
    {
      level = Effective(.none, origin: missing)
      withSecureBoot = nil
      return
    }
    level = Self.level(configuration, commandLine)
    let symbols = ["LOCK_DOWN_IN_EFI_SECURE_BOOT", "LOCK_DOWN_IN_SECURE_BOOT"].map(configuration.value(of:))
    withSecureBoot = symbols.first { $0.value == "y" }?.origin
  }

  /// Every occurrence is heard, and a level can only rise (`lock_kernel_down`).
  private static func level(
    _ configuration: KernelConfiguration, _ commandLine: KernelCommandLine
  ) -> Effective<Level> {
    var found: [Effective<Level>.Candidate] = []
    for argument in commandLine.all("lockdown") {
      switch argument.value {
      case "integrity": found.append(.init(value: .integrity, origin: argument.origin))
      case "confidentiality": found.append(.init(value: .confidentiality, origin: argument.origin))
      default: continue
      }
    }
    for (symbol, level) in [
      ("LOCK_DOWN_KERNEL_FORCE_INTEGRITY", Level.integrity),
      ("LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY", .confidentiality),
    ] {
      let value = configuration.value(of: symbol)
      if value.value == "y" { found.append(.init(value: level, origin: value.origin)) }
    }
    guard let highest = found.max(by: { $0.value < $1.value }) else {
      return Effective(.none, origin: .compiledDefault("kernel_lockdown(7): off unless asked for"))
    }
    return Effective(highest.value, origin: highest.origin)
  }

  /// Where the list of security modules leaves lockdown out; `lsm=` replaces the one that was built in.
  private static func missingInOrder(
    _ configuration: KernelConfiguration, _ commandLine: KernelCommandLine
  ) -> Origin? {
    let builtIn = configuration.value(of: "LSM")
    let given = commandLine.last("lsm")
    let names = (given?.value ?? builtIn.value).split(separator: ",")
    return names.contains("lockdown") ? nil : given?.origin ?? builtIn.origin
  }
}

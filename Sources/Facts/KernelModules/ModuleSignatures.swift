import DiskImages
import Evidence

/// Signatures of kernel modules, and whether the kernel that boots insists on them.
public struct ModuleSignatures: FactModel {
  public static let needs: [ContentNeed] = BootEntries.needs
  public static let probes: [any ContentProbe] = [ModuleSignatureProbe()]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    BootEntries.furtherNeeds(evidence)
  }

  /// A module that was looked at.
  public struct Module: Sendable {
    public var file: FileEntry
    /// It did not come with the kernel: `updates`, `extra`, `weak-updates`, `misc`.
    public var isAdded: Bool
    /// Nil if it could not be read.
    public var record: ModuleSignatureProbe.Record?
    /// Why it could not be read.
    public var problem: String?
  }

  public let modules: [Module]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    for path in ["/usr/lib/modules", "/lib/modules"] {
      if let gap = evidence.index.gap(hiding: path) { throw EvidenceGap(path: gap.path, reason: gap.reason) }
    }
    let answer = try evidence.answer(of: ModuleSignatureProbe.self)
    var modules: [Module] = []
    for kernel in ModuleSignatureProbe.kernelFolders(evidence.index) {
      let (own, others) = ModuleSignatureProbe.modules(below: kernel)
      for (files, isAdded) in [(own, false), (others, true)] {
        for file in files where answer.records[file.id] != nil || answer.unread[file.id] != nil {
          modules.append(
            Module(
              file: file, isAdded: isAdded, record: answer.records[file.id], problem: answer.unread[file.id]))
        }
      }
    }
    self.modules = modules
  }

  /// What makes the kernel refuse modules without a valid signature.
  public enum Enforcement: Sendable, Hashable {
    case always(Origin)
    /// Only where the firmware enforces Secure Boot, which the image does not say.
    case withSecureBoot(Origin)
    case never(Origin)
  }

  /// Whether the kernel that boots insists on signatures: built so, told so (`module.sig_enforce`,
  /// kernel/module/signing.c), or by lockdown from `integrity` on (kernel_lockdown(7)).
  public static func enforcement(_ facts: GuestFacts) throws(EvidenceGap) -> Enforcement {
    let configuration = try facts.model(KernelConfiguration.self)
    let signing = configuration.value(of: "MODULE_SIG")
    if configuration.value(of: "MODULES").value != "y" {
      return .always(configuration.value(of: "MODULES").origin)
    }
    guard signing.value == "y" else { return .never(signing.origin) }
    let forced = configuration.value(of: "MODULE_SIG_FORCE")
    if forced.value == "y" { return .always(forced.origin) }
    let commandLine = try KernelCommandLine(try facts.model())
    // The parameter can be turned on and not off again (`bool_enable_only`).
    for argument in commandLine.all("module.sig_enforce") {
      if [nil, "1", "y", "Y", "on", "t", "T"].contains(argument.value) { return .always(argument.origin) }
    }
    let lockdown = try facts.model(KernelLockdown.self)
    if lockdown.level.value >= .integrity { return .always(lockdown.level.origin) }
    return lockdown.withSecureBoot.map { .withSecureBoot($0) } ?? .never(forced.origin)
  }
}

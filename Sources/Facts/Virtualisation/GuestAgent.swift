import Evidence

/// A program in the guest that does what the hypervisor, or who can reach the virtual machine's console, asks.
public struct GuestAgent: Sendable, Hashable {
  /// What an agent can let the outside do.
  public enum Power: String, Sendable, Hashable, CaseIterable {
    /// Run programs, as root or as a user whose password is known.
    case execute
    case readFiles = "read_files"
    case writeFiles = "write_files"
    case setPasswords = "set_passwords"
    case addKeys = "add_keys"
    /// Install extensions or other software.
    case extensions
    case clipboard
    case sharedFolders = "shared_folders"
  }

  /// Short and the same on every distribution: `qemu-guest-agent`.
  public var name: String
  /// The unit that starts it.
  public var origin: Origin
  /// Everything that the agent knows of, each with whether it is allowed and where that is said.
  public var powers: [Power: Effective<Bool>]
}

/// What an agent's kind knows: the units that start it, and how its configuration is read.
protocol GuestAgentSource: SendableMetatype {
  static var agent: String { get }
  /// Names of the services on the distributions.
  static var units: [String] { get }
  static var needs: [ContentNeed] { get }
  static func powers(_ context: GuestAgentContext) throws(EvidenceGap) -> [GuestAgent.Power: Effective<Bool>]
}

/// What a source is given.
struct GuestAgentContext {
  let evidence: Evidence
  let unit: LoadedUnit
  let packages: InstalledPackages?

  /// The command of the service, variables filled in.
  func command() throws(EvidenceGap) -> ServiceCommand { try ServiceCommand(of: unit, evidence) }

  /// Assignments of a file in the syntax of GKeyFile or of a shell, by key; the last one counts.
  func settings(_ path: String, section: String?) throws(EvidenceGap) -> [String: Effective<String>] {
    guard let file = try evidence.text(at: path) else { return [:] }
    var found: [String: Effective<String>] = [:]
    for assignment in IniFormat.parse(file) where section == nil || assignment.section == section {
      let value = assignment.value.filter { $0 != "\"" }
      found[assignment.key] = Effective(
        value,
        origin: Origin(
          path: path, line: assignment.line, kind: .explicit, text: "\(assignment.key)=\(assignment.value)"))
    }
    return found
  }
}

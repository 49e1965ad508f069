import DiskImages
import Evidence

/// SELinux as the next boot sets it up, the kernel's command line aside (selinux(8), libselinux's load_policy.c and
/// selinux_config.c).
public struct SELinuxConfiguration: FactModel {
  public static let needs: [ContentNeed] = [
    "/etc/selinux/config", "/var/lib/selinux/*/active/booleans.local",
    "/etc/selinux/*/active/booleans.local", "/etc/selinux/*/modules/active/booleans.local",
  ]

  /// `enforcing`, `permissive` or `disabled`, as the file says.
  public let mode: Effective<String>
  /// The name of the policy.
  public let policy: Effective<String>
  /// The compiled policy, the newest version if there are several; nil if none is installed.
  public let policyFile: String?
  private let booleans: [String: Effective<Bool>]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let file = try evidence.text(at: "/etc/selinux/config")
    policy = Self.policy(file)
    let folder = "/etc/selinux/\(policy.value)/policy"
    policyFile = try evidence.entries(matching: GlobPattern("\(folder)/policy.*")).last?.path
    mode = Self.mode(file)
    var booleans: [String: Effective<Bool>] = [:]
    for folder in [
      "/etc/selinux/\(policy.value)/modules/active", "/etc/selinux/\(policy.value)/active",
      "/var/lib/selinux/\(policy.value)/active",
    ] {
      guard let store = try evidence.text(at: "\(folder)/booleans.local") else { continue }
      booleans.merge(Self.booleans(store)) { $1 }
    }
    self.booleans = booleans
  }

  /// What confines the guest: the mode, or `disabled` where there is no policy to load.
  public var effectiveMode: String { policyFile == nil ? "disabled" : mode.value }

  /// A boolean that the administrator has set.
  ///
  /// - Throws: if only the compiled policy holds its default.
  public func boolean(_ name: String) throws(EvidenceGap) -> Effective<Bool> {
    if let value = booleans[name] { return value }
    throw EvidenceGap(
      path: policyFile ?? "/etc/selinux", reason: "the default of \(name) is in the compiled policy alone")
  }

  /// The first line `SELINUX=` with a known word; the line has to start with it.
  private static func mode(_ file: TextFile?) -> Effective<String> {
    for line in file?.lines ?? [] where line.text.hasPrefix("SELINUX=") {
      let value = line.text.dropFirst(8).drop { $0 == " " || $0 == "\t" }.lowercased()
      for word in ["enforcing", "permissive", "disabled"] where value.hasPrefix(word) {
        return Effective(word, origin: origin(line, file))
      }
    }
    // A policy without a mode is loaded, but not enforced.
    return Effective("permissive", origin: .compiledDefault("libselinux, selinux_init_load_policy"))
  }

  private static func policy(_ file: TextFile?) -> Effective<String> {
    var found = Effective("targeted", origin: .compiledDefault("libselinux, SELINUXDEFAULT"))
    for line in file?.lines ?? [] {
      let text = line.text.drop { $0 == " " || $0 == "\t" }
      guard text.lowercased().hasPrefix("selinuxtype=") else { continue }
      let value = text.dropFirst(12).prefix { !$0.isWhitespace }
      guard !value.isEmpty, !value.contains("/"), !value.hasPrefix(".") else { continue }
      found = Effective(String(value), origin: origin(line, file))
    }
    return found
  }

  private static func booleans(_ file: TextFile) -> [String: Effective<Bool>] {
    var values: [String: Effective<Bool>] = [:]
    for line in file.lines where !line.text.hasPrefix("#") {
      let parts = line.text.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
      guard parts.count == 2 else { continue }
      let value: Bool? =
        switch parts[1].lowercased() {
        case "1", "true", "on": true
        case "0", "false", "off": false
        default: nil
        }
      if let value { values[parts[0]] = Effective(value, origin: origin(line, file)) }
    }
    return values
  }

  private static func origin(_ line: TextFile.Line, _ file: TextFile?) -> Origin {
    Origin(path: file?.path, line: line.number, kind: .explicit, text: line.text)
  }
}

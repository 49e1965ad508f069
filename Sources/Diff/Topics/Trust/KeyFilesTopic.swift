import DiskImages
import Evidence
import Facts

/// Keys and certificates that decide whom the guest trusts: of repositories, of certification authorities, of SSH.
public enum KeyFilesTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.trust
  public static let name = "keys"
  public static let title = "keys and certificates that are trusted"
  public static let models: [any FactModel.Type] = [FileStates.self]

  private static let places: [GlobPattern] = [
    "/etc/apt/trusted.gpg", "/etc/apt/trusted.gpg.d/*", "/etc/apt/keyrings/*", "/usr/share/keyrings/*",
    "/etc/pki/rpm-gpg/*", "/etc/apk/keys/*", "/usr/share/ca-certificates/**",
    "/usr/local/share/ca-certificates/**", "/etc/pki/ca-trust/source/**", "/etc/ssl/certs/*",
    "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_host_*_key.pub",
  ]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let states: FileStates = try facts.model()
    return places.flatMap { facts.evidence.index.matches($0) }.compactMap { entry in
      guard entry.type != .directory, let state = states.files[entry.path] else { return nil }
      let text = state.content.map { state.type == .symbolicLink ? "-> \($0)" : "sha256:\($0.prefix(16))" }
      return DiffItem(entry.path, DiffChange.Value(text ?? "unreadable", path: entry.path))
    }
  }

  /// Host keys are made anew for every machine.
  public static func churn(_ change: DiffChange) -> String? {
    change.subject.hasPrefix("/etc/ssh/ssh_host_") ? "host keys of SSH" : nil
  }
}

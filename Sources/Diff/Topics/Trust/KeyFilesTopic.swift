import DiskImages
import Evidence
import Facts

/// Keys by which the guest tells whom to trust: those of repositories and those of SSH servers.
public enum KeyFilesTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.trust
  public static let name = "keys"
  public static let title = "keys of repositories and SSH servers"
  public static let models: [any FactModel.Type] = [FileStates.self]

  private static let places: [GlobPattern] = [
    "/etc/apt/trusted.gpg", "/etc/apt/trusted.gpg.d/*", "/etc/apt/keyrings/*", "/usr/share/keyrings/*",
    "/etc/pki/rpm-gpg/*", "/etc/apk/keys/*", "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_host_*_key.pub",
  ]

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    let both = try DiffGuest.ask(old, new) { (facts) throws(EvidenceGap) in try items(facts) }
    let (known, kept) = (Set(both.old.map(\.value.text)), Set(both.new.map(\.value.text)))
    var result = compare(both.old, both.new)
    // A key that only has another name now, or one name more.
    let (changes, renamed) = result.changes.parted { change in
      change.old.map { kept.contains($0.text) } ?? true && change.new.map { known.contains($0.text) } ?? true
    }
    result.changes = changes
    if !renamed.isEmpty { result.churn["the same keys under other names"] = renamed.count }
    return result
  }

  /// Links stand for the file that they lead to.
  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let states: FileStates = try facts.model()
    return places.flatMap { facts.evidence.index.matches($0) }.compactMap { entry in
      guard case .found(let file) = facts.evidence.index.target(of: entry), file.type == .regular else {
        return nil
      }
      let text = states.files[file.path]?.content.map { "sha256:\($0.prefix(16))" }
      return DiffItem(entry.path, DiffChange.Value(text ?? "unreadable: \(entry.path)", path: entry.path))
    }
  }

  /// Host keys are made anew for every machine.
  public static func churn(_ change: DiffChange) -> String? {
    change.subject.hasPrefix("/etc/ssh/ssh_host_") ? "host keys of SSH" : nil
  }
}

extension Array {
  /// Those for which the condition does not hold, and those for which it does.
  func parted(_ condition: (Element) -> Bool) -> (rest: [Element], chosen: [Element]) {
    (filter { !condition($0) }, filter(condition))
  }
}

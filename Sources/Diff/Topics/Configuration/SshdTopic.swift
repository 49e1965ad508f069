import Evidence
import Facts

/// The SSH server's effective settings, compiled defaults included.
public enum SshdTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.configuration
  public static let name = "sshd"
  public static let title = "SSH server"
  public static let models: [any FactModel.Type] = [SshdConfiguration.self]

  public static func told(_ changes: [DiffChange]) -> [DiffChange] {
    changes.map { $0.reduced(separator: " ") }
  }

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let isInstalled = try facts.model(InstalledPackages.self).present("openssh-server") != nil
    guard try facts.evidence.entry(at: "/usr/sbin/sshd") != nil || isInstalled else { return [] }
    let sshd: SshdConfiguration = try facts.model()
    var items: [DiffItem] = []
    for name in SshdKeyword.names {
      guard let keyword = SshdKeyword.named(name) else { continue }
      for answer in try sshd.answers(keyword) {
        let key = answer.context.map { "\(name) (\($0))" } ?? name
        items.append(DiffItem(key, DiffChange.Value(answer.value)))
      }
    }
    return items
  }
}

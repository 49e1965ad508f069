import Evidence
import Facts

/// The SSH client's effective settings, compiled defaults included.
public enum SshClientTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.configuration
  public static let name = "ssh"
  public static let title = "SSH client"
  public static let models: [any FactModel.Type] = [SshClientConfiguration.self]

  public static func told(_ changes: [DiffChange]) -> [DiffChange] {
    changes.map { $0.reduced(separator: " ") }
  }

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    guard try facts.evidence.entry(at: "/usr/bin/ssh") != nil else { return [] }
    let client: SshClientConfiguration = try facts.model()
    var items: [DiffItem] = []
    for name in SshClientConfiguration.keywords {
      for answer in try client.answers(name) {
        let key = answer.context.map { "\(name) (\($0))" } ?? name
        items.append(DiffItem(key, DiffChange.Value(answer.value)))
      }
    }
    return items
  }
}

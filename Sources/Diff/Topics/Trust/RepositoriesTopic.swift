import Evidence
import Facts

/// Repositories that packages come from.
public enum RepositoriesTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.trust
  public static let name = "repositories"
  public static let title = "package repositories"
  public static let models: [any FactModel.Type] = [PackageRepositories.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try facts.model(PackageRepositories.self).enabled.map { repository in
      let trust =
        switch repository.verification {
        case .verified: "signed"
        case .unverified(let reason): "not verified: \(reason)"
        }
      let suite = repository.suite.map { " \($0)" } ?? ""
      let key = "\(repository.manager) \(repository.uris.sorted().joined(separator: " "))\(suite)"
      return DiffItem(key, trust, repository.origin)
    }
  }
}

import Advisories
import Evidence
import Facts

/// Vulnerabilities that the packages of one side alone have.
public enum AdvisoriesTopic: DiffTopic {
  public static let section = DiffReport.SectionName.packages
  public static let name = "advisories"
  public static let title = "vulnerabilities"
  public static var plan: CollectionPlan { CollectionPlan([DistributionAdvisories.self]) }

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    // Without a database nobody has asked; the verdicts say so.
    if [old, new].allSatisfy({ $0.facts?.supplied(AdvisoryStore.self) == nil }) {
      return TopicChanges()
    }
    return TopicChanges(keyedChanges(try items(old), try items(new)))
  }

  private static func items(_ guest: DiffGuest) throws(Incomparable) -> [DiffItem] {
    try guest.ask { (facts) throws(EvidenceGap) in
      try facts.model(DistributionAdvisories.self).packages.flatMap { package in
        package.vulnerabilities.map { item in
          DiffItem("\(package.name) \(item.name)", DiffChange.Value("\(item.severity)"))
        }
      }
    }
  }
}

import Evidence
import Facts

/// Where the time comes from.
public enum TimeTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.configuration
  public static let name = "time"
  public static let title = "time sources"
  public static let models: [any FactModel.Type] = [TimeServices.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try facts.model(TimeServices.self).services.filter { $0.start != nil }.flatMap { service in
      service.sources.map { DiffItem("\(service.name) \($0.address)", $0.kind, $0.origin) }
    }
  }
}

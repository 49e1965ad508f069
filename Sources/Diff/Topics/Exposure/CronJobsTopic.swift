import Evidence
import Facts

/// What cron runs.
public enum CronJobsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.exposure
  public static let name = "cron"
  public static let title = "jobs of cron"
  public static let models: [any FactModel.Type] = [CronJobs.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let cron: CronJobs = try facts.model()
    return cron.jobs.map { job in
      let state = job.obstacle.map { ", never: \($0)" } ?? ""
      return DiffItem("\(job.user ?? "its owner"): \(job.command)", job.schedule + state, job.origin)
    }
  }
}

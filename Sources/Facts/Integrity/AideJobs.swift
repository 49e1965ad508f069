import Evidence

/// What runs AIDE from time to time, and who is told.
public struct AideJobs: FactModel {
  public static let needs: [ContentNeed] = RecurringJobs.needs + ["/etc/default/aide"]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    RecurringJobs.furtherNeeds(evidence)
  }

  public let jobs: [RecurringJob]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let mail = try AideMail(facts.evidence)
    var jobs = try RecurringJobs(facts, runs: AideMail.runsAide).jobs
    for index in jobs.indices {
      let job = jobs[index]
      jobs[index].obstacle = job.obstacle ?? mail.obstacle(command: job.command)
      jobs[index].recipient = mail.recipient(
        command: job.command, user: job.user, isCron: job.way == .cron, mailTo: job.mailTo)
    }
    self.jobs = jobs
  }
}

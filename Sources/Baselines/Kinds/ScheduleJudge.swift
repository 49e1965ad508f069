import Facts

/// Judges whether something runs a tool for integrity.
enum ScheduleJudge {
  static func outcome(_ jobs: [RecurringJob], expected: String) -> Outcome {
    if let job = jobs.first(where: { $0.obstacle == nil }) {
      return Outcome(
        .pass, subject: "schedule", expected: expected, actual: job.command,
        evidence: [EvidenceLine(job.origin)])
    }
    return Outcome(
      .fail, subject: "schedule", expected: expected, actual: jobs.first?.obstacle ?? "no such job",
      evidence: jobs.prefix(4).map { EvidenceLine($0.origin, note: $0.obstacle) })
  }
}

import Evidence
import Facts

/// Who may hand in jobs, and whether a job would run.
public struct CronKind: CheckKind {
  public static let name = "cron"
  public static let summary =
    "Decides who may use crontab or at, and whether cron or anacron would run a command."
  public static let parameters: [ParameterSpecification] = [
    .init("tool", .choice(["cron", "at"]), "whose access is judged; cron if left out"),
    .init("allowed_users", .textList, "at most these users beside root may hand in jobs"),
    .init("job", .text, "a job runs whose command this regular expression matches somewhere"),
  ]

  private let tool: String
  private let allowedUsers: [String]?
  private let job: String?

  public init(_ parameters: Parameters) throws(ParameterError) {
    tool = parameters.text("tool") ?? "cron"
    allowedUsers = parameters.has("allowed_users") ? parameters.list("allowed_users") : nil
    job = parameters.text("job")
    if let job, (try? Regex<AnyRegexOutput>(job)) == nil {
      throw ParameterError("job", "'\(job)' is not a regular expression")
    }
    if (allowedUsers == nil) == (job == nil) {
      throw ParameterError(nil, "one of 'allowed_users' and 'job' has to be given")
    }
    if job != nil && tool == "at" { throw ParameterError("tool", "jobs of at are not looked at") }
  }

  public var plan: CollectionPlan {
    CollectionPlan(job == nil ? [ScheduleAccess.self] : [CronJobs.self])
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    if let allowedUsers { return [try judgeAccess(facts, Set(allowedUsers + ["root"]))] }
    return [try judgeJob(facts)]
  }

  private func judgeAccess(_ facts: GuestFacts, _ allowed: Set<String>) throws(EvidenceGap) -> Outcome {
    let access: ScheduleAccess = try facts.model()
    let rule = tool == "cron" ? access.cron : access.at
    let others = allowed.subtracting(["root"]).sorted()
    let (holds, actual): (Bool, String) =
      switch rule.value {
      case .onlyRoot: (true, "only root may")
      case .only(let users):
        (
          allowed.isSuperset(of: users),
          users.isEmpty ? "only root may" : "\(users.joined(separator: ", ")) may"
        )
      case .everybody: (false, "everybody may")
      case .everybodyBut(let users):
        (false, users.isEmpty ? "everybody may" : "everybody but \(users.joined(separator: ", ")) may")
      }
    return Outcome(
      holds ? .pass : .fail, subject: tool,
      expected: others.isEmpty ? "only root may" : "at most root, \(others.joined(separator: ", ")) may",
      actual: actual, evidence: rule.evidenceLines)
  }

  private func judgeJob(_ facts: GuestFacts) throws(EvidenceGap) -> Outcome {
    let pattern = job ?? ""
    let jobs: CronJobs = try facts.model()
    guard let expression = try? Regex<AnyRegexOutput>(pattern) else {
      throw EvidenceGap(path: "/etc/crontab", reason: "the regular expression cannot be read")
    }
    let found = jobs.jobs.filter { $0.command.firstMatch(of: expression) != nil }
    let best = found.first { $0.obstacle == nil } ?? found.first
    let actual = best.map { "\($0.schedule) \($0.command)" + ($0.obstacle.map { ", not run: \($0)" } ?? "") }
    return Outcome(
      best.map { $0.obstacle == nil } ?? false ? .pass : .fail, subject: "job \(pattern)",
      expected: "a job that matches /\(pattern)/ runs",
      actual: actual ?? "no such job among \(jobs.jobs.count)",
      evidence: best.map { [.init($0.origin)] } ?? [])
  }

  public var fix: Fix? {
    guard let allowedUsers else { return nil }
    let users = (["root"] + allowedUsers.filter { $0 != "root" })
    let path = "/etc/\(tool).allow"
    return Fix(
      shell:
        "printf '%s\\n' \(users.map(Fix.shellWord).joined(separator: " ")) > \(path)\nchmod 0640 \(path)\nrm -f /etc/\(tool).deny",
      ansible:
        "ansible.builtin.copy:\n  dest: \(path)\n  mode: \"0640\"\n  content: \(Fix.yamlText(users.joined(separator: "\n") + "\n"))"
    )
  }
}

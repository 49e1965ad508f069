import DiskImages
import Evidence

/// What runs AIDE from time to time: timers and cron jobs (systemd.timer(5), crontab(5), run-parts(8)).
public struct AideJobs: FactModel {
  public static let needs: [ContentNeed] =
    [
      "/etc/crontab", "/etc/cron.d/*", "/etc/cron.hourly/*", "/etc/cron.daily/*", "/etc/cron.weekly/*",
      "/var/spool/cron/crontabs/root", "/var/spool/cron/root", "/etc/default/aide",
    ] + SystemdUnits.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    SystemdUnits.furtherNeeds(evidence)
  }

  /// A job that runs AIDE.
  public struct Job: Sendable, Hashable {
    public enum Way: String, Sendable, Hashable {
      case timer, cron
    }

    public var way: Way
    /// The timer or the cron table, with the line that decides.
    public var origin: Origin
    public var command: String
    /// Whom a report is mailed to; nil if nobody.
    public var recipient: String?
    /// Why it never runs, or less than once a week; nil if it does.
    public var obstacle: String?
  }

  public let jobs: [Job]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let units = try facts.model(SystemdUnits.self)
    let mail = try AideMail(evidence)
    var jobs = try Self.timers(units, mail)
    let cron = try CronTables(evidence)
    let obstacle = try Self.cronObstacle(units, evidence)
    for entry in cron.entries where AideMail.runsAide(entry.command) {
      var job = Job(
        way: .cron, origin: entry.origin, command: entry.command,
        recipient: mail.recipient(
          command: entry.command, user: entry.user, isCron: true, mailTo: entry.mailTo))
      job.obstacle = obstacle ?? mail.obstacle(command: entry.command) ?? entry.obstacle
      jobs.append(job)
    }
    self.jobs = jobs
  }

  private static func timers(_ units: SystemdUnits, _ mail: AideMail) throws(EvidenceGap) -> [Job] {
    var jobs: [Job] = []
    for name in units.unitFiles where name.type == "timer" && !name.isTemplate {
      guard case .loaded(let timer) = try units.state(of: "\(name)") else { continue }
      let service = timer.value("Timer", "Unit")?.value ?? "\(name.prefix).service"
      guard case .loaded(let unit) = try units.state(of: service) else { continue }
      let commands = unit.list("Service", "ExecStart").filter { AideMail.runsAide($0.value) }
      guard let command = commands.last else { continue }
      let start = units.startReason(of: "\(name)")
      let schedules = ["OnCalendar", "OnUnitActiveSec", "OnUnitInactiveSec", "OnActiveSec", "OnBootSec"]
        .flatMap { timer.list("Timer", $0) }
      var obstacle = mail.obstacle(command: command.value)
      if start == nil { obstacle = "nothing starts \(name) at boot" }
      if obstacle == nil, !schedules.contains(where: { isOften($0.value) }) {
        obstacle = "it runs less than once a week: \(schedules.map(\.value).joined(separator: ", "))"
      }
      jobs.append(
        Job(
          way: .timer, origin: start?.origin ?? schedules.first?.origin ?? command.origin,
          command: command.value,
          recipient: mail.recipient(
            command: command.value, user: unit.value("Service", "User")?.value ?? "root"),
          obstacle: obstacle))
    }
    return jobs
  }

  /// Whether a time expression of systemd.time(7) comes round at least once a week.
  static func isOften(_ text: String) -> Bool {
    let text = text.lowercased()
    let rare = ["month", "year", "annual", "quarter"]
    if rare.contains(where: text.contains) { return false }
    for word in text.split(separator: " ") {
      let parts = word.split(separator: "-")
      if parts.count == 3, !(parts[2].hasPrefix("*") && parts[1] == "*") { return false }
    }
    return true
  }

  private static func cronObstacle(_ units: SystemdUnits, _ evidence: Evidence) throws(EvidenceGap) -> String?
  {
    for name in ["cron.service", "crond.service", "cronie.service", "cron.target", "anacron.timer"] {
      if units.startReason(of: name) != nil { return nil }
    }
    if try evidence.entry(at: "/usr/lib/systemd/systemd") != nil { return "nothing starts cron at boot" }
    for path in ["/usr/sbin/cron", "/usr/sbin/crond"] {
      if try evidence.entry(at: path) != nil { return nil }
    }
    return "cron is not installed"
  }
}

import DiskImages
import Evidence

/// What runs a program from time to time: timers and cron jobs (systemd.timer(5), crontab(5), run-parts(8)).
struct RecurringJobs {
  static let needs: [ContentNeed] =
    [
      "/etc/crontab", "/etc/cron.d/*", "/etc/cron.hourly/*", "/etc/cron.daily/*", "/etc/cron.weekly/*",
      "/var/spool/cron/crontabs/root", "/var/spool/cron/root",
    ] + SystemdUnits.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { SystemdUnits.furtherNeeds(evidence) }

  /// Timers first.
  private(set) var jobs: [RecurringJob]

  /// - Parameter runs: whether a command line runs the program.
  init(_ facts: GuestFacts, runs: (String) -> Bool) throws(EvidenceGap) {
    let units = try facts.model(SystemdUnits.self)
    jobs = try Self.timers(units, runs)
    let obstacle = try Self.cronObstacle(units, facts.evidence)
    for entry in try CronTables(facts.evidence).entries where runs(entry.command) {
      jobs.append(
        RecurringJob(
          way: .cron, origin: entry.origin, command: entry.command, user: entry.user, mailTo: entry.mailTo,
          obstacle: obstacle ?? entry.obstacle))
    }
  }

  /// The names of all programs in a command line, whatever stands for them.
  static func programNames(_ command: String) -> [Substring] {
    command.split { " \t;|&()\"'`$={}".contains($0) }.compactMap { $0.split(separator: "/").last }
  }

  private static func timers(
    _ units: SystemdUnits, _ runs: (String) -> Bool
  ) throws(EvidenceGap) -> [RecurringJob] {
    var jobs: [RecurringJob] = []
    for name in units.unitFiles where name.type == "timer" && !name.isTemplate {
      guard case .loaded(let timer) = try units.state(of: "\(name)") else { continue }
      let service = timer.value("Timer", "Unit")?.value ?? "\(name.prefix).service"
      guard case .loaded(let unit) = try units.state(of: service) else { continue }
      guard let command = unit.list("Service", "ExecStart").last(where: { runs($0.value) }) else { continue }
      let start = units.startReason(of: "\(name)")
      let schedules = ["OnCalendar", "OnUnitActiveSec", "OnUnitInactiveSec", "OnActiveSec", "OnBootSec"]
        .flatMap { timer.list("Timer", $0) }
      var obstacle: String?
      if start == nil {
        obstacle = "nothing starts \(name) at boot"
      } else if !schedules.contains(where: { isOften($0.value) }) {
        obstacle = "it runs less than once a week: \(schedules.map(\.value).joined(separator: ", "))"
      }
      jobs.append(
        RecurringJob(
          way: .timer, origin: start?.origin ?? schedules.first?.origin ?? command.origin,
          command: command.value, user: unit.value("Service", "User")?.value ?? "root", obstacle: obstacle))
    }
    return jobs
  }

  /// Whether a time expression of systemd.time(7) comes round at least once a week.
  private static func isOften(_ text: String) -> Bool {
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

/// A job that runs a program.
public struct RecurringJob: Sendable, Hashable {
  public enum Way: String, Sendable, Hashable {
    case timer, cron
  }

  public var way: Way
  /// The timer or the cron table, with the line that decides.
  public var origin: Origin
  public var command: String
  var user: String
  /// What MAILTO of the cron table is set to; nil if it is not set.
  var mailTo: String?
  /// Whom a report is mailed to; nil if nobody, or nothing is known of it.
  public internal(set) var recipient: String?
  /// Why it never runs, or less than once a week; nil if it does.
  public var obstacle: String?
}

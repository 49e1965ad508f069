import DiskImages
import Evidence

/// Whether and how often log files are rotated (logrotate(8)).
public struct Logrotate: FactModel {
  public static let needs: [ContentNeed] =
    [
      "/etc/logrotate.conf", "/etc/logrotate.d/*", "/etc/cron.daily/logrotate", "/etc/crontab",
      "/etc/cron.d/*",
    ]
    + SystemdUnits.needs

  /// What starts logrotate regularly; nil if nothing does.
  public let schedule: Origin?
  /// `hourly`, `daily`, `weekly`, `monthly` or `yearly` of logrotate.conf, which counts where a log file's
  /// own section says nothing; nil without the file.
  public let interval: Effective<String>?
  /// Whether the program is there.
  public let isInstalled: Bool

  /// From the most to the least often.
  public static let intervals = ["hourly", "daily", "weekly", "monthly", "yearly"]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    var isInstalled = false
    for path in ["/usr/sbin/logrotate", "/usr/bin/logrotate", "/sbin/logrotate"] {
      if try evidence.entry(at: path) != nil { isInstalled = true }
    }
    self.isInstalled = isInstalled
    interval = try Self.interval(evidence)
    schedule = try Self.schedule(facts)
  }

  /// Directives outside of sections, the last one before the files that are rotated by it; `weekly` is
  /// compiled in.
  private static func interval(_ evidence: Evidence) throws(EvidenceGap) -> Effective<String>? {
    guard let file = try evidence.text(at: "/etc/logrotate.conf") else { return nil }
    var depth = 0
    var found: [Effective<String>.Candidate] = []
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      if text.hasPrefix("#") { continue }
      if depth == 0, let word = text.split(whereSeparator: \.isWhitespace).first,
        intervals.contains(String(word))
      {
        found.append(
          .init(
            value: String(word),
            origin: Origin(path: file.path, line: line.number, kind: .explicit, text: String(text))))
      }
      depth += text.count { $0 == "{" } - text.count { $0 == "}" }
      depth = max(0, depth)
    }
    guard let last = found.last else {
      return Effective("weekly", origin: .compiledDefault("logrotate source, config.c: ROT_WEEKLY"))
    }
    return Effective(last.value, origin: last.origin, shadowed: found.dropLast().reversed())
  }

  private static func schedule(_ facts: GuestFacts) throws(EvidenceGap) -> Origin? {
    let units = try facts.model(SystemdUnits.self)
    if let reason = units.startReason(of: "logrotate.timer") { return reason.origin }
    return try cronSchedule(facts.evidence, units)
  }

  /// cron's daily script, where a cron daemon starts, and unless the script leaves the work to systemd's
  /// timer.
  private static func cronSchedule(_ evidence: Evidence, _ units: SystemdUnits) throws(EvidenceGap) -> Origin?
  {
    var hasDaemon = !units.isPresent
    for name in ["cron.service", "crond.service", "cronie.service"] {
      if units.startReason(of: name) != nil { hasDaemon = true }
    }
    guard hasDaemon else { return nil }
    if let script = try evidence.entry(at: "/etc/cron.daily/logrotate"), script.permissions & 0o111 != 0 {
      let text = try evidence.text(of: script)
      let leavesItToSystemd = text.lines.contains {
        !$0.text.trimmingBlanks().hasPrefix("#") && $0.text.contains("/run/systemd/system")
      }
      if !leavesItToSystemd || !units.isPresent {
        return Origin(path: script.path, kind: .explicit, text: "run by cron every day")
      }
    }
    for entry in try evidence.entries(matching: "/etc/cron.d/*") + evidence.entries(matching: "/etc/crontab")
    where entry.type == .regular {
      for line in try evidence.text(of: entry).lines {
        let text = line.text.trimmingBlanks()
        if !text.hasPrefix("#"), text.contains("logrotate") {
          return Origin(path: entry.path, line: line.number, kind: .explicit, text: String(text))
        }
      }
    }
    return nil
  }
}

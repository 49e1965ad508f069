import DiskImages
import Evidence

/// One command that a cron daemon or anacron would run.
public struct CronJob: Sendable, Hashable {
  /// `17 * * * *`, `@reboot`, `daily`.
  public var schedule: String
  /// As whom; nil where the file does not say and root does it.
  public var user: String?
  public var command: String
  public var origin: Origin
  /// Why it is not run although it is written, in words; nil if it is run.
  public var obstacle: String?
}

/// What the cron daemon and anacron of the guest would run (crontab(5), cron(8), anacrontab(5)).
public struct CronJobs: FactModel {
  static let periods = ["hourly", "daily", "weekly", "monthly", "yearly"]
  private static let spools = [
    "/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron", "/etc/crontabs",
  ]
  public static let needs: [ContentNeed] =
    ["/etc/crontab", "/etc/cron.d/*", "/etc/anacrontab"] + spools.map { ContentNeed("\($0)/*") }
    + SystemdUnits.needs + OSRelease.needs

  /// Every job, those with an obstacle included.
  public let jobs: [CronJob]
  /// Why the next boot starts a cron daemon; nil if it starts none.
  public let daemon: StartReason?
  /// Name of the unit of the daemon.
  public let daemonUnit: String?

  private static let daemonUnits = [
    "cron.service", "crond.service", "cronie.service", "bcron.service", "fcron.service", "cron.target",
  ]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let units: SystemdUnits = try facts.model()
    let started = Self.daemonUnits.first { units.startReason(of: $0) != nil }
    daemonUnit = started
    daemon = started.flatMap { units.startReason(of: $0) }
    let system: OSRelease = try facts.model()
    var reader = CronReader(
      evidence: facts.evidence, isDebian: system.id == "debian" || system.idLike.contains("debian"),
      obstacle: started == nil ? "no cron daemon is started" : nil)
    try reader.readSystem()
    for spool in Self.spools { try reader.readSpool(spool) }
    let anacron = ["anacron.timer", "anacron.service", "cronie-anacron"].contains {
      units.startReason(of: $0) != nil
    }
    try reader.readAnacron(isStarted: anacron || started != nil)
    for period in Self.periods {
      // systemd-cron runs the folders by timers of its own.
      try reader.readPeriod(period, byTimer: units.startReason(of: "cron-\(period).timer") != nil)
    }
    jobs = reader.jobs
  }
}

/// Reads the files of cron, as Debian's cron or as cronie does.
private struct CronReader {
  let evidence: Evidence
  let isDebian: Bool
  /// Why nothing that cron itself has to start is run.
  let obstacle: String?
  var jobs: [CronJob] = []
  private static let limit = 100_000

  mutating func readSystem() throws(EvidenceGap) {
    if let entry = try evidence.entry(at: "/etc/crontab") {
      read(try evidence.text(of: entry), hasUser: true, user: nil, fileObstacle: untrusted(entry))
    }
    for entry in try evidence.entries(matching: "/etc/cron.d/*") {
      guard case .found(let file) = evidence.index.target(of: entry), file.type == .regular else { continue }
      let problem = isNameRead(entry.name) ? untrusted(file) : "cron ignores files of this name"
      read(try evidence.text(of: entry), hasUser: true, user: nil, fileObstacle: problem)
    }
  }

  mutating func readSpool(_ folder: String) throws(EvidenceGap) {
    for entry in try evidence.entries(matching: GlobPattern("\(folder)/*")) where entry.type == .regular {
      read(try evidence.text(of: entry), hasUser: false, user: entry.name, fileObstacle: nil)
    }
  }

  mutating func readAnacron(isStarted: Bool) throws(EvidenceGap) {
    guard let file = try evidence.text(at: "/etc/anacrontab") else { return }
    for line in file.lines {
      let words = line.text.split(maxSplits: 3) { $0 == " " || $0 == "\t" }
      guard words.count == 4, !words[0].hasPrefix("#"), !words[0].contains("=") else { continue }
      append(
        String(words[0]), nil, words[3].trimmingBlanks(), line, file.path,
        isStarted ? nil : "neither anacron nor cron is started")
    }
  }

  /// The scripts of /etc/cron.daily and its like, which a line of another table runs by `run-parts`.
  mutating func readPeriod(_ period: String, byTimer: Bool) throws(EvidenceGap) {
    let folder = "/etc/cron.\(period)"
    let runner = jobs.first { $0.obstacle == nil && $0.command.contains(folder) }
    let problem = runner == nil && !byTimer ? obstacle ?? "nothing runs \(folder)" : nil
    for entry in try evidence.entries(matching: GlobPattern("\(folder)/*")) {
      guard case .found(let file) = evidence.index.target(of: entry), file.type == .regular else { continue }
      let own: String? =
        if !isNameRead(entry.name) {
          "run-parts ignores files of this name"
        } else {
          file.permissions & 0o111 == 0 ? "not executable" : nil
        }
      jobs.append(
        CronJob(
          schedule: period, user: "root", command: entry.path,
          origin: Origin(path: entry.path, kind: .explicit, text: entry.name), obstacle: problem ?? own))
    }
  }

  private mutating func read(_ file: TextFile, hasUser: Bool, user: String?, fileObstacle: String?) {
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      guard let first = text.first, first != "#", !isAssignment(text) else { continue }
      let times = first == "@" ? 1 : 5
      let words = text.split(maxSplits: times + (hasUser ? 1 : 0)) { $0 == " " || $0 == "\t" }
      guard words.count == times + (hasUser ? 2 : 1) else { continue }
      append(
        words.prefix(times).joined(separator: " "), hasUser ? String(words[times]) : user,
        words[words.count - 1].trimmingBlanks(), line,
        file.path, obstacle ?? fileObstacle)
    }
  }

  private mutating func append(
    _ schedule: String, _ user: String?, _ command: Substring, _ line: TextFile.Line, _ path: String,
    _ obstacle: String?
  ) {
    guard jobs.count < Self.limit else { return }
    jobs.append(
      CronJob(
        schedule: schedule, user: user, command: String(command),
        origin: Origin(path: path, line: line.number, kind: .explicit, text: line.text), obstacle: obstacle))
  }

  /// `NAME = value` sets the environment of the jobs below.
  private func isAssignment(_ text: Substring) -> Bool {
    guard let equals = text.firstIndex(of: "=") else { return false }
    let name = text[..<equals].trimmingBlanks()
    return !name.isEmpty && !name.contains { $0 == " " || $0 == "\t" || $0 == "*" || $0 == "/" }
  }

  /// Tables of the system have to be root's and not be writable by others (cron(8)).
  private func untrusted(_ file: FileEntry) -> String? {
    if file.metadata.uid != 0 { return "cron ignores a table that is not root's" }
    return file.permissions & 0o022 != 0 ? "cron ignores a table that others can write" : nil
  }

  /// Debian's cron and run-parts take letters, digits, `_` and `-`; cronie leaves out what editors and packages
  /// leave behind.
  private func isNameRead(_ name: String) -> Bool {
    if isDebian {
      return name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
    }
    let endings = ["~", ",v", ".rpmsave", ".rpmorig", ".rpmnew", ".cfsaved", ".swp"]
    return !name.hasPrefix(".") && !endings.contains { name.hasSuffix($0) }
  }
}

import DiskImages
import Evidence

/// Who is told about what AIDE found, as Debian's dailyaidecheck, cron and pipes to a mail program decide.
struct AideMail {
  private let defaults: [String: String]
  private let hasMail: Bool
  private let hasSNail: Bool
  private let hasTransport: Bool

  init(_ evidence: Evidence) throws(EvidenceGap) {
    defaults = try evidence.text(at: "/etc/default/aide").map(OSRelease.parse) ?? [:]
    hasMail = try Self.exists(["/usr/bin/mail", "/bin/mail"], evidence)
    hasSNail = try Self.exists(["/usr/bin/s-nail"], evidence)
    hasTransport = try Self.exists(["/usr/sbin/sendmail", "/usr/lib/sendmail"], evidence)
  }

  private static func exists(_ paths: [String], _ evidence: Evidence) throws(EvidenceGap) -> Bool {
    for path in paths where try evidence.entry(at: path) != nil { return true }
    return false
  }

  private static let programs: Set<Substring> = [
    "aide", "aide.wrapper", "dailyaidecheck", "aidecheck", "aidecheck.sh", "aide-check", "aide-check.sh",
    "aide.sh",
  ]

  /// Whether a command line names AIDE, or a script that does nothing else.
  static func runsAide(_ command: String) -> Bool {
    RecurringJobs.programNames(command).contains { programs.contains($0) }
  }

  private static func isDebianScript(_ command: String) -> Bool {
    RecurringJobs.programNames(command).contains("dailyaidecheck")
  }

  /// Why the command does not look for changes although it runs.
  func obstacle(command: String) -> String? {
    guard Self.isDebianScript(command), let run = defaults["CRON_DAILY_RUN"], run != "yes" else { return nil }
    return "/etc/default/aide sets CRON_DAILY_RUN=\(run)"
  }

  /// Whom the command's report is mailed to; nil if nobody.
  ///
  /// - Parameter mailTo: MAILTO of the cron table, if cron runs the command: cron(8) mails what a job prints, to its
  ///   owner if MAILTO is not set.
  func recipient(command: String, user: String, isCron: Bool = false, mailTo: String? = nil) -> String? {
    if let recipient = pipedTo(command) { return recipient }
    if Self.isDebianScript(command) {
      if defaults["SILENTREPORTS"] == "yes" { return nil }
      let canMail = defaults["MAILCMD"]?.isEmpty == false || hasSNail || (hasMail && user == "root")
      guard canMail else { return nil }
      let recipient = defaults["MAILTO"] ?? ""
      return recipient.isEmpty ? "root" : recipient
    }
    guard isCron, hasTransport, !command.contains(">"), mailTo != "" else { return nil }
    return mailTo ?? user
  }

  /// What follows a pipe into a mail program.
  private func pipedTo(_ command: String) -> String? {
    for part in command.split(separator: "|").dropFirst() {
      let words = part.split { $0 == " " || $0 == "\t" }
      guard let program = words.first?.split(separator: "/").last,
        ["mail", "mailx", "s-nail", "mutt", "sendmail", "bsd-mailx"].contains(program)
      else { continue }
      return words.last.map { String($0.filter { $0 != "\"" && $0 != "'" }) }
    }
    return nil
  }
}

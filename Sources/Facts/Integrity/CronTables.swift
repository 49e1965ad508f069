import DiskImages
import Evidence

/// What cron would run as root: the system's tables, root's own and the folders that run-parts(8) goes through.
struct CronTables {
  struct Entry {
    var origin: Origin
    var user: String
    var command: String
    /// What MAILTO is set to; nil if it is not set.
    var mailTo: String?
    /// Why it runs less than once a week, or never.
    var obstacle: String?
  }

  private(set) var entries: [Entry] = []

  init(_ evidence: Evidence) throws(EvidenceGap) {
    if let file = try evidence.text(at: "/etc/crontab") { readTable(file, namesUser: true) }
    for entry in try evidence.entries(matching: "/etc/cron.d/*") where Self.isRegular(entry, evidence) {
      // cron(8) takes names of letters, digits, - and _ only.
      guard !entry.name.contains(".") || !Self.isDebian(evidence) else { continue }
      readTable(try evidence.text(of: entry), namesUser: true)
    }
    for path in ["/var/spool/cron/crontabs/root", "/var/spool/cron/root"] {
      if let file = try evidence.text(at: path) { readTable(file, namesUser: false) }
    }
    for folder in ["hourly", "daily", "weekly"] {
      for entry in try evidence.entries(matching: GlobPattern("/etc/cron.\(folder)/*")) {
        try readScript(entry, evidence)
      }
    }
  }

  private static func isRegular(_ entry: FileEntry, _ evidence: Evidence) -> Bool {
    if case .found(let target) = evidence.index.target(of: entry) { target.type == .regular } else { false }
  }

  private static func isDebian(_ evidence: Evidence) -> Bool {
    if case .found = evidence.index.resolve("/var/lib/dpkg/status") { true } else { false }
  }

  private mutating func readTable(_ file: TextFile, namesUser: Bool) {
    var mailTo: String?
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      guard let first = text.first, first != "#" else { continue }
      if first.isLetter, let equals = text.firstIndex(of: "="), !text[..<equals].contains("/") {
        if text[..<equals].trimmingBlanks() == "MAILTO" {
          mailTo = String(
            text[text.index(after: equals)...].trimmingBlanks().filter { $0 != "\"" && $0 != "'" })
        }
        continue
      }
      let fields = first == "@" ? 1 : 5
      let words = text.split(
        maxSplits: fields + (namesUser ? 1 : 0), omittingEmptySubsequences: true,
        whereSeparator: { $0 == " " || $0 == "\t" })
      guard words.count == fields + (namesUser ? 2 : 1), let command = words.last else { continue }
      entries.append(
        Entry(
          origin: Origin(path: file.path, line: line.number, kind: .explicit, text: String(text)),
          user: namesUser ? String(words[fields]) : "root", command: String(command), mailTo: mailTo,
          obstacle: Self.obstacle(words.prefix(fields).map(String.init))))
    }
  }

  private static func obstacle(_ times: [String]) -> String? {
    let isOften =
      times.count == 1
      ? ["@hourly", "@daily", "@midnight", "@weekly"].contains(times[0]) : times[2] == "*" && times[3] == "*"
    return isOften ? nil : "it runs less than once a week: \(times.joined(separator: " "))"
  }

  /// A script of a folder; every line that is no comment counts as a command.
  private mutating func readScript(_ entry: FileEntry, _ evidence: Evidence) throws(EvidenceGap) {
    guard case .found(let target) = evidence.index.target(of: entry), target.type == .regular else { return }
    var obstacle: String?
    if target.permissions & 0o111 == 0 { obstacle = "\(entry.path) is not executable" }
    if entry.name.contains(".") || entry.name.hasSuffix("~") {
      obstacle = "run-parts passes \(entry.path) over"
    }
    let file = try evidence.text(of: entry)
    let yields = file.lines.contains { $0.text.contains("/run/systemd/system") && !$0.text.hasPrefix("#") }
    if yields, case .found = evidence.index.resolve("/usr/lib/systemd/systemd") {
      obstacle = "\(entry.path) does nothing under systemd"
    }
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      guard !text.isEmpty, !text.hasPrefix("#") else { continue }
      entries.append(
        Entry(
          origin: Origin(path: file.path, line: line.number, kind: .explicit, text: String(text)),
          user: "root",
          command: String(text), mailTo: nil, obstacle: obstacle))
    }
  }
}

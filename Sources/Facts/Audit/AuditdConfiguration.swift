import DiskImages
import Evidence

/// The audit daemon's configuration as auditd reads it (auditd.conf(5), auditd-config.c).
public struct AuditdConfiguration: FactModel {
  public static let needs: [ContentNeed] = ["/etc/audit/auditd.conf"] + SystemdUnits.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    SystemdUnits.furtherNeeds(evidence)
  }

  /// Why the daemon refuses the file and does not start, with the line.
  public let refusal: (origin: Origin, reason: String)?
  private let values: [String: Effective<String>]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let path = try Self.path(facts)
    guard let entry = try facts.evidence.entry(at: path, followLast: false) else {
      // Without the file the daemon starts with its defaults.
      refusal = nil
      values = [:]
      return
    }
    var reader = Reader()
    if let objection = Self.objection(to: entry) {
      reader.refusal = (Origin(path: path, kind: .explicit), objection)
    } else {
      reader.read(try facts.evidence.text(of: entry))
    }
    refusal = reader.refusal
    values = reader.values
  }

  /// A keyword's value, with the default that the daemon is built with; nil for a keyword that it does not know.
  public func value(_ keyword: String) -> Effective<String>? {
    if let value = values[keyword.lowercased()] { return value }
    return Self.defaults[keyword.lowercased()].map {
      Effective($0, origin: .compiledDefault("auditd-config.c, clear_config"))
    }
  }

  /// Whether the daemon knows the keyword.
  public static func knows(_ keyword: String) -> Bool { defaults[keyword] != nil }

  /// The folder that auditd's `-c` names, /etc/audit without one.
  private static func path(_ facts: GuestFacts) throws(EvidenceGap) -> String {
    guard case .loaded(let unit) = try facts.model(SystemdUnits.self).state(of: "auditd.service") else {
      return "/etc/audit/auditd.conf"
    }
    let folder = try ServiceCommand(of: unit, facts.evidence).values("-c").last?.value
    return (folder.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/etc/audit") + "/auditd.conf"
  }

  private static func objection(to entry: FileEntry) -> String? {
    if entry.type == .symbolicLink { return "it is a symbolic link" }
    if entry.type != .regular { return "it is not a regular file" }
    if entry.metadata.uid != 0 { return "root does not own it" }
    return entry.permissions & 0o002 != 0 ? "everybody can write it" : nil
  }

  private struct Reader {
    var values: [String: Effective<String>] = [:]
    var refusal: (origin: Origin, reason: String)?

    mutating func read(_ file: TextFile) {
      for line in file.lines {
        let origin = Origin(path: file.path, line: line.number, kind: .explicit, text: line.text)
        // Longer lines are skipped.
        guard line.text.utf8.count < 159 else { continue }
        let words = line.text.split(separator: " ").map(String.init)
        guard let name = words.first, !name.hasPrefix("#") else { continue }
        guard words.count >= 3, words[1] == "=" else {
          refusal = (origin, "a keyword, a sign = and a value have to stand apart from one another")
          return
        }
        if let objection = objection(name.lowercased(), words[2], words.dropFirst(3).first) {
          refusal = (origin, objection)
          return
        }
        take(name.lowercased(), words[2].trimmingTabs(), origin)
      }
      let incremental = ["incremental", "incremental_async"].contains(
        values["flush"]?.value.lowercased() ?? "")
      if incremental, values["freq"]?.value ?? "0" == "0", let origin = values["flush"]?.origin {
        refusal = (origin, "incremental flushing needs a freq above 0")
      }
    }

    private mutating func take(_ name: String, _ value: String, _ origin: Origin) {
      var effective = Effective(value, origin: origin)
      if let before = values[name] {
        effective.shadowed = [.init(value: before.value, origin: before.origin)] + before.shadowed.prefix(8)
      }
      values[name] = effective
    }

    private func objection(_ name: String, _ value: String, _ option: String?) -> String? {
      guard AuditdConfiguration.knows(name) else { return "the daemon knows no keyword '\(name)'" }
      if let choices = AuditdConfiguration.choices[name], !choices.contains(value.lowercased()) {
        return "'\(value)' is no value of \(name)"
      }
      if AuditdConfiguration.numbers.contains(name) {
        let digits =
          name.hasSuffix("space_left") && value.hasSuffix("%") ? value.dropLast() : Substring(value)
        if digits.isEmpty || !digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
          return "'\(value)' is no number"
        }
      }
      if option != nil, !name.hasSuffix("_action") || name == "max_log_file_action" {
        return "\(name) takes one value"
      }
      return nil
    }
  }
}

extension AuditdConfiguration {
  /// What clear_config in auditd-config.c sets, in the words of the file.
  fileprivate static let defaults: [String: String] = [
    "local_events": "yes", "write_logs": "yes", "log_file": "/var/log/audit/audit.log",
    "log_format": "enriched",
    "log_group": "root", "priority_boost": "4", "flush": "none", "freq": "0", "num_logs": "0",
    "name_format": "none", "name": "", "max_log_file": "0", "max_log_file_action": "ignore",
    "space_left": "0",
    "space_left_action": "ignore", "action_mail_acct": "root", "verify_email": "yes", "admin_space_left": "0",
    "admin_space_left_action": "ignore", "disk_full_action": "ignore", "disk_error_action": "syslog",
    "tcp_listen_port": "", "tcp_listen_queue": "5", "tcp_max_per_addr": "1", "use_libwrap": "yes",
    "tcp_client_ports": "0-65535", "tcp_client_max_idle": "0", "transport": "tcp", "enable_krb5": "no",
    "krb5_principal": "auditd", "krb5_key_file": "/etc/audit/audit.key", "distribute_network": "no",
    "q_depth": "2000", "overflow_action": "syslog", "max_restarts": "10",
    "plugin_dir": "/etc/audit/plugins.d",
    "end_of_event_timeout": "2", "dispatcher": "", "disp_qos": "", "report_interval": "0",
  ]

  private static let failure: Set<String> = [
    "ignore", "syslog", "rotate", "email", "exec", "suspend", "single", "halt",
  ]

  fileprivate static let choices: [String: Set<String>] = [
    "local_events": ["yes", "no"], "write_logs": ["yes", "no"], "verify_email": ["yes", "no"],
    "use_libwrap": ["yes", "no"], "distribute_network": ["yes", "no"], "enable_krb5": ["yes", "no"],
    "log_format": ["raw", "nolog", "enriched"],
    "flush": ["none", "incremental", "incremental_async", "data", "sync"],
    "name_format": ["none", "hostname", "fqd", "numeric", "user"],
    "max_log_file_action": ["ignore", "syslog", "suspend", "rotate", "keep_logs", "exec"],
    "space_left_action": failure, "admin_space_left_action": failure,
    "disk_full_action": failure, "disk_error_action": failure,
    "overflow_action": ["ignore", "syslog", "suspend", "single", "halt"], "transport": ["tcp", "krb5"],
  ]

  fileprivate static let numbers: Set<String> = [
    "priority_boost", "freq", "num_logs", "max_log_file", "space_left", "admin_space_left", "tcp_listen_port",
    "tcp_listen_queue", "tcp_max_per_addr", "tcp_client_max_idle", "q_depth", "max_restarts",
    "end_of_event_timeout",
  ]
}

extension String {
  fileprivate func trimmingTabs() -> String { String(trimmingBlanks()) }
}

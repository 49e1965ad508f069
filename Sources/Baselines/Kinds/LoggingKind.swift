import DiskImages
import Evidence
import Facts

/// Judges which daemons take the system's messages at the next boot, and whether messages outlive it.
public struct LoggingKind: CheckKind {
  public static let name = "logging"
  public static let summary =
    "Reads which syslog daemons start and how journald stores, and decides whether there is exactly "
    + "one path for messages and whether they are kept."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "question", .choice(["one_path", "kept"]), required: true,
      "one_path: exactly one daemon files messages; kept: messages survive a reboot")
  ]

  private let asksKept: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    asksKept = try parameters.required("question") == "kept"
  }

  public var plan: CollectionPlan { CollectionPlan([LoggerPaths.self, Tmpfiles.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let paths = try facts.model(LoggerPaths.self)
    return [asksKept ? try kept(paths, facts) : onePath(paths)]
  }

  /// journald always takes messages first and hands them on; with a syslog daemon that daemon is the path.
  private func onePath(_ paths: LoggerPaths) -> Outcome {
    let expected = "exactly one daemon files messages"
    let evidence = paths.daemons.map { EvidenceLine($0.origin) }
    let names = paths.daemons.map { String($0.unit.prefix { $0 != "." }) }
    switch names.count {
    case 0:
      return Outcome(
        paths.journalKeeps ? .pass : .fail, subject: "system log", expected: expected,
        actual: paths.journalKeeps ? "systemd-journald" : "none", evidence: paths.storage.evidenceLines)
    case 1:
      return Outcome(.pass, subject: "system log", expected: expected, actual: names[0], evidence: evidence)
    default:
      return Outcome(
        .fail, subject: "system log", expected: expected, actual: names.joined(separator: " and "),
        evidence: evidence)
    }
  }

  private func kept(_ paths: LoggerPaths, _ facts: GuestFacts) throws(EvidenceGap) -> Outcome {
    let expected = "messages kept across reboots"
    func outcome(_ verdict: Outcome.Verdict, _ actual: String, _ evidence: [EvidenceLine]) -> Outcome {
      Outcome(verdict, subject: "system log", expected: expected, actual: actual, evidence: evidence)
    }
    let storage = paths.storage
    if paths.journalKeeps, storage.value == "persistent" {
      return outcome(.pass, "Storage=persistent", storage.evidenceLines)
    }
    if paths.journalKeeps, storage.value == "auto" {
      // journald.conf(5): auto is persistent if the directory exists.
      let directory = "/var/log/journal"
      if let entry = try facts.evidence.entry(at: directory), entry.type == .directory {
        return outcome(
          .pass, "Storage=auto and \(directory) exists",
          storage.evidenceLines + [EvidenceLine(path: directory, text: "a directory", origin: "on the disk")])
      }
      if let change = try facts.model(Tmpfiles.self).creation(of: directory) {
        return outcome(
          .pass, "Storage=auto and the boot makes \(directory)", change.origins.map { EvidenceLine($0) })
      }
    }
    if let daemon = paths.daemons.first {
      return outcome(.pass, "filed by \(daemon.unit)", [EvidenceLine(daemon.origin)])
    }
    let actual =
      storage.value == "auto" ? "Storage=auto without /var/log/journal" : "Storage=\(storage.value)"
    return outcome(.fail, actual, storage.evidenceLines)
  }
}

import DiskImages
import Evidence

/// Who may hand in jobs with crontab(1) or at(1).
public struct ScheduleAccess: FactModel {
  public static let needs: [ContentNeed] =
    ["/etc/cron.allow", "/etc/cron.deny", "/etc/at.allow", "/etc/at.deny"] + OSRelease.needs

  /// The rule that holds. root may in any case.
  public enum Rule: Sendable, Hashable {
    case only([String])
    case everybodyBut([String])
    case everybody
    case onlyRoot
  }

  public let cron: Effective<Rule>
  public let at: Effective<Rule>

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let system: OSRelease = try facts.model()
    let isDebian = system.id == "debian" || system.idLike.contains("debian")
    cron = try Self.rule(
      "cron", facts.evidence,
      otherwise: isDebian
        ? Effective(
          .everybody, origin: .compiledDefault("crontab(1) of Debian: without both files all users may"))
        : Effective(
          .onlyRoot, origin: .compiledDefault("crontab(1) of cronie: without both files only root may")))
    at = try Self.rule(
      "at", facts.evidence,
      otherwise: Effective(.onlyRoot, origin: .compiledDefault("at(1): without both files only root may")))
  }

  /// The allow file decides alone where it exists; else the deny file does.
  private static func rule(_ tool: String, _ evidence: Evidence, otherwise: Effective<Rule>)
    throws(EvidenceGap)
    -> Effective<Rule>
  {
    let allow = try evidence.text(at: "/etc/\(tool).allow")
    let deny = try evidence.text(at: "/etc/\(tool).deny")
    let denied = deny.map { file in
      Effective<Rule>.Candidate(
        value: .everybodyBut(names(file)), origin: Origin(path: file.path, kind: .explicit, text: "deny file")
      )
    }
    if let allow {
      return Effective(
        .only(names(allow)), origin: Origin(path: allow.path, kind: .explicit, text: "allow file"),
        shadowed: denied.map { [$0] } ?? [])
    }
    return denied.map { Effective($0.value, origin: $0.origin) } ?? otherwise
  }

  private static func names(_ file: TextFile) -> [String] {
    file.lines.map { $0.text.trimmingBlanks() }.filter { !$0.isEmpty && !$0.hasPrefix("#") }.map(String.init)
  }
}

import DiskImages
import Evidence

/// The program that would install updates by itself, and what keeps it from doing so.
public struct AutomaticUpdates: FactModel {
  private static let dnfConfigurations = [
    "/etc/dnf/automatic.conf", "/etc/dnf/dnf5-plugins/automatic.conf", "/etc/yum/yum-cron.conf",
  ]
  public static let needs: [ContentNeed] =
    InstalledPackages.needs + AptConfiguration.needs + SystemdUnits.needs
    + dnfConfigurations.map { ContentNeed($0) }

  /// Whether updates are installed.
  public let isActive: Bool
  /// What is set up or missing, in words.
  public let words: String
  public let evidence: [Origin]

  private typealias Answer = (isActive: Bool, words: String, evidence: [Origin])

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let units: SystemdUnits = try facts.model()
    var best: Answer = (false, "no program for it is set up", [])
    if units.startReason(of: "transactional-update.timer") != nil {
      best = (true, "transactional-update.timer", [])
    } else if let answer = try Self.dnf(facts, units) {
      best = answer
    } else if let answer = try Self.apt(facts, units) {
      best = answer
    }
    (isActive, words, evidence) = best
  }

  /// apt.systemd.daily runs unattended-upgrade if APT::Periodic says so.
  private static func apt(_ facts: GuestFacts, _ units: SystemdUnits) throws(EvidenceGap) -> Answer? {
    let packages: InstalledPackages = try facts.model()
    guard packages.installed("unattended-upgrades") != nil else { return nil }
    let configuration: AptConfiguration = try facts.model()
    var evidence: [Origin] = []
    for (option, usual) in [
      ("APT::Periodic::Enable", "1"), ("APT::Periodic::Update-Package-Lists", "0"),
      ("APT::Periodic::Unattended-Upgrade", "0"),
    ] {
      let effective = configuration.value(option)
      if let origin = effective?.origin { evidence.append(origin) }
      let value = effective?.value ?? usual
      if value == "0" || value.isEmpty { return (false, "\(option) is \(value)", evidence) }
    }
    let origins = ["Unattended-Upgrade::Origins-Pattern", "Unattended-Upgrade::Allowed-Origins"].flatMap {
      configuration.list($0)
    }
    guard let security = origins.first(where: { $0.value.lowercased().contains("security") }) else {
      return (
        false, "unattended-upgrades takes no security updates", evidence + origins.prefix(2).map(\.origin)
      )
    }
    evidence.append(security.origin)
    for timer in ["apt-daily.timer", "apt-daily-upgrade.timer"] where units.startReason(of: timer) == nil {
      return (false, "\(timer) is not started", evidence)
    }
    return (true, "unattended-upgrades", evidence)
  }

  private static func dnf(_ facts: GuestFacts, _ units: SystemdUnits) throws(EvidenceGap) -> Answer? {
    if let reason = units.startReason(of: "dnf-automatic-install.timer") {
      return (true, "dnf-automatic-install.timer", [reason.origin])
    }
    for unit in ["dnf-automatic.timer", "dnf5-automatic.timer", "yum-cron.service"] {
      guard let reason = units.startReason(of: unit) else { continue }
      for path in dnfConfigurations {
        guard let file = try facts.evidence.text(at: path) else { continue }
        let applies = IniFile(file).section("commands")?.flag("apply_updates") ?? false
        let origin = Origin(path: path, kind: .explicit, text: "apply_updates")
        return (applies, applies ? unit : "\(unit) does not apply updates", [reason.origin, origin])
      }
      return (false, "\(unit) does not apply updates", [reason.origin])
    }
    return nil
  }
}

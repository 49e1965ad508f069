import DiskImages
import Evidence

/// The AppArmor profiles that the next boot loads, and whether anything loads them (apparmor(7),
/// apparmor_parser(8), rc.apparmor.functions).
public struct AppArmorPolicy: FactModel {
  public static let needs: [ContentNeed] =
    ["/etc/apparmor.d/*", "/var/lib/snapd/apparmor/profiles/*"] + SystemdUnits.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    SystemdUnits.furtherNeeds(evidence)
  }

  /// In the order of their files.
  public let profiles: [AppArmorProfile]
  /// Files that a link in /etc/apparmor.d/disable keeps from being loaded, with the link.
  public let disabled: [Origin]
  /// The program that loads profiles.
  public let parser: String?
  /// Why the next boot loads profiles; nil if it does not.
  public let start: Origin?
  /// Why not, in words.
  public let obstacle: String?

  /// Names that the parser passes over (parser_main.c, is_blacklisted).
  private static let skipped = [
    ".dpkg-new", ".dpkg-old", ".dpkg-dist", ".dpkg-bak", ".dpkg-remove", ".pacsave", ".pacnew", ".rpmnew",
    ".rpmsave", ".orig", ".rej", "~",
  ]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    var profiles: [AppArmorProfile] = []
    var disabled: [Origin] = []
    for entry in try Self.files(evidence) {
      let name = entry.name
      if try Self.isLinked(name, "disable", evidence) {
        disabled.append(Origin(path: "/etc/apparmor.d/disable/\(name)", kind: .explicit))
        continue
      }
      var found = AppArmorParser(try evidence.text(of: entry)).profiles
      if try Self.isLinked(name, "force-complain", evidence) {
        for index in found.indices { found[index].mode = .complain }
      }
      profiles += found
      guard profiles.count < 1 << 16 else {
        throw EvidenceGap(path: "/etc/apparmor.d", reason: "more than 65536 profiles")
      }
    }
    self.profiles = profiles
    self.disabled = disabled
    parser = try Self.parser(evidence)
    (start, obstacle) = try Self.start(facts, hasParser: parser != nil)
  }

  private static func files(_ evidence: Evidence) throws(EvidenceGap) -> [FileEntry] {
    var files: [FileEntry] = []
    for pattern in ["/etc/apparmor.d/*", "/var/lib/snapd/apparmor/profiles/*"] {
      for entry in try evidence.entries(matching: GlobPattern(pattern)) {
        guard !skipped.contains(where: entry.name.hasSuffix),
          case .found(let target) = evidence.index.target(of: entry), target.type == .regular
        else { continue }
        files.append(entry)
      }
    }
    return files
  }

  /// Whether the folder holds an entry of the file's name that leads to something.
  private static func isLinked(_ name: String, _ folder: String, _ evidence: Evidence) throws(EvidenceGap)
    -> Bool
  {
    try evidence.entry(at: "/etc/apparmor.d/\(folder)/\(name)") != nil
  }

  private static func parser(_ evidence: Evidence) throws(EvidenceGap) -> String? {
    for path in ["/sbin/apparmor_parser", "/usr/sbin/apparmor_parser"] {
      if let entry = try evidence.entry(at: path), entry.permissions & 0o111 != 0 { return entry.path }
    }
    return nil
  }

  private static func start(_ facts: GuestFacts, hasParser: Bool) throws(EvidenceGap) -> (Origin?, String?) {
    guard hasParser else { return (nil, "apparmor_parser is not installed") }
    let units = try facts.model(SystemdUnits.self)
    switch try units.state(of: "apparmor.service") {
    case .absent: return (nil, "there is no apparmor.service")
    case .masked: return (nil, "apparmor.service is masked")
    case .loaded:
      guard let reason = units.startReason(of: "apparmor.service") else {
        return (nil, "nothing starts apparmor.service at boot")
      }
      return (reason.origin, nil)
    }
  }
}

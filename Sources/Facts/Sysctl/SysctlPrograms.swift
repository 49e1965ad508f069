import DiskImages
import Evidence

/// The programs that set kernel parameters while a guest boots, in the order in which they run, each with
/// the files that it reads.
struct SysctlPrograms {
  static let folder = LayeredFolder(places: [
    "/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d",
  ])

  static let needs: [ContentNeed] =
    folder.needs + SystemdUnits.needs + ["/etc/sysctl.conf", "/etc/default/ufw", "/etc/ufw/*.conf"]

  /// Files that services and ufw name.
  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    var paths: [String] = []
    if let path = try? ufwFile(evidence) { paths.append(path) }
    if let units: SystemdUnits = try? GuestFacts(evidence, asOf: 0).model() {
      for name in units.startedAtBoot where name.type == "service" {
        for command in (try? commands(of: name.description, units, evidence)) ?? [] {
          if case .load(let named) = command { paths += named.filter { $0.hasPrefix("/") } }
        }
      }
    }
    return paths.map { ContentNeed($0) }
  }

  /// What each program read.
  var programs: [SysctlOptions] = []
  /// Nil if it is known what sets the parameters; else why not, in words.
  var doubt: String?

  init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let units: SystemdUnits = try facts.model()
    if units.isPresent {
      if units.startReason(of: "systemd-sysctl.service") != nil {
        programs.append(SysctlOptions(try Self.read(Self.folder.files(evidence), evidence)))
      }
      for name in units.startedAtBoot where name.type == "service" {
        for command in try Self.commands(of: name.description, units, evidence) {
          programs.append(SysctlOptions(try Self.files(command, evidence)))
        }
      }
    } else if Self.hasSysVOrOpenRC(evidence) {
      programs.append(SysctlOptions(try Self.systemFiles(evidence)))
    } else {
      doubt = "nothing in the image is known to read sysctl.d at boot"
      programs.append(SysctlOptions(try Self.systemFiles(evidence)))
    }
    let startsUfw =
      units.isPresent
      ? units.startReason(of: "ufw.service") != nil
      : Self.isLinked("ufw", in: ["/etc/rcS.d", "/etc/runlevels/boot", "/etc/runlevels/default"], evidence)
    // ufw is ordered neither before nor after systemd-sysctl; it takes long enough to come later, and its
    // manual says that its file overrides the others (ufw-framework(8)).
    if startsUfw, let path = try Self.ufwFile(evidence), let file = try evidence.text(at: path) {
      programs.append(SysctlOptions([file]))
    }
  }

  /// What `sysctl --system` reads (procps, sysctl(8)).
  private static func systemFiles(_ evidence: Evidence) throws(EvidenceGap) -> [TextFile] {
    var files = try read(folder.files(evidence), evidence)
    if let file = try evidence.text(at: "/etc/sysctl.conf") { files.append(file) }
    return files
  }

  private static func read(
    _ entries: [FileEntry], _ evidence: Evidence
  ) throws(EvidenceGap) -> [TextFile] {
    var files: [TextFile] = []
    for entry in entries { files.append(try evidence.text(of: entry)) }
    return files
  }

  /// A `sysctl` that a service starts.
  private enum Command {
    case system
    case load([String])
  }

  private static func commands(
    of name: String, _ units: SystemdUnits, _ evidence: Evidence
  ) throws(EvidenceGap) -> [Command] {
    guard case .loaded(let unit) = try units.state(of: name) else { return [] }
    // Only a SysV script: Debian's /etc/init.d/procps runs `sysctl --system`.
    if unit.isGenerated, name == "procps.service" { return [.system] }
    var found: [Command] = []
    for command in unit.commands() where command.programName == "sysctl" {
      let words = try ServiceCommand(command, of: unit, evidence).words
      if words.contains("--system") {
        found.append(.system)
      } else if let load = words.firstIndex(where: { ["-p", "--load", "-f"].contains($0) }) {
        let named = words[(load + 1)...].filter { !$0.hasPrefix("-") }
        found.append(.load(named.isEmpty ? ["/etc/sysctl.conf"] : named))
      }
    }
    return found
  }

  private static func files(_ command: Command, _ evidence: Evidence) throws(EvidenceGap) -> [TextFile] {
    guard case .load(let paths) = command else { return try systemFiles(evidence) }
    var files: [TextFile] = []
    for path in paths where path.hasPrefix("/") {
      if let file = try evidence.text(at: path) { files.append(file) }
    }
    return files
  }

  private static func hasSysVOrOpenRC(_ evidence: Evidence) -> Bool {
    isLinked("procps", in: ["/etc/rcS.d", "/etc/rc2.d"], evidence)
      || isLinked("sysctl", in: ["/etc/runlevels/sysinit", "/etc/runlevels/boot"], evidence)
  }

  /// Whether a folder of start links holds `name` or `SNNname`.
  private static func isLinked(_ name: String, in folders: [String], _ evidence: Evidence) -> Bool {
    folders.contains { folder in
      guard case .found(let directory) = evidence.index.resolve(folder) else { return false }
      return directory.children.contains { entry in
        if entry.name == name { return true }
        let rest = entry.name.dropFirst()
        return entry.name.hasPrefix("S") && rest.drop(while: \.isASCIIDigit) == name
          && rest.count > name.count
      }
    }
  }

  /// The file that ufw hands to `sysctl -p`; nil if ufw is off or set to none (`ufw-init-functions`).
  private static func ufwFile(_ evidence: Evidence) throws(EvidenceGap) -> String? {
    guard let main = try evidence.text(at: "/etc/ufw/ufw.conf"),
      OSRelease.parse(main)["ENABLED"]?.lowercased() == "yes",
      let defaults = try evidence.text(at: "/etc/default/ufw"),
      let path = OSRelease.parse(defaults)["IPT_SYSCTL"], path.hasPrefix("/")
    else { return nil }
    return path
  }
}

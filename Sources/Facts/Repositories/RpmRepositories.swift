import DiskImages
import Evidence

/// dnf and yum: a repository's packages are verified where gpgcheck holds, which a repository inherits from
/// [main]; compiled in it is off (dnf.conf(5)).
enum DnfRepositories: PackageRepositories.Reader {
  private static let mains = ["/etc/dnf/dnf.conf", "/etc/yum.conf"]
  private static let folders = ["/etc/yum.repos.d", "/etc/yum/repos.d", "/etc/distro.repos.d"]
  static let needs: [ContentNeed] =
    mains.map { ContentNeed($0) } + folders.map { ContentNeed("\($0)/*.repo") }

  static func read(_ facts: GuestFacts) throws(EvidenceGap) -> [PackageRepository] {
    var main: IniFile.Section?
    for path in mains where main == nil {
      main = try facts.evidence.text(at: path).flatMap { IniFile($0).section("main") }
    }
    var repositories: [PackageRepository] = []
    for folder in folders {
      for entry in try facts.evidence.entries(matching: GlobPattern("\(folder)/*.repo"))
      where !facts.evidence.isNull(entry) {
        let file = IniFile(try facts.evidence.text(of: entry))
        for section in file.sections where section.name != "main" {
          let verification: PackageRepository.Verification =
            if let own = section.flag("gpgcheck") {
              own ? .verified : .unverified("gpgcheck=0")
            } else if let inherited = main?.flag("gpgcheck") {
              inherited ? .verified : .unverified("gpgcheck=0 in [main]")
            } else {
              .unverified("gpgcheck is not set, and off by default")
            }
          repositories.append(rpmRepository("dnf", section, file.path, verification))
        }
      }
    }
    return repositories
  }
}

/// zypper: gpgcheck is on unless zypp.conf or the repository turns it off (zypp.conf, "gpgcheck").
enum ZypperRepositories: PackageRepositories.Reader {
  static let needs: [ContentNeed] = [
    "/etc/zypp/zypp.conf", "/usr/etc/zypp/zypp.conf", "/etc/zypp/repos.d/*.repo",
  ]

  static func read(_ facts: GuestFacts) throws(EvidenceGap) -> [PackageRepository] {
    var main: IniFile.Section?
    for path in ["/etc/zypp/zypp.conf", "/usr/etc/zypp/zypp.conf"] where main == nil {
      main = try facts.evidence.text(at: path).flatMap { IniFile($0).section("main") }
    }
    var repositories: [PackageRepository] = []
    for entry in try facts.evidence.entries(matching: "/etc/zypp/repos.d/*.repo") {
      let file = IniFile(try facts.evidence.text(of: entry))
      for section in file.sections {
        // Where metadata is not checked, checked packages serve as well.
        let checks = section.flag("gpgcheck") ?? main?.flag("gpgcheck") ?? true
        let packages = section.flag("pkg_gpgcheck") ?? main?.flag("pkg_gpgcheck") ?? false
        repositories.append(
          rpmRepository(
            "zypper", section, file.path, checks || packages ? .verified : .unverified("gpgcheck=0")))
      }
    }
    return repositories
  }
}

private func rpmRepository(
  _ manager: String, _ section: IniFile.Section, _ path: String,
  _ verification: PackageRepository.Verification
) -> PackageRepository {
  let uris = ["baseurl", "metalink", "mirrorlist"].compactMap { section[$0] }.flatMap {
    $0.split { $0 == " " || $0 == "," }.map(String.init)
  }
  return PackageRepository(
    manager: manager, id: section.name, uris: uris, isEnabled: section.flag("enabled") ?? true,
    verification: verification,
    origin: Origin(path: path, line: section.line, kind: .dropIn, text: "[\(section.name)]"))
}

/// pacman: packages are verified where SigLevel requires it; compiled in it is `Optional` (pacman.conf(5)).
enum PacmanRepositories: PackageRepositories.Reader {
  static let needs: [ContentNeed] = ["/etc/pacman.conf", "/etc/pacman.d/*"]

  static func read(_ facts: GuestFacts) throws(EvidenceGap) -> [PackageRepository] {
    guard let text = try facts.evidence.text(at: "/etc/pacman.conf") else { return [] }
    let file = IniFile(text)
    let general = file.section("options")?["siglevel"] ?? "Optional"
    var repositories: [PackageRepository] = []
    for section in file.sections where section.name != "options" {
      let level = section["siglevel"] ?? general
      let words = level.split(separator: " ").map { $0.lowercased() }
      let decisive = words.last {
        ["required", "packagerequired", "optional", "packageoptional", "never", "packagenever"].contains($0)
      }
      let isVerified = decisive?.hasSuffix("required") ?? false
      var uris = section["server"].map { [$0] } ?? []
      if let include = section["include"], let servers = try facts.evidence.text(at: include) {
        uris += servers.lines.compactMap { line in
          let parts = line.text.split(separator: "=", maxSplits: 1).map { $0.trimmingBlanks() }
          return parts.count == 2 && parts[0] == "Server" ? String(parts[1]) : nil
        }
      }
      repositories.append(
        PackageRepository(
          manager: "pacman", id: section.name, uris: uris, isEnabled: true,
          verification: isVerified ? .verified : .unverified("SigLevel \(level)"),
          origin: Origin(path: file.path, line: section.line, kind: .explicit, text: "[\(section.name)]")))
    }
    return repositories
  }
}

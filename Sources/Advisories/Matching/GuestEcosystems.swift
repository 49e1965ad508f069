import Evidence
import Facts

/// Which ecosystems speak of the packages of a guest's distribution and release.
struct GuestEcosystems {
  /// For people: `Debian 12`.
  let release: String
  private let matches: @Sendable (Ecosystem) -> Bool

  /// - Throws: if os-release does not tell the release: unstable and testing are no release of Debian.
  init(_ facts: GuestFacts) throws(EvidenceGap) {
    let system: OSRelease = try facts.model()
    let version = system.versionID ?? ""
    let parts = version.split(separator: ".").map(String.init)
    let major = parts.first ?? ""
    release = [system.values["NAME"] ?? system.id, version].filter { !$0.isEmpty }.joined(separator: " ")
    if let base = Self.rolling[system.id] {
      matches = { $0.base == base }
      return
    }
    if version.isEmpty, system.id != "opensuse-tumbleweed" {
      throw EvidenceGap(
        path: system.origin?.path ?? "/etc/os-release",
        reason: "no release is named, so that it is not known which advisories are about it")
    }
    switch system.id {
    case "debian": matches = { $0.base == "Debian" && $0.release == major }
    case "ubuntu":
      let hasPro = try Self.hasSubscription(facts)
      matches = { $0.base == "Ubuntu" && Self.isUbuntu($0.release, version, hasPro: hasPro) }
    case "alpine":
      let branch = "v" + parts.prefix(2).joined(separator: ".")
      matches = { $0.base == "Alpine" && $0.release == branch }
    case "rhel": matches = { Self.isEnterprise($0, "Red Hat", major) }
    case "rocky": matches = { Self.isEnterprise($0, "Rocky Linux", major) }
    case "almalinux": matches = { Self.isEnterprise($0, "AlmaLinux", major) }
    case "ol": matches = { Self.isEnterprise($0, "Oracle Linux", major) }
    case "centos": matches = { Self.isEnterprise($0, "CentOS", major) }
    case "fedora": matches = { $0.base == "Fedora" && $0.release == major }
    case "amzn": matches = { $0.base == "Amazon Linux" && $0.release == version }
    case "opensuse-tumbleweed": matches = { $0.base == "openSUSE" && $0.release == "Tumbleweed" }
    case "opensuse-leap": matches = { $0.base == "openSUSE" && $0.release == "Leap " + version }
    case "sles", "sles_sap", "sled", "sle-micro", "sle_hpc":
      let isMicro = system.id == "sle-micro"
      matches = { Self.isSUSE($0, parts, isMicro: isMicro) }
    case "mageia": matches = { $0.base == "Mageia" && $0.release == major }
    case "photon": matches = { $0.base == "Photon OS" && [version, major].contains($0.release) }
    case "openEuler":
      // VERSION="22.03 (LTS-SP1)" is the ecosystem's 22.03-LTS-SP1.
      let name = (system.values["VERSION"] ?? version).replacing(" (", with: "-").replacing(")", with: "")
      matches = { $0.base == "openEuler" && $0.release == name }
    case "azurelinux", "mariner":
      matches = {
        ["Azure Linux", "CBL-Mariner"].contains($0.base) && [version, major].contains($0.release)
      }
    default:
      throw EvidenceGap(
        path: system.origin?.path ?? "/etc/os-release",
        reason: "no source of advisories is known for \(system.prettyName)")
    }
  }

  func contains(_ ecosystem: Ecosystem) -> Bool { matches(ecosystem) }

  private static let rolling = [
    "wolfi": "Wolfi", "chainguard": "Chainguard", "minimos": "MinimOS", "arch": "Arch Linux",
  ]

  /// `22.04:LTS`, `23.10`; with the subscription also `Pro:22.04:LTS`. The further streams of Pro (FIPS, real-time)
  /// have packages of their own, which nothing in the guest's os-release tells.
  private static func isUbuntu(_ release: String, _ version: String, hasPro: Bool) -> Bool {
    if [version, version + ":LTS"].contains(release) { return true }
    return hasPro && ["Pro:" + version, "Pro:" + version + ":LTS"].contains(release)
  }

  private static func hasSubscription(_ facts: GuestFacts) throws(EvidenceGap) -> Bool {
    let support: SupportDates
    do { support = try facts.model() } catch { return false }
    return support.periods.contains { $0.level == .subscription && $0.isAvailable }
  }

  /// `9`, `enterprise_linux:9::baseos`; packages of EPEL lie in any of the family.
  private static func isEnterprise(_ ecosystem: Ecosystem, _ base: String, _ major: String) -> Bool {
    if ecosystem.base == "Fedora EPEL" { return ecosystem.release == major }
    guard ecosystem.base == base else { return false }
    let release =
      ecosystem.release.hasPrefix("enterprise_linux:")
      ? ecosystem.release.dropFirst("enterprise_linux:".count) : ecosystem.release[...]
    return release == major || release.hasPrefix(major + "::") || release.hasPrefix(major + ".")
  }

  /// `Linux Enterprise Server 15 SP5`, `Linux Enterprise Module for Basesystem 15 SP5`.
  private static func isSUSE(_ ecosystem: Ecosystem, _ version: [String], isMicro: Bool) -> Bool {
    guard ecosystem.base == "SUSE" else { return false }
    if isMicro {
      return ecosystem.release.hasSuffix("Micro " + version.joined(separator: "."))
    }
    guard !ecosystem.release.contains("Micro"), let major = version.first else { return false }
    let pack = version.count > 1 && version[1] != "0" ? " SP" + version[1] : ""
    let words = ecosystem.release.replacing("-LTSS", with: "").replacing("-ESPOS", with: "")
    return words.hasSuffix(" " + major + pack)
  }
}

/// Which distribution a package in an `updateinfo.xml` is for. The file does not say it in one place, so these are asked
/// in turn, and where none answers the package is skipped and counted:
///
/// 1. The name of the collection, then `<release>`, then `<title>`, if it starts with a distribution and its version:
///    `Rocky Linux 8`, `Amazon Linux 2023`, `openSUSE Leap 15.5 Update`, `SUSE Linux Enterprise Server 15 SP5`.
/// 2. Who issued it, by the advisory's name (`ALSA-…`) or the address in `from` (`packager@almalinux.org`), together with
///    the distribution's mark in the package's own release (`26.el9_3.2` → 9, `1.fc40` → 40, `4.amzn2023.0.3`).
/// 3. The file's path, if a part of it is named as os-release(5) has it, `ID-VERSION_ID`: `fedora-40/updateinfo.xml`,
///    `opensuse-leap-15.5-updateinfo.xml`. That is the user's word.
///
/// The ecosystems are OSV's where OSV has the distribution. Where it has none: `Fedora:40`, `Fedora EPEL:9`,
/// `Amazon Linux:2023`, `Oracle Linux:9`.
enum UpdateInfoEcosystem {
  private struct Distribution: Sendable {
    /// What the ecosystem is called, before the version.
    var ecosystem: String
    /// What texts start with, before the version.
    var text: String
    /// The domain of the issuer's address.
    var domains: [String]
    /// What names of advisories start with.
    var ids: [String]
    /// The mark in the release of packages.
    var mark: String
    /// `ID` in os-release.
    var osID: String
    /// Numbers of the version that matter.
    var numbers = 1
  }

  private static let distributions = [
    Distribution(
      ecosystem: "Rocky Linux:", text: "Rocky Linux", domains: ["rockylinux.org"], ids: ["RLSA-", "RXSA-"],
      mark: "el", osID: "rocky"),
    Distribution(
      ecosystem: "AlmaLinux:", text: "AlmaLinux", domains: ["almalinux.org"], ids: ["ALSA-"], mark: "el",
      osID: "almalinux"),
    Distribution(
      ecosystem: "Oracle Linux:", text: "Oracle Linux", domains: ["oracle.com"], ids: ["ELSA-"], mark: "el",
      osID: "ol"),
    Distribution(
      ecosystem: "Fedora EPEL:", text: "Fedora EPEL", domains: [], ids: ["FEDORA-EPEL-"], mark: "el",
      osID: "epel"),
    Distribution(
      ecosystem: "Fedora:", text: "Fedora", domains: ["fedoraproject.org"], ids: ["FEDORA-2"], mark: "fc",
      osID: "fedora"),
    Distribution(
      ecosystem: "Amazon Linux:", text: "Amazon Linux", domains: ["amazon.com"], ids: ["ALAS"], mark: "amzn",
      osID: "amzn"),
    Distribution(
      ecosystem: "Red Hat:enterprise_linux:", text: "Red Hat Enterprise Linux", domains: ["redhat.com"],
      ids: ["RHSA-"], mark: "el", osID: "rhel"),
    Distribution(
      ecosystem: "openSUSE:Leap ", text: "openSUSE Leap", domains: ["opensuse.org", "suse.de"],
      ids: ["openSUSE-"], mark: "lp", osID: "opensuse-leap", numbers: 2),
  ]

  static func of(_ package: UpdateInfoSource.Package, in update: UpdateInfoSource.Update) -> String? {
    for text in [package.collection, update.release, update.title] {
      if let ecosystem = named(text) { return ecosystem }
    }
    return issued(update, package.release)
  }

  /// By a text that starts with a distribution and its version.
  static func named(_ text: String) -> String? {
    if text.hasPrefix("openSUSE Tumbleweed") { return "openSUSE:Tumbleweed" }
    if text.hasPrefix("SUSE Linux Enterprise"), text.contains(where: \.isNumber) {
      return "SUSE:" + text.dropFirst("SUSE ".count)
    }
    for distribution in distributions where text.hasPrefix(distribution.text) {
      let rest = text.dropFirst(distribution.text.count).drop { $0 == " " || $0 == "-" || $0 == "v" }
      if let version = version(rest, distribution) { return distribution.ecosystem + version }
    }
    return nil
  }

  private static func version(_ text: Substring, _ distribution: Distribution) -> String? {
    let numbers = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }.split(separator: ".")
    guard numbers.count >= distribution.numbers else { return nil }
    return numbers.prefix(distribution.numbers).joined(separator: ".")
  }

  /// By who issued it and the mark in the release.
  private static func issued(_ update: UpdateInfoSource.Update, _ release: String) -> String? {
    let byID = distributions.first { $0.ids.contains { update.id.hasPrefix($0) } }
    let byAddress = distributions.first { $0.domains.contains { isOf($0, update.from) } }
    guard let distribution = byID ?? byAddress,
      let number = RpmNames.number(after: distribution.mark, in: release)
    else { return nil }
    guard distribution.numbers == 2 else { return distribution.ecosystem + number }
    // Leap 15.1 is written lp151.
    guard number.count == 3 else { return nil }
    return distribution.ecosystem + number.prefix(2) + "." + number.suffix(1)
  }

  private static func isOf(_ domain: String, _ address: String) -> Bool {
    address.hasSuffix("@" + domain) || address.hasSuffix("." + domain)
  }

  /// By a part of the path: `rocky-9/updateinfo.xml`, `fedora-40-updates.xml`.
  static func stated(in path: String) -> String? {
    for part in path.split(separator: "/").reversed() {
      if part.hasPrefix("opensuse-tumbleweed") { return "openSUSE:Tumbleweed" }
      for distribution in distributions where part.hasPrefix(distribution.osID + "-") {
        let rest = part.dropFirst(distribution.osID.count + 1).prefix {
          $0.isASCII && $0.isNumber || $0 == "."
        }
        if let version = version(rest, distribution) { return distribution.ecosystem + version }
      }
    }
    return nil
  }
}

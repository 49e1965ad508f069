import DiskImages
import Evidence

/// The kernels that lie in a guest, and how the newest of them was built.
///
/// The newest is taken for the one that boots, as GRUB, systemd-boot and zipl order their entries.
public struct GuestKernel: FactModel {
  /// Whose patches a kernel carries.
  public enum Vendor: String, Sendable, Hashable {
    case debian, ubuntu
    /// Built by the guest's owner, or by a distribution that leaves the defaults as they are.
    case upstream
    /// The image does not say who built the kernel.
    case unknown
  }

  public static let needs: [ContentNeed] =
    [
      "/boot/config-*", "/lib/modules/*/config", "/usr/lib/modules/*/config",
    ] + InstalledPackages.needs + OSRelease.needs

  /// Names of all kernels as `uname -r` gives them, the newest first.
  public let releases: [String]
  /// The newest; nil if the guest has no kernel of its own.
  public var release: String? { releases.first }
  /// Who built the newest.
  public let vendor: Vendor
  /// `CONFIG_…` symbols of the newest kernel that are set, without quotes; nil if its build configuration
  /// is not in the image.
  public let configuration: [String: String]?
  /// The file that the build configuration was read from.
  public let configurationPath: String?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    releases = try Self.findReleases(facts.evidence)
    guard let newest = releases.first else {
      (vendor, configuration, configurationPath) = (.unknown, nil, nil)
      return
    }
    vendor = Self.vendor(of: newest, facts)
    let paths = [
      "/boot/config-\(newest)", "/lib/modules/\(newest)/config", "/usr/lib/modules/\(newest)/config",
    ]
    var found: TextFile?
    for path in paths where found == nil {
      // A gap here leaves the defaults unknown that depend on it, not the other ones.
      found = (try? facts.evidence.text(at: path)) ?? nil
    }
    configuration = found.map(Self.parse)
    configurationPath = found?.path
  }

  /// The first two numbers of the newest kernel's name: `[6, 1]`.
  public var version: [Int]? {
    guard let numbers = release?.prefix(while: { $0.isASCII && ($0.isNumber || $0 == ".") }) else {
      return nil
    }
    let parts = numbers.split(separator: ".").prefix(2).compactMap { Int($0) }
    return parts.count == 2 ? parts : nil
  }

  /// Whether the newest kernel is at least `major.minor`; nil if that is not known.
  public func isAtLeast(_ major: Int, _ minor: Int) -> Bool? {
    version.map { !$0.lexicographicallyPrecedes([major, minor]) }
  }

  private static func findReleases(_ evidence: Evidence) throws(EvidenceGap) -> [String] {
    var names: Set<String> = []
    for folder in ["/lib/modules", "/usr/lib/modules"] {
      guard let directory = try evidence.entry(at: folder) else { continue }
      for entry in directory.children where entry.type == .directory { names.insert(entry.name) }
    }
    if let boot = try evidence.entry(at: "/boot") {
      for entry in boot.children {
        for prefix in ["vmlinuz-", "vmlinux-", "config-"] where entry.name.hasPrefix(prefix) {
          names.insert(String(entry.name.dropFirst(prefix.count)))
        }
      }
    }
    return names.filter { $0.utf8.first.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? false }
      .sorted { precedes($1, $0) }
  }

  /// Orders names by their runs of digits as numbers, the rest as text.
  static func precedes(_ left: String, _ right: String) -> Bool {
    var (left, right) = (Substring(left), Substring(right))
    while let l = left.first, let r = right.first {
      if l.isASCIIDigit, r.isASCIIDigit {
        let (x, y) = (takeNumber(&left), takeNumber(&right))
        if x.count != y.count { return x.count < y.count }
        if x != y { return x < y }
      } else {
        if l != r { return l < r }
        left.removeFirst()
        right.removeFirst()
      }
    }
    return left.isEmpty && !right.isEmpty
  }

  private static func takeNumber(_ text: inout Substring) -> Substring {
    let digits = text.prefix { $0.isASCIIDigit }
    text.removeFirst(digits.count)
    let significant = digits.drop { $0 == "0" }
    return significant.isEmpty ? "0" : significant
  }

  private static func vendor(of release: String, _ facts: GuestFacts) -> Vendor {
    guard let system: OSRelease = try? facts.model(), let packages: InstalledPackages = try? facts.model()
    else { return .unknown }
    let known = ["rhel", "centos", "almalinux", "rocky", "ol", "fedora", "amzn", "alpine", "arch"]
    if known.contains(system.id) { return .upstream }
    guard system.id == "debian" || system.id == "ubuntu", packages.formats.contains("dpkg") else {
      return .unknown
    }
    let names = [
      "linux-image-\(release)", "linux-image-\(release)-unsigned", "linux-image-unsigned-\(release)",
    ]
    guard let package = names.lazy.compactMap({ packages.installed($0) }).first else {
      return .unknown
    }
    // `make bindeb-pkg` names its source linux-upstream or linux-VERSION.
    let source = package.sourceName
    let isOwn = source == "linux-upstream" || source.dropFirst("linux-".count).first?.isASCIIDigit == true
    if isOwn { return .upstream }
    return system.id == "debian" ? .debian : .ubuntu
  }

  /// Reads a `.config`: `CONFIG_A=y`, `CONFIG_B="text"`; `# CONFIG_C is not set` and what is not there are
  /// left out.
  static func parse(_ file: TextFile) -> [String: String] {
    var symbols: [String: String] = [:]
    for line in file.lines where line.text.hasPrefix("CONFIG_") {
      guard let equals = line.text.firstIndex(of: "=") else { continue }
      var value = line.text[line.text.index(after: equals)...]
      if value.count >= 2, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
      symbols[String(line.text[..<equals])] = String(value)
    }
    return symbols
  }
}

extension Character {
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

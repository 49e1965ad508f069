import DiskImages
import Evidence

/// The kernel that boots: its version, who built it and how, and with which command line it starts.
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
    KernelConfiguration.needs + InstalledPackages.needs + OSRelease.needs

  /// The name as `uname -r` gives it; nil if the guest has no kernel of its own. Where neither a boot entry
  /// nor /boot tells, the newest kernel that has modules.
  public let release: String?
  public let vendor: Vendor
  /// Nil if the build configuration is not in the image.
  let configuration: KernelConfiguration?
  let commandLine: KernelCommandLine

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let boot: BootEntries = try facts.model()
    commandLine = try KernelCommandLine(boot)
    if let booting = boot.bootingKernel {
      release = booting
    } else {
      release = try Self.newestWithModules(facts.evidence)
    }
    vendor = release.map { Self.vendor(of: $0, facts) } ?? .unknown
    // A gap here leaves the defaults unknown that depend on it, not the other ones.
    configuration = try? facts.model(KernelConfiguration.self)
  }

  /// A symbol of the build configuration; nil if it is not set, or the configuration not known.
  func symbol(_ name: String) -> String? {
    guard let value = configuration?.value(of: name).value, value != "n" else { return nil }
    return value
  }

  /// Whether the kernel was built without the symbol for sure.
  func lacks(_ name: String) -> Bool { configuration != nil && symbol(name) == nil }

  /// The first two numbers of the kernel's name: `[6, 1]`.
  public var version: [Int]? {
    guard let numbers = release?.prefix(while: { $0.isASCII && ($0.isNumber || $0 == ".") }) else {
      return nil
    }
    let parts = numbers.split(separator: ".").prefix(2).compactMap { Int($0) }
    return parts.count == 2 ? parts : nil
  }

  /// Whether the kernel is at least `major.minor`; nil if that is not known.
  public func isAtLeast(_ major: Int, _ minor: Int) -> Bool? {
    version.map { !$0.lexicographicallyPrecedes([major, minor]) }
  }

  private static func newestWithModules(_ evidence: Evidence) throws(EvidenceGap) -> String? {
    var names: Set<String> = []
    for folder in ["/lib/modules", "/usr/lib/modules"] {
      guard let directory = try evidence.entry(at: folder) else { continue }
      for entry in directory.children where entry.type == .directory { names.insert(entry.name) }
    }
    return names.filter { $0.first?.isASCIIDigit ?? false }.max(by: naturallyPrecedes)
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
}

extension Character {
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}

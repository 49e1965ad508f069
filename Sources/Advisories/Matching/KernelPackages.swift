import Evidence
import Facts

/// Packages that hold a Linux kernel. Headers, tools and documentation are built of the same source and have none of
/// its vulnerabilities.
struct KernelPackages {
  /// The kernel that the next boot starts, as `uname -r` gives it; nil if the guest does not tell.
  private let booting: String?

  init(_ facts: GuestFacts) throws(EvidenceGap) {
    booting = try facts.model(BootEntries.self).bootingKernel
  }

  /// Whether a source is a kernel's.
  static func isKernelSource(_ package: Package) -> Bool {
    let source = package.sourceName
    if source == "linux-base" || source == "linux-firmware" || source == "linux-pam" { return false }
    switch package.format {
    case "dpkg":
      return source == "linux" || source.hasPrefix("linux-signed") || source.hasPrefix("linux-hwe")
        || source.hasPrefix("linux-") && Self.release(package) != nil
    case "rpm": return source == "kernel" || source.hasPrefix("kernel-") || source == "kernel-default"
    default: return source == "linux" || source.hasPrefix("linux-lts") || source.hasPrefix("linux-virt")
    }
  }

  /// Whether the package holds the kernel itself.
  static func holdsKernel(_ package: Package) -> Bool { release(package) != nil }

  /// The release of the kernel that a package holds; nil for other packages, those that only depend on a kernel
  /// included.
  static func release(_ package: Package) -> String? {
    switch package.format {
    case "dpkg":
      guard package.name.hasPrefix("linux-image-") else { return nil }
      var name = package.name.dropFirst("linux-image-".count)
      if name.hasPrefix("unsigned-") { name = name.dropFirst("unsigned-".count) }
      if name.hasSuffix("-unsigned") { name = name.dropLast("-unsigned".count) }
      return name.first?.isNumber == true ? String(name) : nil
    case "rpm":
      let holders = [
        "kernel", "kernel-core", "kernel-default", "kernel-uek", "kernel-uek-core", "kernel-rt-core", "linux",
      ]
      guard holders.contains(package.name) else { return nil }
      let version = RpmEpoch.dropped(package.version)
      // openSUSE's release is 6.4.0-150600.23.25-default, others' ends with the architecture.
      return package.name == "kernel-default" ? version + "-default" : "\(version).\(package.architecture)"
    case "apk", "pacman":
      return package.name == "linux" || package.name.hasPrefix("linux-lts")
        || package.name.hasPrefix("linux-virt")
        ? package.version : nil
    default: return nil
    }
  }

  /// Which of the kernels boots: the one that the boot loader names; where none is named, the newest.
  func booting(of packages: [Package], _ scheme: VersionScheme) -> Set<String> {
    if let booting {
      let named = packages.filter { Self.matches(Self.release($0), booting) }
      return Set(named.map(Self.key))
    }
    return Set(packages.max { scheme.order($0.version, $1.version) < 0 }.map { [Self.key($0)] } ?? [])
  }

  static func key(_ package: Package) -> String { "\(package.name) \(package.version)" }

  /// SUSE's package has a last number more than the kernel's name; Alpine's kernel is called 6.6.14-0-lts.
  private static func matches(_ release: String?, _ booting: String) -> Bool {
    guard let release else { return false }
    if release == booting { return true }
    if release.hasSuffix("-default"), booting.hasSuffix("-default") {
      return release.hasPrefix(booting.dropLast("-default".count))
    }
    return booting.hasPrefix(release.replacing("-r", with: "-") + "-")
  }
}

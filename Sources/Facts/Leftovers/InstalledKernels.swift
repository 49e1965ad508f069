import DiskImages
import Evidence

/// Every kernel that a guest holds files of, and which of them boots.
public struct InstalledKernels: FactModel {
  /// One kernel, by the name that `uname -r` gives.
  public struct Kernel: Sendable, Hashable {
    public var release: String
    /// The image, initial ramdisks, configuration and symbols in /boot.
    public var files: [FileEntry]
    /// Directories below /usr/lib/modules.
    public var modules: [FileEntry]
    /// Whether an image is there, so that it could be booted.
    public var hasImage: Bool
    public var boots: Bool
  }

  public static let needs: [ContentNeed] = BootEntries.needs

  /// The newest first.
  public let kernels: [Kernel]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    var found: [String: Kernel] = [:]
    func add(_ release: String, _ change: (inout Kernel) -> Void) {
      change(
        &found[
          release, default: Kernel(release: release, files: [], modules: [], hasImage: false, boots: false)])
    }
    for entry in try evidence.entries(matching: "/boot/*") where entry.type == .regular {
      guard let (release, isImage) = Self.release(entry.name) else { continue }
      add(release) { kernel in
        kernel.files.append(entry)
        if isImage { kernel.hasImage = true }
      }
    }
    for pattern in ["/usr/lib/modules/*", "/lib/modules/*"] {
      for entry in try evidence.entries(matching: GlobPattern(pattern))
      where entry.type == .directory && entry.name.first?.isASCIIDigit ?? false {
        if found[entry.name]?.modules.contains(entry) == true { continue }
        add(entry.name) { kernel in
          kernel.modules.append(entry)
          if let image = entry.child(named: "vmlinuz"), image.type == .regular { kernel.hasImage = true }
        }
      }
    }
    let boot: BootEntries = try facts.model()
    let newest = found.values.filter(\.hasImage).map(\.release).max(by: naturallyPrecedes)
    let booting = boot.bootingKernel ?? newest
    if let booting { found[booting]?.boots = true }
    kernels = found.values.sorted { naturallyPrecedes($1.release, $0.release) }
  }

  /// The release in the name of a file of /boot, and whether it is the kernel itself.
  private static func release(_ name: String) -> (String, isImage: Bool)? {
    for prefix in ["vmlinuz-", "vmlinux-"] where name.hasPrefix(prefix) {
      let release = String(name.dropFirst(prefix.count))
      return release.contains("rescue") ? nil : (release, true)
    }
    for prefix in ["initrd.img-", "initramfs-", "initrd-", "config-", "System.map-", "symvers-"]
    where name.hasPrefix(prefix) {
      var release = String(name.dropFirst(prefix.count))
      for suffix in [".img", ".gz", ".xz", ".old-dkms", ".old", ".bak", ".dpkg-bak", "kdump"]
      where release.hasSuffix(suffix) {
        release.removeLast(suffix.count)
      }
      return release.first?.isASCIIDigit ?? false ? (release, false) : nil
    }
    return nil
  }
}

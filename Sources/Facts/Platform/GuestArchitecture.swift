import DiskImages
import Evidence

/// For which processors the guest's programs and kernels are made.
public struct GuestArchitecture: FactModel {
  public static let needs: [ContentNeed] =
    ["/var/lib/dpkg/arch", "/etc/apk/arch", "/boot/config-*", "/usr/lib/modules/*/config"]
    + InstalledPackages.needs

  /// A kernel of the guest, by its build configuration.
  public struct Kernel: Sendable, Hashable {
    public var path: String
    /// `CONFIG_64BIT=y`.
    public var is64Bit: Bool
    /// Physical Address Extension of 32-bit x86, which the NX bit needs (`CONFIG_X86_PAE=y`).
    public var hasPAE: Bool
  }

  /// In the package system's words: `amd64`, `i386`, `x86_64` …; nil if no database says.
  public let native: Effective<String>?
  public let kernels: [Kernel]

  private static let narrow: Set<String> = [
    "i386", "i486", "i586", "i686", "x86", "armel", "armhf", "armv6", "armv7", "armv7hl", "armv7l", "powerpc",
    "mips", "mipsel", "m68k", "hppa", "sh4", "sparc", "s390", "ppc",
  ]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    var native: Effective<String>?
    for path in ["/var/lib/dpkg/arch", "/etc/apk/arch"] {
      if native == nil, let line = try evidence.text(at: path)?.lines.first, !line.text.isEmpty {
        native = Effective(
          String(line.text.trimmingBlanks()),
          origin: Origin(path: path, line: 1, kind: .vendor, text: line.text))
      }
    }
    if native == nil {
      let packages = try facts.model(InstalledPackages.self)
      for name in ["libc6", "glibc", "musl", "systemd"] {
        guard native == nil, let package = packages.installed(name), !package.architecture.isEmpty else {
          continue
        }
        native = Effective(package.architecture, origin: package.origin)
      }
    }
    self.native = native
    var kernels: [Kernel] = []
    for pattern: GlobPattern in ["/boot/config-*", "/usr/lib/modules/*/config"] {
      for entry in try evidence.entries(matching: pattern) where entry.type == .regular {
        let options = Set(try evidence.text(of: entry).lines.lazy.map(\.text).filter { $0.hasSuffix("=y") })
        kernels.append(
          Kernel(
            path: entry.path, is64Bit: options.contains("CONFIG_64BIT=y"),
            hasPAE: options.contains("CONFIG_X86_PAE=y")))
      }
    }
    self.kernels = kernels
  }

  /// Whether the guest's programs are made for 64 bits; nil if it is not known.
  public var is64Bit: Bool? { native.map { !Self.narrow.contains($0.value) } }
  /// Whether they are made for x86 with 32 bits.
  public var is32BitX86: Bool? {
    native.map { ["i386", "i486", "i586", "i686", "x86"].contains($0.value) }
  }
}

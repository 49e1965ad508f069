import DiskImages
import Evidence

/// An architecture whose system calls the kernel can audit.
public enum AuditMachine: String, Sendable, Hashable, CaseIterable {
  case x86_64, i386, aarch64, arm, ppc64, ppc64le, ppc, s390x, s390, riscv64
  /// One that this project has no words for.
  case other

  /// What `-F arch=` takes for it on its own machine.
  public var width: String {
    switch self {
    case .i386, .arm, .ppc, .s390: "b32"
    default: "b64"
    }
  }

  /// The 32-bit architecture that `-F arch=b32` means on a 64-bit machine (libaudit, audit_determine_machine).
  var narrow: AuditMachine? {
    switch self {
    case .x86_64: .i386
    case .aarch64: .arm
    case .ppc64: .ppc
    case .s390x: .s390
    default: nil
    }
  }

  /// By the architecture's name in a package database or in `-F arch=`.
  init?(named name: String) {
    switch name.lowercased() {
    case "x86_64", "amd64": self = .x86_64
    case "i386", "i486", "i586", "i686": self = .i386
    case "aarch64", "arm64", "armv8l": self = .aarch64
    case "arm", "armeb", "armhf", "armel", "armv5tel", "armv5tejl", "armv6l", "armv7l", "armv7hl": self = .arm
    case "ppc64", "powerpc64": self = .ppc64
    case "ppc64le", "ppc64el": self = .ppc64le
    case "ppc", "powerpc": self = .ppc
    case "s390x": self = .s390x
    case "s390": self = .s390
    case "riscv64": self = .riscv64
    default: return nil
    }
  }
}

/// Which architectures' programs the guest's kernel runs, and so which system calls rules must cover.
public struct AuditArchitectures: FactModel {
  public static let needs: [ContentNeed] = InstalledPackages.needs + ["/boot/config-*"]

  public let native: AuditMachine
  /// The 32-bit architecture beside a 64-bit one, if the kernel runs its programs.
  public let compatible: AuditMachine?

  /// Those that rules have to cover, the native one first.
  public var all: [AuditMachine] { [native] + (compatible.map { [$0] } ?? []) }

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    guard let native = try Self.machine(facts) else {
      throw EvidenceGap(path: "/", reason: "the architecture of the guest is not known")
    }
    self.native = native
    guard let narrow = native.narrow, try Self.runsNarrow(native, facts.evidence) else {
      compatible = nil
      return
    }
    compatible = narrow
  }

  /// The architecture of the package manager, which is the native one also where foreign packages are installed;
  /// else that of the dynamic loader.
  private static func machine(_ facts: GuestFacts) throws(EvidenceGap) -> AuditMachine? {
    let packages = try facts.model(InstalledPackages.self)
    for name in ["dpkg", "rpm", "apk-tools", "systemd", "bash"] {
      if let architecture = packages.installed(name)?.architecture,
        let machine = AuditMachine(named: architecture)
      {
        return machine
      }
    }
    let loaders: [(String, AuditMachine)] = [
      ("/lib64/ld-linux-x86-64.so.2", .x86_64), ("/lib/ld-linux-aarch64.so.1", .aarch64),
      ("/lib64/ld64.so.2", .ppc64le), ("/lib/ld64.so.1", .s390x), ("/lib64/ld64.so.1", .s390x),
      ("/lib/ld-linux-riscv64-lp64d.so.1", .riscv64), ("/lib/ld-musl-x86_64.so.1", .x86_64),
      ("/lib/ld-musl-aarch64.so.1", .aarch64), ("/lib/ld-linux-armhf.so.3", .arm),
      ("/lib/ld-linux.so.2", .i386),
    ]
    for (path, machine) in loaders {
      if case .found = facts.evidence.index.resolve(path, followLast: false) { return machine }
    }
    return packages.packages.isEmpty ? nil : .other
  }

  /// Whether a kernel on the disk is built to run 32-bit programs. Without a configuration to read it is what
  /// distributions build: yes on x86-64, ppc64 and s390x, no on arm64.
  private static func runsNarrow(_ native: AuditMachine, _ evidence: Evidence) throws(EvidenceGap) -> Bool {
    let option = native == .x86_64 ? "CONFIG_IA32_EMULATION=y" : "CONFIG_COMPAT=y"
    var isKnown = false
    for entry in try evidence.entries(matching: "/boot/config-*") where entry.type == .regular {
      isKnown = true
      if try evidence.bytes(of: entry).contains(Array(("\n" + option + "\n").utf8)) { return true }
    }
    return !isKnown && native != .aarch64
  }
}

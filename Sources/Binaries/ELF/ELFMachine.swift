/// `e_machine`: the processor that an ELF file is made for.
public struct ELFMachine: RawRepresentable, Sendable, Hashable, Codable {
  public var rawValue: UInt16

  /// Wraps the number as stored.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let i386 = ELFMachine(rawValue: 3)
  public static let mips = ELFMachine(rawValue: 8)
  public static let powerpc = ELFMachine(rawValue: 20)
  public static let powerpc64 = ELFMachine(rawValue: 21)
  public static let s390 = ELFMachine(rawValue: 22)
  public static let arm = ELFMachine(rawValue: 40)
  public static let x86_64 = ELFMachine(rawValue: 62)
  public static let arm64 = ELFMachine(rawValue: 183)
  public static let riscv = ELFMachine(rawValue: 243)
  /// Programs that the kernel's own machine runs.
  public static let bpf = ELFMachine(rawValue: 247)
  public static let loongarch = ELFMachine(rawValue: 258)

  /// As `uname -m` or the kernel's source names it; `machine 4711` for one that this reader does not know.
  public var name: String { Self.names[rawValue] ?? "machine \(rawValue)" }

  private static let names: [UInt16: String] = [
    2: "sparc", 3: "i386", 4: "m68k", 8: "mips", 15: "parisc", 20: "powerpc", 21: "powerpc64",
    22: "s390", 40: "arm", 42: "sh", 43: "sparc64", 50: "ia64", 62: "x86_64", 93: "arc", 183: "arm64",
    189: "microblaze", 195: "arcv2", 243: "riscv", 247: "bpf", 252: "csky", 258: "loongarch",
    0x9026: "alpha",
  ]
}

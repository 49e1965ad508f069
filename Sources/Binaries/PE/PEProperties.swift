/// What protects a PE file against misuse, as far as its headers tell.
public struct PEProperties: Sendable, Hashable, Codable {
  public var machine: PEMachine
  public var is64Bit: Bool
  public var isLibrary: Bool
  /// A program of UEFI firmware: a boot loader, a driver, a kernel with a stub.
  public var isFirmwareProgram: Bool
  /// `DYNAMIC_BASE`, and relocations are there, without which it cannot be moved.
  public var isPositionIndependent: Bool
  /// `HIGH_ENTROPY_VA`: it can be moved beyond 4 GiB.
  public var hasHighEntropy: Bool
  /// `NX_COMPAT`: data is not executable.
  public var isDataNotExecutable: Bool
  /// `GUARD_CF`: indirect calls lead to known functions alone.
  public var hasControlFlowGuard: Bool
  /// A section is both written to and executed.
  public var hasWritableCode: Bool
  /// There is a certificate table. Whether the signature holds is another question.
  public var isSigned: Bool
  /// Code of .NET, which the runtime compiles.
  public var isManaged: Bool
  public var hasSbat: Bool
}

extension PEFile {
  /// What protects the file.
  public func properties() throws(BinaryError) -> PEProperties {
    let sections = try sections()
    let flags = header.dllCharacteristics
    return PEProperties(
      machine: header.machine, is64Bit: header.is64Bit,
      isLibrary: header.characteristics & 0x2000 != 0,
      isFirmwareProgram: (10...13).contains(header.subsystem),
      isPositionIndependent: flags & 0x40 != 0 && header.characteristics & 1 == 0,
      hasHighEntropy: flags & 0x20 != 0, isDataNotExecutable: flags & 0x100 != 0,
      hasControlFlowGuard: flags & 0x4000 != 0,
      hasWritableCode: sections.contains { $0.isWritable && $0.isExecutable },
      isSigned: directory(PEDirectory.certificates) != nil,
      isManaged: directory(PEDirectory.commonLanguageRuntime) != nil,
      hasSbat: sections.contains { $0.name == ".sbat" })
  }
}

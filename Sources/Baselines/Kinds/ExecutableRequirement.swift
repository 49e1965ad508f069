import Binaries
import Facts

/// What can be asked of a program or library.
enum ExecutableRequirement: String, CaseIterable, Sendable {
  case pie, nx, relro, canary, fortify, stripped
  case noWritableCode = "no_wx"
  case bindNow = "bind_now"
  case noTextRelocations = "no_textrel"
  case branchProtection = "branch_protection"

  /// In words after "programs and libraries with".
  var words: String {
    switch self {
    case .pie: "a position-independent executable"
    case .nx: "a stack that is not executable"
    case .relro: "relocations that are read-only once they are done"
    case .canary: "tests of the stack frame"
    case .fortify: "calls that test lengths"
    case .stripped: "no symbols for debuggers"
    case .noWritableCode: "no segment that is writable and executable"
    case .bindNow: "all symbols bound at the start"
    case .noTextRelocations: "no relocations in the code"
    case .branchProtection: "protected jumps and returns"
    }
  }

  /// What is wrong with the file, in words; nil if it meets the requirement, or if it says nothing about it.
  func objection(to elf: ELFProperties) -> String? {
    switch self {
    case .pie: elf.role == .program && !elf.isPositionIndependent ? "at a fixed address" : nil
    case .nx: stackObjection(elf)
    case .relro: elf.relro == .none ? "no RELRO" : nil
    case .bindNow: elf.bindsNow || elf.relro == .full || elf.isStatic ? nil : "symbols bound lazily"
    // Code of Go and Rust does not overrun frames, and neither compiler makes such tests.
    case .canary: elf.hasCanary == false && elf.language == nil ? "no stack canary" : nil
    case .fortify:
      elf.fortified == 0 && (elf.unfortified ?? 0) > 0 && elf.language == nil ? "no fortified calls" : nil
    case .stripped: elf.isStripped == false ? "not stripped" : nil
    case .noWritableCode: elf.hasWritableCode ? "a segment that is writable and executable" : nil
    case .noTextRelocations: elf.hasTextRelocations ? "relocations in the code" : nil
    case .branchProtection: branchObjection(elf)
    }
  }

  private func stackObjection(_ elf: ELFProperties) -> String? {
    guard elf.stackIsExecutable else { return nil }
    return elf.stack == .unsaid ? "executable stack (no PT_GNU_STACK)" : "executable stack"
  }

  /// Other processors have no such marks.
  private func branchObjection(_ elf: ELFProperties) -> String? {
    let wanted: Set<ELFProperties.Feature>
    switch elf.machine {
    case .x86_64: wanted = [.ibt, .shstk]
    case .arm64: wanted = [.bti, .pac]
    default: return nil
    }
    let missing = wanted.subtracting(elf.features).map { $0.rawValue.uppercased() }.sorted()
    return missing.isEmpty ? nil : "no " + missing.joined(separator: ", ")
  }
}

/// What can be asked of a PE file.
enum PERequirement: String, CaseIterable, Sendable {
  case aslr, nx, signed, cfg
  case highEntropy = "high_entropy"
  case noWritableCode = "no_wx"

  func objection(to pe: PEProperties) -> String? {
    switch self {
    case .aslr: pe.isPositionIndependent ? nil : "at a fixed address"
    case .nx: pe.isDataNotExecutable ? nil : "data is executable"
    case .signed: pe.isSigned ? nil : "not signed"
    case .cfg: pe.hasControlFlowGuard || pe.isFirmwareProgram || pe.isManaged ? nil : "no control flow guard"
    case .highEntropy:
      pe.hasHighEntropy || !pe.is64Bit || pe.isFirmwareProgram ? nil : "no high-entropy addresses"
    case .noWritableCode: pe.hasWritableCode ? "a section that is writable and executable" : nil
    }
  }
}

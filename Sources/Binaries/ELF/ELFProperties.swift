/// What protects a program or a library against misuse, as far as its file tells.
public struct ELFProperties: Sendable, Hashable, Codable {
  /// What the file is for.
  public enum Role: String, Sendable, Hashable, Codable {
    /// The kernel can start it.
    case program
    /// Programs load it.
    case library
    /// An object file, a kernel module among them, a core dump or debugging information: nothing that runs.
    case other
  }

  /// Whether the tables through which calls go are read-only once the file is loaded.
  public enum Relro: String, Sendable, Hashable, Codable { case none, partial, full }

  /// What the file says of the stack.
  public enum Stack: String, Sendable, Hashable, Codable {
    /// Nothing: what holds then depends on the processor; see `ELFProperties.stackIsExecutable`.
    case unsaid
    case executable
    case notExecutable = "not-executable"
  }

  /// Compilers whose code is protected by other means than those of C.
  public enum Language: String, Sendable, Hashable, Codable { case go, rust }

  /// Checks that the processor makes at jumps and returns.
  public enum Feature: String, Sendable, Hashable, Codable {
    /// x86: indirect jumps lead to marked places alone.
    case ibt
    /// x86: a second stack of return addresses.
    case shstk
    /// arm64: as `ibt`.
    case bti
    /// arm64: return addresses are signed.
    case pac
  }

  public var machine: ELFMachine
  public var is64Bit: Bool
  public var order: ByteReader.ByteOrder
  public var role: Role
  /// It can be loaded at any address. A program with a fixed address has its code at the same place each time.
  public var isPositionIndependent: Bool
  /// It needs no other file to run.
  public var isStatic: Bool
  /// The dynamic linker that it names.
  public var interpreter: String?
  /// The name by which a library wants to be known.
  public var soName: String?
  public var relro: Relro
  /// It asks the dynamic linker to bind all symbols before it starts.
  public var bindsNow: Bool
  public var stack: Stack
  /// A segment is loaded that is both written to and executed.
  public var hasWritableCode: Bool
  /// Code is written to while it is loaded.
  public var hasTextRelocations: Bool
  /// Functions test whether their stack frame was overrun; nil where no symbols tell.
  public var hasCanary: Bool?
  /// How many functions it calls in the form that tests lengths, as `__memcpy_chk`; nil where no symbols tell.
  public var fortified: Int?
  /// How many functions it calls that have such a form, in the form without; nil where no symbols tell.
  public var unfortified: Int?
  /// `DT_RPATH` and `DT_RUNPATH`, split at colons, as stored. The first is without effect where the second exists.
  public var rpath: [String]
  public var runpath: [String]
  public var features: Set<Feature>
  /// It has no symbol table for debuggers; nil where the section table cannot be read.
  public var isStripped: Bool?
  public var language: Language?

  /// Whether the stack is executable.
  ///
  /// A file that says nothing leaves it to defaults: the kernel's READ_IMPLIES_EXEC (elf_read_implies_exec in
  /// arch/*/include/asm/elf.h: set on i386, 32-bit ARM and LoongArch, unset on arm64 since 5.8 and x86_64 since 5.8)
  /// and DEFAULT_STACK_PERMS of glibc's stackinfo.h, which makes the stacks of threads, and with an unmarked library
  /// those of the whole process, executable everywhere but on arm64, 64-bit PowerPC and ARC.
  public var stackIsExecutable: Bool {
    switch stack {
    case .executable: true
    case .notExecutable: false
    case .unsaid:
      ![ELFMachine.arm64, .powerpc64, ELFMachine(rawValue: 93), ELFMachine(rawValue: 195)].contains(machine)
    }
  }
}

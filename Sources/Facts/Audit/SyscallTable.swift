/// Names and numbers of one architecture's system calls, as auditctl(8) knows them.
struct SyscallTable: Sendable {
  /// Bits in the kernel's mask of system calls: AUDIT_BITMASK_SIZE words of 32 bits (linux/audit.h).
  static let limit = 2048

  private let numbers: [String: Int]

  /// Reads runs of names, each run after the number of its first name.
  init(_ text: String) {
    var numbers: [String: Int] = [:]
    var next = 0
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let number = Int(word) {
        next = number
      } else {
        numbers[String(word)] = next
        next += 1
      }
    }
    self.numbers = numbers
  }

  func number(_ name: String) -> Int? { numbers[name] }

  /// The table of an architecture; nil where this project has none, so that names stand for themselves.
  static func of(_ machine: AuditMachine) -> SyscallTable? { tables[machine] }

  private static let tables: [AuditMachine: SyscallTable] = [
    .x86_64: SyscallTable(SyscallNumbers.x86_64), .i386: SyscallTable(SyscallNumbers.i386),
    .aarch64: SyscallTable(SyscallNumbers.aarch64), .arm: SyscallTable(SyscallNumbers.arm),
  ]

  /// Numbers of errors by name (errno(3)).
  static let errors = SyscallTable(
    """
    1 EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY
    EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK
    EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP 42 ENOMSG EIDRM 61 ENODATA ETIME
    71 EPROTO 74 EBADMSG EOVERFLOW 84 EILSEQ 88 ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT
    EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN
    ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT
    ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN 122 EDQUOT ENOMEDIUM EMEDIUMTYPE
    ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE ERFKILL EHWPOISON
    """)
}

/// The system calls that one audit rule names.
struct SyscallSet: Sendable, Hashable {
  /// Every call, as `-S all` or a rule without `-S`.
  var isEverything = false
  /// Numbers, in the table of the rule's architecture.
  var numbers: Set<Int> = []
  /// Names of calls on an architecture without a table.
  var names: Set<String> = []

  static let everything = SyscallSet(isEverything: true)

  /// Whether a call of the given architecture is among them. The kernel compares numbers only, so a rule without an
  /// architecture also meets whatever call has the number on the other one.
  func contains(_ name: String, on machine: AuditMachine) -> Bool {
    if isEverything || names.contains(name) { return true }
    return SyscallTable.of(machine)?.number(name).map(numbers.contains) ?? false
  }
}

/// One rule of the kernel's audit filters.
public struct AuditRule: Sendable, Hashable {
  /// The filter (auditctl(8), "-a").
  public enum List: String, Sendable, Hashable {
    case exit, task, user, exclude, filesystem
    case ioUring = "io_uring"
  }

  /// What happens to an event that the rule meets.
  public enum Action: String, Sendable, Hashable {
    case always, never
  }

  /// What an event does to a file.
  public enum Permission: String, Sendable, Hashable, CaseIterable {
    case read = "r", write = "w", execute = "x", attribute = "a"
  }

  /// The files that the rule is confined to.
  enum Scope: Sendable, Hashable {
    /// The inode at the path; of a directory only the directory itself, of a symbolic link the link.
    case file(String)
    /// The directory and all below it.
    case tree(String)
  }

  public internal(set) var list: List = .exit
  public internal(set) var action: Action = .always
  /// In their order, the architecture, the path, the permissions and the key among them: rules are the same to the
  /// kernel only if all of these are (audit_compare_rule in kernel/auditfilter.c).
  public internal(set) var fields: [AuditField] = []
  public internal(set) var origin: Origin
  var syscalls = SyscallSet()
  /// Nil for every architecture.
  var machines: Set<AuditMachine>?
  /// With links in the directories above resolved, as the kernel resolves them when it takes the rule.
  var scope: Scope?
  /// Nil for every kind of access.
  var permissions: Set<Permission>?
  /// Keys, joined by `\u{1}` as the kernel joins them.
  var key = ""
  var isPrepended = false

  init(origin: Origin) { self.origin = origin }

  /// The conditions that remain beside architecture, path, permissions and key.
  var conditions: [AuditField] {
    fields.filter { !["arch", "path", "dir", "perm", "key"].contains($0.name) }
  }

  /// What makes two rules one.
  struct Identity: Hashable {
    let list: List
    let action: Action
    let fields: [AuditField]
    let syscalls: SyscallSet
  }

  var identity: Identity { Identity(list: list, action: action, fields: fields, syscalls: syscalls) }

  func appliesTo(_ machine: AuditMachine) -> Bool { machines?.contains(machine) ?? true }
}

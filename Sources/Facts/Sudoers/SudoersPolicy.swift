/// One setting of a Defaults line (sudoers(5), "SUDOERS OPTIONS").
public struct SudoersDefault: Sendable, Hashable {
  public enum Operation: String, Sendable, Hashable {
    case set, negate, add, remove
  }

  public var name: String
  public var operation: Operation
  /// Empty for a bare name.
  public var value: String
  /// For whom or what it counts: `:bob`, `@host`, `>root`, `!/bin/ls`; empty for everybody.
  public var scope: String
  public var origin: Origin
}

/// One command that a user specification allows or forbids.
public struct SudoersGrant: Sendable, Hashable {
  /// A user, `%group`, `#uid`, `+netgroup` or `ALL`, aliases replaced.
  public var user: String
  /// Hosts, aliases replaced.
  public var hosts: [String]
  /// Users as whom it runs; nil where no `(…)` says, which means the default, root.
  public var runasUsers: [String]?
  public var runasGroups: [String]
  /// The command with its arguments, `ALL`, or a folder.
  public var command: String
  /// The arguments; nil if any are allowed, empty if none are.
  public var arguments: String?
  /// Whether the specification forbids the command.
  public var isNegated: Bool
  /// Tags in effect: `NOPASSWD`, `NOEXEC` …
  public var tags: Set<String>
  public var origin: Origin

  /// Whether it can make somebody root: the target is root, all users or not named.
  public var targetsRoot: Bool {
    guard let runasUsers else { return true }
    let positive = runasUsers.filter { !$0.hasPrefix("!") }
    if runasUsers.contains("!root") || runasUsers.contains("!#0") { return false }
    return positive.contains { ["root", "#0", "ALL"].contains($0) }
  }
}

/// What a set of sudoers files says, in its order.
public struct SudoersPolicy: Sendable, Hashable {
  public var defaults: [SudoersDefault] = []
  public var grants: [SudoersGrant] = []
  /// Lines and files that sudo ignores, with the reason.
  public var problems: [Origin] = []
  /// Why not everything was read: more than anybody writes.
  public var isIncomplete = false
  /// Files that were read.
  public var files: [String] = []
}

/// A member of a list as it is written: a name, and whether `!` stands before it.
struct SudoersMember: Sendable, Hashable {
  var name: String
  var isNegated: Bool
}

/// User specifications before aliases are replaced: an alias may be defined after its use.
struct SudoersSpecification: Sendable, Hashable {
  struct Command: Sendable, Hashable {
    var member: SudoersMember
    var arguments: String?
    var runasUsers: [SudoersMember]?
    var runasGroups: [SudoersMember]
    var tags: Set<String>
  }

  var users: [SudoersMember]
  var hosts: [SudoersMember]
  var commands: [Command]
  var origin: Origin
}

import Evidence

/// One line of passwd(5).
public struct Account: Sendable, Hashable {
  public var name: String
  public var uid: UInt32
  /// The primary group.
  public var gid: UInt32
  public var gecos: String
  public var home: String
  /// As it stands; see `loginShell`.
  public var shell: String
  /// The second field, if it is not the `x` that points to shadow.
  public var inlinePassword: PasswordState?
  /// The number of the file among those that were read.
  var file: UInt8
  /// Counted from 1.
  var line: UInt32

  /// What runs at login: an empty field is `/bin/sh` (passwd(5)).
  public var loginShell: String { shell.isEmpty ? "/bin/sh" : shell }

  /// Whether the shell lets somebody in: it is none of the programs that refuse or do one thing and end.
  public var hasLoginShell: Bool {
    !Self.refusing.contains(String(loginShell.split(separator: "/").last ?? ""))
  }

  /// Whether the shell refuses every login, as nologin(8) and false(1) do.
  public var refusesLogin: Bool {
    ["nologin", "false"].contains(loginShell.split(separator: "/").last ?? "")
  }

  private static let refusing: Set<String> = [
    "nologin", "false", "true", "sync", "shutdown", "halt", "poweroff", "null", "nologin.sh",
  ]
}

/// One line of group(5).
public struct UserGroup: Sendable, Hashable {
  public var name: String
  public var gid: UInt32
  /// Names in the fourth field; accounts whose primary group it is are not among them.
  public var members: [String]
  /// The second field, if it is not the `x` that points to gshadow.
  public var inlinePassword: PasswordState?
  var file: UInt8
  var line: UInt32
}

/// One line of shadow(5), or of gshadow(5) without the ages.
public struct ShadowEntry: Sendable, Hashable {
  public var password: PasswordState
  public var aging: PasswordAging
  var line: UInt32
}

/// What one line of a rules file tells the kernel.
enum AuditctlCommand: Sendable, Hashable {
  case add(AuditRule)
  case delete(AuditRule)
  /// With a key only the rules whose keys contain it.
  case deleteAll(key: String)
  case set(AuditSetting, Int)
  /// `-i` or `-c`: later errors do not end the loading.
  case ignoreErrors
}

/// A switch of the kernel's audit system that a rules file sets.
public enum AuditSetting: String, Sendable, Hashable, CaseIterable {
  /// 0 off, 1 on, 2 on and locked until the next boot (`-e`).
  case enabled
  /// 0 silent, 1 a kernel message, 2 panic (`-f`).
  case failureMode = "failure_mode"
  /// Most buffers that wait for the daemon (`-b`).
  case backlogLimit = "backlog_limit"
  /// Jiffies to wait for room (`--backlog_wait_time`).
  case backlogWaitTime = "backlog_wait_time"
  /// Most messages a second, 0 for no limit (`-r`).
  case rateLimit = "rate_limit"
  /// 1: a login id that is set stays (`--loginuid-immutable`).
  case loginUIDImmutable = "loginuid_immutable"
}

/// Why auditctl or the kernel refuses a line.
struct AuditctlError: Error, Hashable, Sendable {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}

/// What auditctl asks the system while it reads a line.
struct AuditctlContext {
  var architectures: [AuditMachine]
  /// User and group ids by name.
  var users: [String: UInt32] = [:]
  var groups: [String: UInt32] = [:]
  /// Where a path leads.
  var paths: AuditPaths
}

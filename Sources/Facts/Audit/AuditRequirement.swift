/// What has to be recorded.
public struct AuditRequirement: Sendable, Hashable {
  /// A file or directory whose use is recorded; nil for calls whatever they work on.
  public var path: String?
  /// Which use of it.
  public var permissions: [AuditRule.Permission]
  /// Calls that are recorded, if there is no path.
  public var syscalls: [String]
  /// Only events that meet these have to be recorded.
  public var fields: [AuditField]
  /// Each of these, together with `fields`, has to be recorded.
  public var alternatives: [AuditField]
  /// `b32`, `b64`; empty for all that the kernel runs.
  public var widths: [String]

  /// Describes what has to be recorded.
  public init(
    path: String? = nil, permissions: [AuditRule.Permission] = [], syscalls: [String] = [],
    fields: [AuditField] = [], alternatives: [AuditField] = [], widths: [String] = []
  ) {
    self.path = path
    self.permissions = permissions
    self.syscalls = syscalls
    self.fields = fields
    self.alternatives = alternatives
    self.widths = widths
  }

  /// Rules that meet it on an x86-64 machine, as auditctl(8) takes them.
  public func lines(key: String) -> [String] {
    let letters = permissions.map(\.rawValue).joined()
    if let path, fields.isEmpty, alternatives.isEmpty { return ["-w \(path) -p \(letters) -k \(key)"] }
    var lines: [String] = []
    for (width, machine) in [("b64", AuditMachine.x86_64), ("b32", .i386)]
    where widths.isEmpty || widths.contains(width) {
      let known = syscalls.filter { SyscallTable.of(machine)?.number($0) != nil }
      let calls = path == nil ? known.joined(separator: ",") : "all"
      if calls.isEmpty { continue }
      let target = path.map { " -F path=\($0) -F perm=\(letters)" } ?? ""
      for alternative in alternatives.isEmpty ? [nil] : alternatives.map(Optional.some) {
        let conditions = ((alternative.map { [$0] } ?? []) + fields).map(\.option).joined()
        lines.append("-a always,exit -F arch=\(width) -S \(calls)\(target)\(conditions) -k \(key)")
      }
    }
    return lines
  }
}

extension AuditField {
  /// Reads a field as a baseline gives it: what follows `-F`, or, with two fields, `-C` of auditctl(8).
  public init?(requirement text: String) {
    guard let (name, operation, value) = Self.split(text), !value.isEmpty else { return nil }
    let field = name == "loginuid" ? "auid" : name
    let kinds = [Self.users, Self.groups]
    if kinds.contains(where: { $0.contains(field) && $0.contains(value) }) {
      let pair = [field, value].sorted()
      self.init(pair[0], operation, .field(pair[1]))
    } else if Self.users.contains(field), value == "unset" {
      self.init(field, operation, .number(.max))
    } else if field == "exit", let number = try? AuditFieldReader.exit(value) {
      self.init(field, operation, .number(number))
    } else if Self.users.contains(field) || Self.groups.contains(field) || Self.numbers.contains(field) {
      guard let number = Self.number(value) else { return nil }
      self.init(field, operation, .number(number))
    } else if Self.texts.contains(field) || field == "filetype" {
      self.init(field, operation, .text(value))
    } else {
      return nil
    }
  }

  /// ` -F name op value` or ` -C field op field`.
  fileprivate var option: String {
    if case .field = value { return " -C \(self)" }
    return " -F \(self)"
  }
}

/// Reads the fields of one rule as libaudit does, with the tests that libaudit and the kernel make
/// (audit_rule_fieldpair_data in libaudit.c, audit_data_to_entry in kernel/auditfilter.c).
struct AuditFieldReader {
  let context: AuditctlContext
  /// The architecture that later names of system calls belong to; nil until one is given.
  private(set) var machine: AuditMachine?
  /// Whether a field has come that a key may follow.
  private(set) var canHaveKey = false

  init(context: AuditctlContext) { self.context = context }

  /// Reads `name op value`.
  mutating func field(_ text: String, _ rule: AuditRule) throws(AuditctlError) -> AuditField {
    guard let (name, operation, value) = AuditField.split(text) else {
      throw AuditctlError("'\(text)' has no operator")
    }
    let field = name == "loginuid" ? "auid" : name
    guard !value.isEmpty else { throw AuditctlError("'\(text)' has no value") }
    try test(field, on: rule.list)
    switch field {
    case "arch": return try architecture(operation, value, rule)
    case "perm":
      guard operation == .equal else { throw AuditctlError("perm takes = only") }
      return AuditField("perm", .equal, .text(try Self.permissions(value)))
    case "exit": return AuditField(field, operation, .number(try Self.exit(value)))
    case "msgtype": return AuditField(field, operation, .number(try Self.messageType(value)))
    case "filetype", "fstype": return AuditField(field, operation, .text(value))
    case _ where AuditField.users.contains(field):
      return AuditField(field, operation, .number(try user(value)))
    case _ where AuditField.groups.contains(field):
      return AuditField(field, operation, .number(try group(value)))
    case _ where AuditField.numbers.contains(field):
      guard let number = field == "sessionid" && value == "unset" ? .max : AuditField.number(value) else {
        throw AuditctlError("'\(text)' needs a number")
      }
      return AuditField(field, operation, .number(number))
    case _ where AuditField.texts.contains(field): return AuditField(field, operation, .text(value))
    default: throw AuditctlError("'\(name)' is no field")
    }
  }

  /// Reads `field op field`.
  func comparison(_ text: String, _ rule: AuditRule) throws(AuditctlError) -> AuditField {
    guard let (left, operation, right) = AuditField.split(text), operation == .equal || operation == .notEqual
    else {
      throw AuditctlError("'\(text)' is no comparison of two fields")
    }
    let pair = [left, right].map { $0 == "loginuid" ? "auid" : $0 }.sorted()
    let areUsers = pair.allSatisfy(AuditField.users.contains)
    guard pair[0] != pair[1], areUsers || pair.allSatisfy(AuditField.groups.contains) else {
      throw AuditctlError("'\(text)' compares fields of different kinds")
    }
    guard rule.list == .exit else { throw AuditctlError("-C is for the exit list") }
    return AuditField(pair[0], operation, .field(pair[1]))
  }

  /// Adds a field to the rule.
  mutating func append(_ field: AuditField, to rule: inout AuditRule) throws(AuditctlError) {
    guard rule.fields.count < 63 else { throw AuditctlError("more than 63 fields") }
    rule.fields.append(field)
    switch (field.name, field.value) {
    case ("arch", _):
      guard let machine else { break }
      let met = field.operator == .equal ? [machine] : Set(AuditMachine.allCases).subtracting([machine])
      rule.machines = rule.machines?.intersection(met) ?? met
    case ("perm", .text(let letters)):
      rule.permissions = Set(letters.compactMap { AuditRule.Permission(rawValue: String($0)) })
      canHaveKey = true
    case ("path", .text(let path)): try setScope(path, isTree: false, field.operator, of: &rule)
    case ("dir", .text(let path)): try setScope(path, isTree: true, field.operator, of: &rule)
    case ("exe", .text(let path)):
      guard path.hasPrefix("/"), !context.paths.isParentMissing(path) else {
        throw AuditctlError("the directory of \(path) does not exist")
      }
      canHaveKey = true
    case ("fstype", _): canHaveKey = true
    default: break
    }
  }

  /// `-p`: replaces the permissions.
  mutating func setPermissions(_ value: String, of rule: inout AuditRule) throws(AuditctlError) {
    let letters = try Self.permissions(value)
    canHaveKey = true
    rule.permissions = Set(letters.compactMap { AuditRule.Permission(rawValue: String($0)) })
    let field = AuditField("perm", .equal, .text(letters))
    if let place = rule.fields.firstIndex(where: { $0.name == "perm" }) {
      rule.fields[place] = field
    } else {
      rule.fields.append(field)
    }
  }

  /// The kernel looks the path up when it takes the rule: the directory above a watch, and a tree itself, must exist.
  private mutating func setScope(
    _ path: String, isTree: Bool, _ operation: AuditField.Operator, of rule: inout AuditRule
  ) throws(AuditctlError) {
    canHaveKey = true
    guard rule.scope == nil else { throw AuditctlError("more than one path in a rule") }
    guard operation == .equal else { throw AuditctlError("a path takes = only") }
    guard path.hasPrefix("/"), isTree || !path.hasSuffix("/") else {
      throw AuditctlError("the kernel does not take the path '\(path)'")
    }
    if isTree ? context.paths.isMissing(path) : context.paths.isParentMissing(path) {
      throw AuditctlError(isTree ? "\(path) does not exist" : "the directory of \(path) does not exist")
    }
    // A tree on a symbolic link holds the link, not what it points at, unless a slash at the end makes it followed.
    if isTree, path.hasSuffix("/") {
      rule.scope = .tree(context.paths.target(path))
      return
    }
    let place = context.paths.canonical(path)
    rule.scope =
      isTree && context.paths.kind(path, followed: false) != .symbolicLink ? .tree(place) : .file(place)
  }

  private func test(_ field: String, on list: AuditRule.List) throws(AuditctlError) {
    if AuditField.exitOnly.contains(field), list != .exit, list != .ioUring {
      throw AuditctlError("\(field) is for the exit list")
    }
    if list == .exclude, !AuditField.excludable.contains(field) {
      throw AuditctlError("\(field) cannot be on the exclude list")
    }
    if field == "msgtype", list != .exclude, list != .user {
      throw AuditctlError("msgtype is for the exclude and user lists")
    }
    if field == "fstype", list != .filesystem { throw AuditctlError("fstype is for the filesystem list") }
  }

  private mutating func architecture(
    _ operation: AuditField.Operator, _ value: String, _ rule: AuditRule
  ) throws(AuditctlError) -> AuditField {
    if !rule.syscalls.isEmpty { throw AuditctlError("arch after the system call") }
    guard operation == .equal || operation == .notEqual else {
      throw AuditctlError("arch takes = and != only")
    }
    let native = context.architectures.first ?? .other
    let found: AuditMachine? =
      switch value.lowercased() {
      case "b64": native.width == "b64" ? native : nil
      case "b32": native.width == "b32" ? native : native.narrow ?? (native == .other ? .other : nil)
      case "c000003e": .x86_64
      case "40000003": .i386
      case "c00000b7": .aarch64
      case "40000028": .arm
      default: AuditMachine(named: value)
      }
    guard let found else { throw AuditctlError("no architecture '\(value)' on \(native.rawValue)") }
    machine = found
    return AuditField("arch", operation, .text(found.rawValue))
  }

  private func user(_ value: String) throws(AuditctlError) -> UInt32 {
    if value == "unset" { return .max }
    guard let id = AuditField.number(value) ?? context.users[value] else {
      throw AuditctlError("no user '\(value)'")
    }
    return id
  }

  private func group(_ value: String) throws(AuditctlError) -> UInt32 {
    guard let id = value.hasPrefix("-") ? nil : AuditField.number(value) ?? context.groups[value] else {
      throw AuditctlError("no group '\(value)'")
    }
    return id
  }

  private static func permissions(_ value: String) throws(AuditctlError) -> String {
    let letters = value.lowercased()
    guard letters.utf8.count <= 4, letters.allSatisfy({ "rwxa".contains($0) }) else {
      throw AuditctlError("'\(value)' is no permission")
    }
    return AuditRule.Permission.allCases.map(\.rawValue).filter { letters.contains($0) }.joined()
  }

  static func exit(_ value: String) throws(AuditctlError) -> UInt32 {
    if let number = AuditField.number(value) { return number }
    let isNegative = value.hasPrefix("-")
    guard let number = SyscallTable.errors.number(isNegative ? String(value.dropFirst()) : value) else {
      throw AuditctlError("no error '\(value)'")
    }
    return UInt32(bitPattern: Int32(isNegative ? -number : number))
  }

  /// Numbers of the record types that the coverage of rules depends on; other known names only have to differ.
  private static func messageType(_ value: String) throws(AuditctlError) -> UInt32 {
    switch value {
    case "SYSCALL": 1300
    case "PATH": 1302
    default: AuditField.number(value) ?? 1
    }
  }
}

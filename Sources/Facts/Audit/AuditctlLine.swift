/// Reads one line of a rules file as auditctl does (auditctl.c, setopt and fileopt).
struct AuditctlLine {
  private let context: AuditctlContext
  private let origin: Origin
  private var rule: AuditRule
  private var fields: AuditFieldReader
  private var target: Target?
  /// Whether a value says that a rule is to be sent.
  private var isRule = false
  private var isDone = false
  private var commands: [AuditctlCommand] = []

  private enum Target { case add, delete }

  /// The commands of a line, and why the line fails, if it does; the commands before are carried out all the same.
  static func read(_ words: [String], _ context: AuditctlContext, _ origin: Origin)
    -> (commands: [AuditctlCommand], error: AuditctlError?)
  {
    var line = AuditctlLine(context: context, origin: origin)
    do throws(AuditctlError) {
      try line.run(AuditctlOptions(words))
      return (line.commands, nil)
    } catch {
      return (line.commands, error)
    }
  }

  private init(context: AuditctlContext, origin: Origin) {
    self.context = context
    self.origin = origin
    rule = AuditRule(origin: origin)
    fields = AuditFieldReader(context: context)
  }

  private mutating func run(_ options: AuditctlOptions) throws(AuditctlError) {
    for (position, option) in options.options.enumerated() {
      if isDone { throw AuditctlError("another option follows one that stands alone") }
      switch option {
      case .short("D", _):
        try deleteAll(options, position)
        return
      case .short(let letter, let value): try take(letter, value)
      case .long(let name, let value): try takeLong(name, value)
      }
    }
    if let error = options.error { throw error }
    if options.strays > 0 { throw AuditctlError("a word without an option") }
    try finish()
  }

  private mutating func take(_ letter: Character, _ value: String) throws(AuditctlError) {
    switch letter {
    case "a", "A":
      try setUp(value)
      target = .add
      rule.isPrepended = letter == "A"
    case "d":
      try setUp(value)
      target = .delete
    case "w", "W": try watch(value, deletes: letter == "W")
    case "S": try addSyscalls(value)
    case "F", "C": try addField(value, isComparison: letter == "C")
    case "k":
      guard target != nil, fields.canHaveKey || !rule.syscalls.isEmpty else {
        throw AuditctlError("-k needs a watch or a system call before it")
      }
      try addKey(value)
    case "p": try setPermissions(value)
    case "e": try set(.enabled, value, in: 0...2)
    case "f": try set(.failureMode, value, in: 0...2)
    case "b": try set(.backlogLimit, value, in: 0...Int(UInt32.max))
    case "r": try set(.rateLimit, value, in: 0...Int(UInt32.max))
    case "i", "c":
      commands.append(.ignoreErrors)
      isDone = true
    case "q":
      guard rule.syscalls.isEmpty else { throw AuditctlError("-q beside a system call") }
      isDone = true
    case "R": throw AuditctlError("a rules file cannot name another")
    case "h": throw AuditctlError("-h ends the loading")
    default: isDone = true
    }
  }

  private mutating func takeLong(_ name: String, _ value: String) throws(AuditctlError) {
    switch name {
    case "loginuid-immutable":
      commands.append(.set(.loginUIDImmutable, 1))
      isDone = true
    case "backlog_wait_time": try set(.backlogWaitTime, value, in: 0...Int(UInt32.max))
    default: isDone = true
    }
  }

  /// `-D`, alone or with `-k KEY`.
  private mutating func deleteAll(_ options: AuditctlOptions, _ position: Int) throws(AuditctlError) {
    switch options.options.count {
    case 1 where options.count == 1: commands.append(.deleteAll(key: ""))
    case 2 where position == 0:
      guard case .short("k", let key) = options.options[1] else { throw AuditctlError("-D takes -k alone") }
      commands.append(.deleteAll(key: key))
    default: throw AuditctlError("-D takes -k alone")
    }
  }

  private mutating func set(_ setting: AuditSetting, _ value: String, in range: ClosedRange<Int>)
    throws(AuditctlError)
  {
    guard let number = AuditField.number(value), !value.hasPrefix("-"), range.contains(Int(number)) else {
      throw AuditctlError("'\(value)' is no \(setting.rawValue)")
    }
    commands.append(.set(setting, Int(number)))
  }

  /// `list,action` in either order.
  private mutating func setUp(_ value: String) throws(AuditctlError) {
    guard target == nil else { throw AuditctlError("more than one rule on a line") }
    let parts = value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { throw AuditctlError("'\(value)' is not list,action") }
    if parts.contains("possible") { throw AuditctlError.deprecated }
    let lists = parts.compactMap { AuditRule.List(rawValue: $0) }
    let actions = parts.compactMap { AuditRule.Action(rawValue: $0) }
    guard let list = lists.first, let action = actions.first else {
      throw AuditctlError("'\(value)' is not list,action")
    }
    if list == .task, !rule.syscalls.isEmpty { throw AuditctlError("a system call on the task list") }
    rule.list = list
    rule.action = action
    isRule = true
  }

  private mutating func watch(_ path: String, deletes: Bool) throws(AuditctlError) {
    guard target == nil else { throw AuditctlError("a watch beside another rule") }
    guard path.hasPrefix("/"), path.utf8.count < 4096 else {
      throw AuditctlError("'\(path)' is no absolute path")
    }
    let trimmed = path.utf8.count > 2 ? AuditPaths.trimmed(path) : path
    let isDirectory = context.paths.kind(trimmed, followed: true) == .directory
    rule.syscalls = .everything
    target = deletes ? .delete : .add
    isRule = true
    try fields.append(AuditField(isDirectory ? "dir" : "path", .equal, .text(trimmed)), to: &rule)
    try fields.append(AuditField("perm", .equal, .text("rwxa")), to: &rule)
  }

  private mutating func addSyscalls(_ value: String) throws(AuditctlError) {
    switch rule.list {
    case .task, .user, .filesystem, .exclude:
      throw AuditctlError("a system call on the \(rule.list.rawValue) list")
    case .exit, .ioUring: break
    }
    if value == "all" {
      rule.syscalls = .everything
      return
    }
    let machine = fields.machine ?? context.architectures.first ?? .other
    for name in value.split(separator: ",") {
      try add(String(name), machine)
    }
  }

  private mutating func add(_ name: String, _ machine: AuditMachine) throws(AuditctlError) {
    if name == "all" {
      rule.syscalls = .everything
    } else if rule.list == .ioUring {
      rule.syscalls.names.insert(name)
    } else if let number = AuditField.number(name).map(Int.init) ?? SyscallTable.of(machine)?.number(name) {
      guard number < SyscallTable.limit else {
        throw AuditctlError("no system call has the number \(number)")
      }
      rule.syscalls.numbers.insert(number)
    } else if SyscallTable.of(machine) == nil {
      rule.syscalls.names.insert(name)
    } else {
      throw AuditctlError("\(machine.rawValue) has no system call '\(name)'")
    }
  }

  private mutating func addField(_ text: String, isComparison: Bool) throws(AuditctlError) {
    guard target != nil else { throw AuditctlError("a field before the list") }
    if !isComparison, text.hasPrefix("key=") {
      try addKey(String(text.dropFirst(4)))
    } else {
      let field = isComparison ? try fields.comparison(text, rule) : try fields.field(text, rule)
      try fields.append(field, to: &rule)
    }
  }

  private mutating func addKey(_ key: String) throws(AuditctlError) {
    rule.key += (rule.key.isEmpty ? "" : "\u{1}") + key
    if rule.key.utf8.count > 256 { throw AuditctlError("the key is longer than 256 bytes") }
  }

  private mutating func setPermissions(_ value: String) throws(AuditctlError) {
    guard target != nil else { throw AuditctlError("-p before the watch") }
    guard !rule.fields.isEmpty else { throw AuditctlError("-p without a watch") }
    try fields.setPermissions(value, of: &rule)
  }

  private mutating func finish() throws(AuditctlError) {
    guard isRule, let target else {
      if !rule.syscalls.isEmpty { throw AuditctlError("no list for the rule") }
      return
    }
    if !rule.key.isEmpty {
      guard fields.canHaveKey || !rule.syscalls.isEmpty else {
        throw AuditctlError("a key needs a watch or a system call")
      }
      try fields.append(AuditField("key", .equal, .text(rule.key)), to: &rule)
    }
    if rule.list != .task, rule.syscalls.isEmpty { rule.syscalls = .everything }
    commands.append(target == .add ? .add(rule) : .delete(rule))
  }
}

extension AuditctlError {
  /// `possible` is an action of old kernels; auditctl skips the line without an error.
  static let deprecated = AuditctlError("the action 'possible' is not carried out")
}

extension SyscallSet {
  var isEmpty: Bool { !isEverything && numbers.isEmpty && names.isEmpty }
}

import Evidence

/// How far the rules of a guest meet a requirement.
public struct AuditCoverage: Sendable, Hashable {
  /// A part that is not recorded.
  public struct Hole: Sendable, Hashable {
    /// The call or the kind of access.
    public var what: String
    /// `b32` or `b64`.
    public var width: String
    /// The condition of the alternative.
    public var condition: AuditField?
    /// The rule that keeps the event, or a part of such events, out; nil if no rule records it.
    public var excludedBy: AuditRule?
    /// Whether other such events are recorded.
    public var isPartial = false
  }

  public var holes: [Hole] = []
  /// Rules that record a part, each once.
  public var rules: [AuditRule] = []

  /// Nothing to record and nothing that does.
  public init() {}
}

extension AuditRules {
  /// Compares the loaded rules with a requirement.
  ///
  /// Every call, architecture and alternative is a point; a rule records it if it asks for nothing that the
  /// requirement does not. Rules may be split or merged as they like. The rule that was added first decides
  /// (audit_filter_rules in kernel/auditsc.c), so a `never` before it keeps events out.
  public func coverage(of requirement: AuditRequirement) -> AuditCoverage {
    var coverage = AuditCoverage()
    let target = requirement.path.map { AuditTarget($0, requirement.permissions, paths) }
    let alternatives: [AuditField?] = requirement.alternatives.isEmpty ? [nil] : requirement.alternatives
    let candidates = index.candidates(for: target)
    for alternative in alternatives {
      let conditions = AuditConditions(requirement.fields + (alternative.map { [$0] } ?? []))
      for machine in architectures
      where requirement.widths.isEmpty || requirement.widths.contains(machine.width) {
        for point in points(requirement, target, machine) {
          judge(point, conditions, candidates, &coverage) { what, rule, isPartial in
            .init(
              what: what, width: machine.width, condition: alternative, excludedBy: rule, isPartial: isPartial
            )
          }
        }
      }
    }
    return coverage
  }

  /// One event that has to be recorded.
  private struct Point {
    var machine: AuditMachine
    var target: AuditTarget?
    var permission: AuditRule.Permission?
    /// Empty for every call.
    var syscalls: [String]
    var words: String
  }

  private func points(_ requirement: AuditRequirement, _ target: AuditTarget?, _ machine: AuditMachine)
    -> [Point]
  {
    if let target {
      return requirement.permissions.map { permission in
        // audit_match_perm in kernel/auditsc.c: only these two calls execute a file.
        let syscalls = permission == .execute ? ["execve", "execveat"] : []
        return Point(
          machine: machine, target: target, permission: permission, syscalls: syscalls,
          words: permission.words)
      }
    }
    let table = SyscallTable.of(machine)
    return requirement.syscalls.filter { table == nil || table?.number($0) != nil }.map {
      Point(machine: machine, target: nil, permission: nil, syscalls: [$0], words: $0)
    }
  }

  private func judge(
    _ point: Point, _ conditions: AuditConditions, _ candidates: [AuditRule], _ coverage: inout AuditCoverage,
    _ hole: (String, AuditRule?, Bool) -> AuditCoverage.Hole
  ) {
    var partial: AuditRule?
    for rule in candidates {
      switch rule.list {
      case .exit where rule.action == .always:
        guard meets(rule, point), rule.conditions.allSatisfy(conditions.imply) else { continue }
        if !coverage.rules.contains(rule) { coverage.rules.append(rule) }
        if let partial { coverage.holes.append(hole(point.words, partial, true)) }
        return
      case .exit, .task, .exclude:
        guard silences(rule, point), !conditions.contradict(rule.silencingConditions) else { continue }
        let isWhole = isWhole(rule, point) && rule.silencingConditions.allSatisfy(conditions.imply)
        if isWhole {
          coverage.holes.append(hole(point.words, rule, false))
          return
        }
        partial = partial ?? rule
      case .user, .filesystem, .ioUring: continue
      }
    }
    coverage.holes.append(hole(point.words, nil, false))
  }

  private func meets(_ rule: AuditRule, _ point: Point) -> Bool {
    guard rule.appliesTo(point.machine), covers(rule.scope, point.target) else { return false }
    if let permissions = rule.permissions, point.permission.map({ !permissions.contains($0) }) ?? true {
      return false
    }
    if point.syscalls.isEmpty { return rule.syscalls.isEverything }
    return point.syscalls.allSatisfy { rule.syscalls.contains($0, on: point.machine) }
  }

  private func covers(_ scope: AuditRule.Scope?, _ target: AuditTarget?) -> Bool {
    switch (scope, target) {
    case (nil, _): true
    case (_, nil): false
    case (.file(let path), let target?): path == target.path && !target.isTree
    case (.tree(let path), let target?): target.isWithin(path)
    }
  }

  /// Whether a rule that keeps events out could meet some of the events.
  private func silences(_ rule: AuditRule, _ point: Point) -> Bool {
    switch rule.list {
    case .task: return rule.action == .never
    case .exclude: return rule.excludesRecords
    default: break
    }
    guard rule.appliesTo(point.machine) else { return false }
    let calls =
      point.syscalls.isEmpty || point.syscalls.contains { rule.syscalls.contains($0, on: point.machine) }
    guard calls else { return false }
    if let permission = point.permission, let permissions = rule.permissions,
      !permissions.contains(permission)
    {
      return false
    }
    guard let target = point.target else { return true }
    switch rule.scope {
    case nil: return true
    case .file(let path): return path == target.path || (target.isTree && target.contains(path))
    case .tree(let path): return target.isWithin(path) || (target.isTree && target.contains(path))
    }
  }

  /// Whether a rule that keeps events out meets all of them, its conditions aside.
  private func isWhole(_ rule: AuditRule, _ point: Point) -> Bool {
    rule.list != .exit || meets(rule, point)
  }
}

/// The file or directory of a requirement, as the kernel sees it.
struct AuditTarget {
  /// What is executed or read is looked up through links; what is changed is the name itself, link or not, since that
  /// is what replacing it touches.
  let path: String
  /// Whether it is a directory, with everything below it.
  let isTree: Bool

  init(_ path: String, _ permissions: [AuditRule.Permission], _ paths: AuditPaths) {
    let changes = permissions.contains(.write) || permissions.contains(.attribute)
    self.path = changes ? paths.canonical(AuditPaths.trimmed(path)) : paths.target(path)
    isTree = paths.kind(self.path, followed: false) == .directory
  }

  func isWithin(_ tree: String) -> Bool { path == tree || tree == "/" || path.hasPrefix(tree + "/") }
  func contains(_ other: String) -> Bool { other.hasPrefix(path + "/") }
}

extension AuditRule.Permission {
  /// For people.
  public var words: String {
    switch self {
    case .read: "read"
    case .write: "write"
    case .execute: "execute"
    case .attribute: "attribute change"
    }
  }
}

extension AuditRule {
  /// Whether records of calls or of the files they work on are left out: AUDIT_SYSCALL, AUDIT_PATH.
  fileprivate var excludesRecords: Bool {
    let types = fields.filter { $0.name == "msgtype" }
    if types.isEmpty { return true }
    return [UInt32(1300), 1302].contains { type in
      let conditions = AuditConditions([AuditField("msgtype", .equal, .number(type))])
      return types.allSatisfy(conditions.imply)
    }
  }

  fileprivate var silencingConditions: [AuditField] { conditions.filter { $0.name != "msgtype" } }
}

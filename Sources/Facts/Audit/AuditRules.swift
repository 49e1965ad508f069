import DiskImages
import Evidence

/// The audit rules and switches that the kernel has after the next boot (audit.rules(7), augenrules(8), auditctl(8)).
///
/// Loading is carried out line by line: the first line that auditctl or the kernel refuses ends it, unless `-i` or
/// `-c` came before, and what follows is not loaded.
public struct AuditRules: FactModel {
  public static let needs: [ContentNeed] =
    [
      ContentNeed("/etc/audit/rules.d/*.rules", limit: 4 << 20),
      ContentNeed("/etc/audit/*.rules", limit: 4 << 20),
      "/etc/passwd", "/etc/group",
    ] + AuditArchitectures.needs + SystemdUnits.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    SystemdUnits.furtherNeeds(evidence)
  }

  /// A line that was refused.
  public struct Problem: Sendable, Hashable {
    public var origin: Origin
    public var reason: String
    /// Whether nothing after it was loaded.
    public var isFatal: Bool
  }

  public let source: AuditRuleSource
  /// In the order in which the kernel asks them.
  public let rules: [AuditRule]
  public let problems: [Problem]
  public let architectures: [AuditMachine]
  let paths: AuditPaths
  let index: AuditRuleIndex
  private let settings: [AuditSetting: Effective<Int>]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    paths = AuditPaths(index: evidence.index)
    architectures = try facts.model(AuditArchitectures.self).all
    source = try AuditRuleSource.find(facts)
    let context = AuditctlContext(
      architectures: architectures, users: try Self.ids(in: "/etc/passwd", evidence),
      groups: try Self.ids(in: "/etc/group", evidence), paths: paths)
    var loading = Loading(context: context)
    let version = try Self.version(facts)
    switch source.way {
    case .directory(let path):
      guard let directory = try evidence.entry(at: path) else { break }
      let lines = try AuditRuleLines.merged(directory, evidence, stripsCarriageReturns: version >= 4)
      loading.run(AuditRuleLines.arranged(lines, knowsBlanks: try Self.awkKnowsBlanks(evidence)))
    case .file(let path):
      guard let file = try evidence.entry(at: path) else { break }
      if let problem = Self.objection(to: file, version: version) {
        loading.problems.append(problem)
      } else {
        loading.run(try AuditRuleLines.read(file, evidence, kind: .explicit))
      }
    }
    rules = loading.kernel.rules
    index = AuditRuleIndex(rules)
    problems = loading.problems
    settings = loading.kernel.settings
  }

  /// A switch after the next boot.
  public func setting(_ setting: AuditSetting) -> Effective<Int> {
    let set = settings[setting]
    switch (setting, set) {
    case (.enabled, let set?) where set.value == 0 && source.precedesDaemon:
      return Effective(
        1, origin: .compiledDefault("auditd(8), -s: the daemon starts later and switches auditing on"),
        shadowed: [.init(value: 0, origin: set.origin)] + set.shadowed)
    case (_, let set?): return set
    case (.enabled, nil):
      return Effective(1, origin: .compiledDefault("auditd(8), -s: the daemon switches auditing on"))
    case (.failureMode, nil): return Effective(1, origin: .compiledDefault("auditctl(8), -f"))
    case (.backlogLimit, nil): return Effective(64, origin: .compiledDefault("auditctl(8), -b"))
    case (.backlogWaitTime, nil):
      return Effective(15000, origin: .compiledDefault("auditctl(8): 60*HZ, with the usual HZ of 250"))
    case (.rateLimit, nil): return Effective(0, origin: .compiledDefault("auditctl(8), -r"))
    case (.loginUIDImmutable, nil): return Effective(0, origin: .compiledDefault("auditctl(8)"))
    }
  }

  /// The line that ended the loading, if one did.
  public var stop: Problem? { problems.first { $0.isFatal } }

  /// Carries out lines until one is refused.
  private struct Loading {
    let context: AuditctlContext
    var kernel = AuditKernel()
    var problems: [Problem] = []
    private var ignoresErrors = false

    init(context: AuditctlContext) { self.context = context }

    mutating func run(_ lines: [AuditRuleLine]) {
      for line in lines {
        guard let words = AuditRuleLines.words(line.text) else { continue }
        do throws(AuditctlError) {
          try carryOut(words, line.origin)
        } catch {
          if problems.count < 64 {
            problems.append(Problem(origin: line.origin, reason: error.reason, isFatal: !ignoresErrors))
          }
          if !ignoresErrors { return }
        }
      }
    }

    private mutating func carryOut(_ words: [String], _ origin: Origin) throws(AuditctlError) {
      let (commands, error) = AuditctlLine.read(words, context, origin)
      for command in commands {
        if command == .ignoreErrors { ignoresErrors = true }
        try kernel.carryOut(command, origin)
      }
      if let error, error != .deprecated { throw error }
    }
  }

  /// auditctl before version 4 reads only a regular file of root's that not everybody can write.
  private static func objection(to file: FileEntry, version: Int) -> Problem? {
    guard version < 4 else { return nil }
    let origin = Origin(path: file.path, kind: .explicit)
    if file.metadata.uid != 0 {
      return Problem(origin: origin, reason: "root does not own it", isFatal: true)
    }
    if file.permissions & 0o002 != 0 {
      return Problem(origin: origin, reason: "everybody can write it", isFatal: true)
    }
    return nil
  }

  /// Names and ids of a file like passwd(5) or group(5).
  private static func ids(in path: String, _ evidence: Evidence) throws(EvidenceGap) -> [String: UInt32] {
    guard let file = try evidence.text(at: path) else { return [:] }
    var ids: [String: UInt32] = [:]
    for line in file.lines {
      let fields = line.text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
      if fields.count > 2, let id = UInt32(fields[2]), ids[String(fields[0])] == nil {
        ids[String(fields[0])] = id
      }
    }
    return ids
  }

  /// The major version of the audit tools; 3 where it is not known.
  private static func version(_ facts: GuestFacts) throws(EvidenceGap) -> Int {
    let packages = try facts.model(InstalledPackages.self)
    guard let package = packages.installed("auditd") ?? packages.installed("audit") else { return 3 }
    let upstream = package.version.split(separator: ":").last ?? ""
    return Int(upstream.prefix { $0.isNumber }) ?? 3
  }

  private static func awkKnowsBlanks(_ evidence: Evidence) throws(EvidenceGap) -> Bool {
    guard let awk = try evidence.entry(at: "/usr/bin/awk") else { return true }
    return awk.name != "mawk"
  }
}

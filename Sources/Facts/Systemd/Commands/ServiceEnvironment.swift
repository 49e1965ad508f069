import DiskImages
import Evidence

/// The variables that systemd gives to the programs of a unit (systemd.exec(5), "Environment"; src/core/execute.c).
///
/// DefaultEnvironment= of system.conf is the weakest, then Environment=, then each EnvironmentFile= in its order;
/// UnsetEnvironment= takes away what all of them set. What is handed on from process 1 or set by systemd itself, and what
/// a file may say that is not in the image, is not known.
struct ServiceEnvironment: Sendable {
  typealias Variable = Effective<String>.Candidate

  static let needs = ProgramSettings.needs("system.conf")

  private(set) var variables: [String: Variable] = [:]
  /// A file that may have set anything that nothing behind it sets.
  private var gap: EvidenceGap?
  /// Names that process 1 hands on or that systemd sets.
  private var unknown: [String: EvidenceGap] = [:]
  private var removed: Set<String> = []

  /// Reads what a unit says and the files that it names.
  init(of unit: LoadedUnit, _ evidence: Evidence) {
    addManager(unit, evidence)
    addPassed(unit)
    for assignment in unit.list(unit.typeSection, "Environment") { add(assignment, unit.name) }
    for file in unit.list(unit.typeSection, "EnvironmentFile") { addFile(file, unit, evidence) }
    remove(unit)
  }

  /// A variable; nil if it is not set.
  ///
  /// - Throws: where the image cannot tell.
  func value(_ name: String) throws(EvidenceGap) -> Variable? {
    if removed.contains(name) { return nil }
    if let known = variables[name] { return known }
    if let gap = gap ?? unknown[name] { throw gap }
    return nil
  }

  /// Whether systemd takes the text for a value: no control characters but tabs and line feeds (env_value_is_valid).
  static func isValid(_ value: String) -> Bool {
    value.utf8.allSatisfy { ($0 >= 32 && $0 != 127) || $0 == 9 || $0 == 10 }
  }

  private mutating func addManager(_ unit: LoadedUnit, _ evidence: Evidence) {
    do {
      let manager = try ProgramSettings("system.conf", evidence)
      for assignment in manager.list("Manager", "DefaultEnvironment") { add(assignment, unit.name) }
    } catch {
      gap = error
    }
  }

  /// Names that systemd sets itself.
  static let managed = [
    "PATH", "LANG", "USER", "LOGNAME", "HOME", "SHELL", "TERM", "MAINPID", "MANAGERPID", "INVOCATION_ID",
    "RUNTIME_DIRECTORY", "STATE_DIRECTORY", "CACHE_DIRECTORY", "LOGS_DIRECTORY", "CONFIGURATION_DIRECTORY",
    "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "JOURNAL_STREAM",
    "WATCHDOG_PID", "WATCHDOG_USEC", "SYSTEMD_EXEC_PID",
  ]

  private mutating func addPassed(_ unit: LoadedUnit) {
    for name in Self.managed {
      unknown[name] = EvidenceGap(path: unit.path, reason: "systemd sets \(name) when it starts the unit")
    }
    for assignment in unit.list(unit.typeSection, "PassEnvironment") {
      for name in (try? SystemdWords.split(assignment.value, .strict)) ?? [] {
        unknown[name] = EvidenceGap(
          path: assignment.origin.path ?? unit.path,
          reason: "\(name) is handed on from process 1, whose environment is not in the image")
        // Stronger than DefaultEnvironment=.
        variables[name] = nil
      }
    }
  }

  /// `A=1 "B=2 3" C='4'`; a dollar is a dollar. What is malformed ends the assignment (config_parse_environ).
  private mutating func add(_ assignment: Variable, _ unit: UnitName) {
    var words: [String] = []
    do { words = try SystemdWords.split(assignment.value, .strict) } catch { words = error.words }
    for word in words {
      let text = UnitSpecifiers.expand(word, in: unit)
      guard let equals = text.firstIndex(of: "="), isShellName(text[..<equals]) else { continue }
      let value = String(text[text.index(after: equals)...])
      guard Self.isValid(value) else { continue }
      variables[String(text[..<equals])] = Variable(value: value, origin: assignment.origin)
    }
  }

  /// The whole value is one path or pattern; one that is not absolute is ignored (config_parse_unit_env_file).
  private mutating func addFile(_ assignment: Variable, _ unit: LoadedUnit, _ evidence: Evidence) {
    let isOptional = assignment.value.hasPrefix("-")
    let text = isOptional ? String(assignment.value.dropFirst()) : assignment.value
    let path = UnitSpecifiers.expand(text, in: unit.name)
    guard path.hasPrefix("/") else { return }
    do {
      let files = try Self.files(path, evidence)
      for file in files { try addFile(file, isOptional: isOptional, evidence) }
      if files.isEmpty, !isOptional { lose(path, Self.absence(of: path)) }
    } catch {
      lose(error)
    }
  }

  private static func files(_ path: String, _ evidence: Evidence) throws(EvidenceGap) -> [FileEntry] {
    if path.contains("%") {
      throw EvidenceGap(path: path, reason: "the path depends on the running machine")
    }
    guard path.contains(where: { "*?[".contains($0) }) else {
      return try evidence.entry(at: path).map { [$0] } ?? []
    }
    return try evidence.entries(matching: GlobPattern(path)).sorted { $0.path < $1.path }
  }

  private mutating func addFile(_ entry: FileEntry, isOptional: Bool, _ evidence: Evidence)
    throws(EvidenceGap)
  {
    guard case .found(let target) = evidence.index.target(of: entry), target.type == .regular else {
      return isOptional ? () : lose(entry.path, "not a regular file; systemd does not start the unit")
    }
    let bytes = try evidence.bytes(of: entry)
    let isOld = Self.joinsComments(evidence)
    guard let assignments = EnvironmentFileSyntax.read(bytes, joinsComments: isOld) else {
      return isOptional ? () : lose(entry.path, "not UTF-8; systemd does not start the unit")
    }
    for assignment in assignments {
      let text = "\(assignment.name)=\(assignment.value.prefix(200))"
      variables[assignment.name] = Variable(
        value: assignment.value,
        origin: Origin(
          path: entry.path, line: assignment.line, kind: entry.path.hasPrefix("/usr/") ? .vendor : .explicit,
          text: text))
    }
  }

  private static let places = [
    "/usr/lib/systemd/", "/lib/systemd/", "/usr/lib/*/systemd/", "/usr/lib64/systemd/",
  ]

  /// The number in the name of systemd's own library tells its version.
  private static func joinsComments(_ evidence: Evidence) -> Bool {
    let versions = places.flatMap { evidence.index.matches(GlobPattern("\($0)libsystemd-shared-*.so")) }
      .compactMap { Int($0.name.dropFirst("libsystemd-shared-".count).prefix(while: \.isASCIIDigit)) }
    return versions.max().map { $0 < 254 } ?? false
  }

  private static func absence(of path: String) -> String {
    let isVolatile = ["/run/", "/var/run/", "/tmp/", "/dev/", "/proc/", "/sys/"].contains {
      path.hasPrefix($0)
    }
    return isVolatile
      ? "a unit takes its environment from it, and only a running system has it"
      : "a unit takes its environment from it, and does not start without it"
  }

  private mutating func lose(_ path: String, _ reason: String) {
    lose(EvidenceGap(path: path, reason: reason))
  }

  /// What was known may have been overridden.
  private mutating func lose(_ gap: EvidenceGap) {
    self.gap = self.gap ?? gap
    variables = [:]
  }

  /// `NAME` whatever the value, `NAME=value` if it has this value.
  private mutating func remove(_ unit: LoadedUnit) {
    for assignment in unit.list(unit.typeSection, "UnsetEnvironment") {
      for word in (try? SystemdWords.split(assignment.value, .strict)) ?? [] {
        if let equals = word.firstIndex(of: "=") {
          let name = String(word[..<equals])
          if variables[name]?.value == String(word[word.index(after: equals)...]) {
            variables[name] = nil
            removed.insert(name)
          }
        } else {
          variables[word] = nil
          removed.insert(word)
        }
      }
    }
  }
}

import DiskImages
import Evidence

/// One line of the configuration and where it counts.
struct SshdDirective: Sendable, Hashable {
  var line: SSHConfigLine
  var origin: Origin
  /// The Match lines inside which it stands, outermost first; empty outside of every one. An included file
  /// inherits those of the line that includes it.
  var conditions: [SshdCriteria]
}

/// Reads sshd_config with everything that it includes, in the order in which sshd does.
///
/// The rules come from `process_server_config_line_depth` in servconf.c: an Include is expanded in place,
/// files of one pattern in the order of glob(3); a Match in an included file ends with that file; includes
/// nested deeper than 16 are fatal.
struct SshdConfigReader {
  private(set) var directives: [SshdDirective] = []
  /// What makes sshd refuse to start.
  private(set) var fatal: EvidenceGap?
  /// Absolute patterns of all Include lines that were read.
  private(set) var patterns: Set<String> = []

  private let evidence: Evidence
  private var budget = ReadBudget()
  private var matches: [String: [FileEntry]] = [:]
  private static let depthLimit = 16
  private static let patternLimit = 1000

  init(evidence: Evidence) { self.evidence = evidence }

  /// Reads a file and what it includes; nothing if there is no such file.
  mutating func read(_ path: String) throws(EvidenceGap) {
    guard let entry = try evidence.entry(at: path) else { return }
    try read(entry, path: path, conditions: [], depth: 0)
  }

  private mutating func read(
    _ entry: FileEntry, path: String, conditions: [SshdCriteria], depth: Int
  ) throws(EvidenceGap) {
    if depth > Self.depthLimit {
      fatal = EvidenceGap(path: path, reason: "sshd refuses it: includes nested more than 16 deep")
      return
    }
    let file = try evidence.text(of: entry)
    guard budget.spend(file) else {
      fatal = EvidenceGap(path: path, reason: "too much configuration to read")
      return
    }
    var match: SshdCriteria?
    for raw in file.lines where fatal == nil {
      guard let line = SSHConfigLine(raw) else { continue }
      if let problem = line.problem {
        fatal = EvidenceGap(path: path, reason: "sshd refuses line \(line.number): \(problem)")
        return
      }
      let scope = match.map { conditions + [$0] } ?? conditions
      switch line.keyword {
      case "match": match = SshdCriteria(line.arguments)
      case "include": try include(line, conditions: scope, depth: depth)
      default:
        let origin = Origin(path: path, line: line.number, kind: kind(path, depth), text: line.text)
        directives.append(SshdDirective(line: line, origin: origin, conditions: scope))
      }
    }
  }

  private mutating func include(
    _ line: SSHConfigLine, conditions: [SshdCriteria], depth: Int
  ) throws(EvidenceGap) {
    for argument in line.arguments {
      let pattern = argument.hasPrefix("/") ? argument : "/etc/ssh/\(argument)"
      patterns.insert(pattern)
      for entry in try entries(matching: pattern) where fatal == nil {
        try read(entry, path: entry.path, conditions: conditions, depth: depth + 1)
      }
    }
  }

  private mutating func entries(matching pattern: String) throws(EvidenceGap) -> [FileEntry] {
    if let known = matches[pattern] { return known }
    guard matches.count < Self.patternLimit else {
      fatal = EvidenceGap(path: pattern, reason: "too many Include lines to follow")
      return []
    }
    let found = try evidence.entries(matching: GlobPattern(pattern))
    matches[pattern] = found
    return found
  }

  private func kind(_ path: String, _ depth: Int) -> Origin.Kind {
    if path.hasPrefix("/usr/") { return .vendor }
    return depth == 0 ? .explicit : .dropIn
  }
}

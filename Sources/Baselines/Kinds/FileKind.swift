import DiskImages
import Evidence
import Facts

/// Judges files by path: whether they exist, their type, mode, owner, access list and size.
///
/// Modes and owners are those after the next boot, which tmpfiles.d(5) may change. Symbolic links are
/// followed within the guest.
public struct FileKind: CheckKind {
  public static let name = "file"
  public static let summary =
    "Reads the inodes that paths or patterns name and decides on existence, type, mode, owner and "
    + "size, as the next boot leaves them (tmpfiles.d)."
  public static let parameters: [ParameterSpecification] =
    [
      .init("path", .textList, "absolute paths; *, ? and [] within a name, ** for any depth"),
      .init("paths", .textList, "the same as path"),
      .init("exclude", .textList, "patterns of paths that are left out, with what lies below them"),
      .init("only", .choice(types), "counts only entries of this type, before links are followed"),
      .init("follow", .boolean, "judges what a symbolic link points at; true unless given"),
      .init("exists", .boolean, "there is such a file, or there is none"),
      .init("type", .choice(types), "the file is of this type"),
      .init("empty", .boolean, "a file without content, a directory without entries; or the opposite"),
      .init("size_max", .integer, "the file has at most this many bytes"),
      .init(
        "if_absent", .choice(["pass", "fail"]), "the answer for a path without a file; pass unless given"),
    ] + FileRequirement.parameters

  static let types = FileType.allCases.filter { $0 != .unknown }.map(\.rawValue)

  private let paths: [String]
  private let exclude: PathPatterns
  private let only: FileType?
  private let follows: Bool
  private let exists: Bool?
  private let type: FileType?
  private let isEmpty: Bool?
  private let sizeMax: Int64?
  private let absentFails: Bool
  private let requirement: FileRequirement

  public init(_ parameters: Parameters) throws(ParameterError) {
    paths = parameters.list("path") + parameters.list("paths")
    if paths.isEmpty { throw ParameterError(nil, "'path' is missing") }
    for path in paths where !path.hasPrefix("/") {
      throw ParameterError(parameters.has("path") ? "path" : "paths", "'\(path)' is not an absolute path")
    }
    exclude = PathPatterns(parameters.list("exclude"))
    only = parameters.text("only").flatMap(FileType.init)
    follows = parameters.boolean("follow") ?? true
    exists = parameters.boolean("exists")
    type = parameters.text("type").flatMap(FileType.init)
    isEmpty = parameters.boolean("empty")
    sizeMax = parameters.integer("size_max").map(Int64.init)
    absentFails = parameters.text("if_absent") == "fail" || exists == true
    requirement = try FileRequirement(parameters)
    let asks = type != nil || isEmpty != nil || sizeMax != nil || !requirement.isEmpty
    if exists == nil, !asks {
      throw ParameterError(
        nil, "one of exists, type, mode_max, mode, owner, group, acl, empty, size_max is missing")
    }
    if exists == false, asks { throw ParameterError("exists", "exists: false leaves nothing else to ask") }
  }

  public var plan: CollectionPlan { CollectionPlan([IdentityNames.self, Tmpfiles.self, StatOverrides.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let context = Context(
      evidence: facts.evidence, names: try facts.model(), tmpfiles: try facts.model(),
      overrides: try facts.model())
    var outcomes: [Outcome] = []
    var seen: Set<UInt32> = []
    for path in paths {
      outcomes +=
        path.isGlob ? try judge(pattern: path, context, &seen) : try judge(path: path, context, &seen)
    }
    return outcomes
  }

  private struct Context {
    let evidence: Evidence
    let names: IdentityNames
    let tmpfiles: Tmpfiles
    let overrides: StatOverrides
  }

  private func judge(path: String, _ context: Context, _ seen: inout Set<UInt32>) throws(EvidenceGap)
    -> [Outcome]
  {
    let found = try context.evidence.entry(at: path, followLast: false)
    let target = follows ? try context.evidence.entry(at: path) : found
    if let found, let target, !exclude.matchOrHold(path), only == nil || found.type == only {
      guard seen.insert(target.id).inserted else { return [] }
      return [judge(target, path: path, context)]
    }
    if found == nil, let change = context.tmpfiles.creation(of: path) {
      return [judge(change, path: path, context)]
    }
    let detail =
      if let found, target != nil { "a \(found.type.rawValue), which does not count" } else if found != nil {
        "a symbolic link that leads nowhere"
      } else { "absent" }
    return [Outcome(absentFails ? .fail : .pass, subject: path, expected: expected, actual: detail)]
  }

  /// One answer for each file that does not pass, or one for all.
  private func judge(
    pattern: String, _ context: Context, _ seen: inout Set<UInt32>
  ) throws(EvidenceGap) -> [Outcome] {
    var findings = CappedOutcomes()
    var count = 0
    for match in try context.evidence.entries(matching: GlobPattern(pattern)) {
      if let only, match.type != only { continue }
      guard let target = try follow(match, context), seen.insert(target.id).inserted else { continue }
      if !exclude.isEmpty, exclude.matchOrHold(match.path) { continue }
      count += 1
      if exists == false {
        findings.add(judge(target, path: match.path, context))
      } else if !quickPass(target, context) {
        let outcome = judge(target, path: match.path, context)
        if outcome.verdict != .pass { findings.add(outcome) }
      }
    }
    if !findings.isEmpty { return findings.all(subject: pattern) }
    let passes = count > 0 || !absentFails
    return [
      Outcome(
        passes ? .pass : .fail, subject: pattern, expected: expected,
        actual: count == 0 ? "no such file" : "\(count) \(count == 1 ? "file" : "files"), all as expected")
    ]
  }

  private func follow(_ entry: FileEntry, _ context: Context) throws(EvidenceGap) -> FileEntry? {
    guard follows, entry.type == .symbolicLink else { return entry }
    switch context.evidence.index.target(of: entry) {
    case .found(let target): return target
    case .absent: return nil
    case .loop: throw EvidenceGap(path: entry.path, reason: "too many symbolic links")
    case .unknown(let gap): throw EvidenceGap(path: entry.path, reason: gap.reason)
    }
  }

  /// Spares the many files of a large tree the making of words: nothing but the inode is looked at.
  private func quickPass(_ entry: FileEntry, _ context: Context) -> Bool {
    guard type == nil, isEmpty == nil, sizeMax == nil,
      context.tmpfiles.changes[entry.id] == nil
    else {
      return false
    }
    return requirement.objections(to: FileState(entry), context.names).isEmpty
  }

  private func judge(_ entry: FileEntry, path: String, _ context: Context) -> Outcome {
    let state = FileState(entry, path: path, context.names, context.tmpfiles, context.overrides)
    if exists == false {
      let actual =
        entry.type == .regular ? "present, \(entry.metadata.size) bytes" : "present, a \(entry.type.rawValue)"
      return Outcome(.fail, subject: path, expected: expected, actual: actual, evidence: state.evidence)
    }
    var objections: [String] = []
    if let type, entry.type != type { objections.append("a \(entry.type.rawValue)") }
    if let isEmpty, isEmpty != Self.isEmpty(entry) { objections.append(Self.contentWords(entry)) }
    if let sizeMax, entry.type == .regular, entry.metadata.size > sizeMax {
      objections.append("\(entry.metadata.size) bytes")
    }
    objections += requirement.objections(to: state, context.names)
    let boot = state.isOfNextBoot ? " from the next boot on" : ""
    return Outcome(
      objections.isEmpty ? .pass : .fail, subject: path, expected: expected,
      actual: objections.isEmpty ? state.words(context.names) : objections.joined(separator: ", ") + boot,
      evidence: state.evidence)
  }

  /// Something that is absent now and that the next boot makes.
  private func judge(_ change: Tmpfiles.Change, path: String, _ context: Context) -> Outcome {
    let state = FileState(change)
    let made = change.creates ?? "file"
    if exists == false {
      return Outcome(
        .fail, subject: path, expected: expected, actual: "absent, but the next boot makes a \(made)",
        evidence: state.evidence)
    }
    var objections = requirement.objections(to: state, context.names)
    if let type, type.rawValue != made { objections.append("a \(made)") }
    return Outcome(
      objections.isEmpty ? .pass : .fail, subject: path, expected: expected,
      actual: (objections.isEmpty
        ? "made with \(state.words(context.names))"
        : objections.joined(separator: ", ") + " from the next boot on"),
      evidence: state.evidence)
  }

  private static func isEmpty(_ entry: FileEntry) -> Bool {
    entry.type == .directory ? entry.children.isEmpty : entry.type != .regular || entry.metadata.size == 0
  }

  private static func contentWords(_ entry: FileEntry) -> String {
    if isEmpty(entry) { return "empty" }
    return entry.type == .directory ? "\(entry.children.count) entries" : "\(entry.metadata.size) bytes"
  }

  /// The requirement in words.
  private var expected: String {
    if exists == false { return "absent" }
    var parts: [String] = []
    if exists == true { parts.append("present") }
    if let type { parts.append("a \(type.rawValue)") }
    if let isEmpty { parts.append(isEmpty ? "empty" : "not empty") }
    if let sizeMax { parts.append("at most \(sizeMax) bytes") }
    if !requirement.words.isEmpty { parts.append(requirement.words) }
    return parts.joined(separator: ", ")
  }

  public var fix: Fix? {
    if exists == false {
      let safe = paths.filter { !$0.contains("**") }
      guard safe.count == paths.count, only != .directory, exclude.isEmpty else { return nil }
      let shell = "rm -f -- " + safe.map(shellPattern).joined(separator: " ")
      let ansible =
        safe.count == 1 && !safe[0].isGlob
        ? "ansible.builtin.file:\n  path: \(yamlQuoted(safe[0]))\n  state: absent"
        : "ansible.builtin.shell: \(yamlQuoted(shell))"
      return Fix(shell: shell, ansible: ansible)
    }
    if isEmpty == true, requirement.isEmpty, !paths.contains(where: { $0.isGlob }) {
      let shell = paths.map { "[ ! -f \(shellQuoted($0)) ] || : > \(shellQuoted($0))" }.joined(
        separator: "\n")
      return Fix(shell: shell, ansible: "ansible.builtin.shell: \(yamlQuoted(shell))")
    }
    guard type == nil, isEmpty == nil, sizeMax == nil, exclude.isEmpty, only == nil else { return nil }
    return requirement.fix(paths: paths)
  }
}

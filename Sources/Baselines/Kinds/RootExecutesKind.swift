import DiskImages
import Evidence
import Facts

/// Who besides root can change what root executes.
public struct RootExecutesKind: CheckKind {
  public static let name = "root_executes"
  public static let summary =
    "Looks at what root executes - jobs of cron, programs of units, hooks, start files of its shells, directories of "
    + "its PATH, targets of sudo without password, preloaded libraries -: no other account can change it, put another "
    + "file in its place, or create one that is missing. Symbolic links and directories above count."
  public static let parameters: [ParameterSpecification] = [
    .init("exclude", .textList, "patterns of paths that are left out, with what lies below them")
  ]

  private let exclude: PathPatterns

  public init(_ parameters: Parameters) throws(ParameterError) {
    exclude = PathPatterns(parameters.list("exclude"))
  }

  public var plan: CollectionPlan { CollectionPlan([RootPrograms.self, InterestingInodes.self]) }

  private static let expected = "only root can change it"

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let programs: RootPrograms = try facts.model()
    let inodes: InterestingInodes = try facts.model()
    let names: IdentityNames = try facts.model()
    var writers = Writers(inodes: inodes, names: names)
    var findings = CappedOutcomes()
    var unknown = gaps(programs.gaps)
    var hidden: Set<String> = []
    var told: [UInt32: Set<[String]>] = [:]
    for program in programs.programs where !exclude.matchOrHold(program.path) {
      if FileScanKind.isPseudo(program.path) { continue }
      let passage = PathPassage(program.path, facts.evidence.index)
      if let gap = passage.gap, hidden.insert(gap.path).inserted {
        unknown += gaps([EvidenceGap(path: gap.path, reason: gap.reason)])
      }
      let found = writers.writers(of: passage)
      if found.isEmpty { continue }
      // One file under two names, such as /sbin/cron and /usr/sbin/cron, is one finding.
      if passage.vacancy == nil, let last = passage.inodes.last,
        !told[last.id, default: []].insert(found).inserted
      {
        continue
      }
      findings.add(Self.finding(program, found, inodes, passage, names))
    }
    if unknown.isEmpty, findings.isEmpty {
      return [
        Outcome(
          .pass, subject: "what root executes", expected: Self.expected,
          actual: "\(programs.programs.count) files and folders, none that others can change")
      ]
    }
    return unknown + findings.all(subject: "what root executes")
  }

  private func gaps(_ gaps: [EvidenceGap]) -> [Outcome] {
    gaps.map { gap in
      Outcome(
        .undecided(reason: gap.description), subject: gap.path, expected: Self.expected,
        actual: "could not be read")
    }
  }

  private static func finding(
    _ program: RootProgram, _ writers: [String], _ inodes: InterestingInodes, _ passage: PathPassage,
    _ names: IdentityNames
  ) -> Outcome {
    var evidence: [EvidenceLine] = []
    if let last = passage.inodes.last {
      let (uid, gid) = inodes.owner(of: last)
      let mode = octal(inodes.permissions(of: last))
      evidence.append(
        EvidenceLine(
          path: last.path, text: "\(mode) \(names.text(uid: uid, gid: gid))", origin: "on the disk"))
    }
    if let origin = program.origin { evidence.append(EvidenceLine(origin)) }
    let who = writers.prefix(3).joined(separator: "; ")
    return Outcome(
      .fail, subject: program.path, expected: expected, actual: "\(program.role); writable: \(who)",
      evidence: evidence)
  }
}

/// Who can change inodes, asked once of every directory.
private struct Writers {
  let inodes: InterestingInodes
  let names: IdentityNames
  private var byDirectory: [UInt32: [String]] = [:]

  init(inodes: InterestingInodes, names: IdentityNames) {
    self.inodes = inodes
    self.names = names
  }

  /// Everybody who can decide what is found under the path.
  mutating func writers(of passage: PathPassage) -> [String] {
    var found: [String] = []
    for inode in passage.inodes { found += writers(of: inode) }
    if let vacancy = passage.vacancy, vacancy.type == .directory {
      // The sticky bit does not keep anybody from creating what is not there.
      let own = inodes.directWriters(of: vacancy, names).map { "\(vacancy.path): \($0)" }
      found += (own + aboveWriters(of: vacancy)).map { "missing, \($0)" }
    }
    var seen: Set<String> = []
    return found.filter { seen.insert($0).inserted }
  }

  private mutating func writers(of inode: FileEntry) -> [String] {
    if inode.type == .directory { return inodes.directWriters(of: inode, names) + aboveWriters(of: inode) }
    return inodes.directWriters(of: inode, names) + aboveWriters(of: inode)
  }

  private mutating func aboveWriters(of inode: FileEntry) -> [String] {
    let directory = inode.parent
    // The sticky bit protects what belongs to others, and a link of its owner's is the owner's.
    if inodes.permissions(of: directory) & 0o1000 != 0 { return inodes.writersAbove(inode, names) }
    if let known = byDirectory[directory.id] { return known }
    let found = inodes.writersAbove(inode, names)
    byDirectory[directory.id] = found
    return found
  }
}

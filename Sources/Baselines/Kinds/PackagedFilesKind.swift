import DiskImages
import Evidence
import Facts

/// Compares what packages brought with what lies on the disk.
public struct PackagedFilesKind: CheckKind {
  public static let name = "packaged_files"
  public static let summary =
    "Compares the files of packages with what the package database records: dpkg's digests, rpm's, apk's and pacman's "
    + "digests, modes and owners, rpm's and pacman's targets of links. Configuration files may differ, and what was "
    + "left out at installation may be missing. Many findings of one package become one."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "content", .choice(["unaltered"]),
      "contents have the recorded digest, and links point where the package lets them"),
    .init(
      "of", .choice(Selection.allCases.map(\.rawValue)),
      "whose contents: programs and shared objects, or all other files, which are read with --verify all alone; "
        + "programs unless given"),
    .init("present", .boolean, "true: no file is missing"),
    .init("mode", .choice(["no_wider"]), "the mode has no bit that the record has not"),
    .init("owner", .choice(["recorded"]), "user and group are those of the record"),
    .init("exclude", .textList, "patterns of paths that are left out, with what lies below them"),
  ]

  enum Selection: String, CaseIterable { case programs, others }

  private enum Question { case content(Selection), presence, mode, owner }

  private let question: Question
  private let exclude: PathPatterns

  public init(_ parameters: Parameters) throws(ParameterError) {
    var questions: [Question] = []
    if parameters.has("content") {
      questions.append(.content(parameters.text("of").flatMap(Selection.init) ?? .programs))
    } else if parameters.has("of") {
      throw ParameterError("of", "'of' says whose content is compared; 'content' is missing")
    }
    if let present = parameters.boolean("present") {
      guard present else {
        throw ParameterError("present", "packaged files are present; only true makes sense")
      }
      questions.append(.presence)
    }
    if parameters.has("mode") { questions.append(.mode) }
    if parameters.has("owner") { questions.append(.owner) }
    guard let first = questions.first, questions.count == 1 else {
      throw ParameterError(nil, "one of content, present, mode, owner has to be given, and one alone")
    }
    question = first
    exclude = PathPatterns(parameters.list("exclude"))
  }

  public var plan: CollectionPlan {
    var plan = CollectionPlan([RecordedFiles.self, IdentityNames.self])
    if case .content = question { plan.add(DigestProbe()) }
    return plan
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let files: RecordedFiles = try facts.model()
    guard files.isKnown else {
      throw EvidenceGap(path: "/", reason: "no package database that says which files packages brought")
    }
    var deviations = PackageDeviations(expected: expected)
    var places: Set<String> = []
    let judge = try judge(files, facts)
    for item in files.items {
      if case .unknown(let gap) = item.place {
        if places.insert(gap.path).inserted { deviations.addUnknown(gap.path, gap.reason) }
        continue
      }
      guard let answer = judge(item) else { continue }
      deviations.judged += 1
      guard let actual = answer else { continue }
      let path = displayText(item.record.path)
      if !exclude.matchOrHold(path) { deviations.add(path, actual, item.record) }
    }
    return deviations.outcomes(passing: subject)
  }

  /// What is wrong with a file, in words: nil of nothing asked, `.some(nil)` of nothing wrong.
  private typealias Judge = (RecordedFiles.Item) -> Finding??

  private func judge(_ files: RecordedFiles, _ facts: GuestFacts) throws(EvidenceGap) -> Judge {
    switch question {
    case .content(let selection): return try contentJudge(selection, files, facts)
    case .presence: return Self.presence
    case .mode:
      try requireModes(files)
      return Self.mode
    case .owner:
      try requireModes(files)
      let names: IdentityNames = try facts.model()
      return { Self.owner($0, names) }
    }
  }

  private func requireModes(_ files: RecordedFiles) throws(EvidenceGap) {
    guard files.hasModes else {
      throw EvidenceGap(
        path: "/",
        reason: "the package database (\(files.formats.sorted().joined(separator: ", "))) records no modes")
    }
  }

  private func contentJudge(
    _ selection: Selection, _ files: RecordedFiles, _ facts: GuestFacts
  ) throws(EvidenceGap) -> Judge {
    guard files.hasDigests else {
      throw EvidenceGap(path: "/", reason: "the package database records no digests that Brinell reads")
    }
    let answer = try facts.evidence.answer(of: DigestProbe.self)
    let scope = DigestProbe.Scope(rawValue: answer.scope) ?? .none
    if scope == .none {
      throw EvidenceGap(path: "/", reason: "contents were not compared (--verify none)")
    }
    if selection == .others, scope != .all {
      throw EvidenceGap(path: "/", reason: "contents of programs alone were compared; use --verify all")
    }
    let index = facts.evidence.index
    return { item in
      if let target = item.record.target {
        return Self.link(item, to: target, index, isOfPrograms: selection == .programs)
      }
      guard let file = item.comparedFile(index), file.isProgram == (selection == .programs) else {
        return selection == .programs ? nil : Self.notARegularFile(item)
      }
      if let reason = answer.unread[file.id] { return .unknown(reason) }
      guard let record = answer.records[file.id] else {
        return .unknown("not compared when it was collected")
      }
      return .some(record.isUnaltered ? nil : .altered(record.digest))
    }
  }

  /// A link counts among programs if it leads to one now.
  private static func link(
    _ item: RecordedFiles.Item, to target: [UInt8], _ index: FileIndex, isOfPrograms: Bool
  ) -> Finding?? {
    guard !item.record.isConfiguration, case .entry(let entry) = item.place else { return nil }
    var isProgram = false
    if case .found(let file) = index.target(of: entry) { isProgram = file.isProgram }
    guard isProgram == isOfPrograms else { return nil }
    guard entry.type == .symbolicLink, let actual = entry.linkTargetBytes else {
      return .wrong("now a \(entry.type.rawValue), recorded as a link to \(displayText(target))")
    }
    if actual == target { return .some(nil) }
    return .wrong("link to \(displayText(actual)), recorded \(displayText(target))")
  }

  private static func notARegularFile(_ item: RecordedFiles.Item) -> Finding?? {
    guard item.record.digest != nil, !item.record.isConfiguration, !item.record.isContentFree,
      case .entry(let entry) = item.place, entry.type != .regular, entry.type != .symbolicLink
    else { return nil }
    return .wrong("now a \(entry.type.rawValue)")
  }

  private static func presence(_ item: RecordedFiles.Item) -> Finding?? {
    // dpkg does not tell folders and links from files that have no digest.
    guard !item.record.mayBeMissing, item.record.digest != nil || item.record.mode != nil else { return nil }
    if case .absent = item.place { return .wrong("missing") }
    return .some(nil)
  }

  private static func mode(_ item: RecordedFiles.Item) -> Finding?? {
    guard let mode = item.record.mode, !item.record.isModeFree, case .entry(let entry) = item.place,
      entry.type != .symbolicLink
    else { return nil }
    let wider = entry.permissions & ~mode & 0o7777
    return .some(
      wider == 0 ? nil : .wrong("mode \(octal(entry.permissions)), recorded \(octal(mode & 0o7777))"))
  }

  private static func owner(_ item: RecordedFiles.Item, _ names: IdentityNames) -> Finding?? {
    // A name without a number is a question of its own.
    guard !item.record.isOwnerFree, case .entry(let entry) = item.place, let owner = item.record.owner,
      let group = item.record.group, let uid = names.uid(owner), let gid = names.gid(group)
    else { return nil }
    let metadata = entry.metadata
    if metadata.uid == uid, metadata.gid == gid { return .some(nil) }
    return .wrong("\(names.text(uid: metadata.uid, gid: metadata.gid)), recorded \(owner):\(group)")
  }

  private var subject: String {
    if case .content(.programs) = question { return "packaged programs" }
    return "packaged files"
  }

  private var expected: String {
    switch question {
    case .content: "as the package brought it"
    case .presence: "present"
    case .mode: "no wider than the package's mode"
    case .owner: "the package's user and group"
    }
  }
}

extension PackagedFilesKind {
  /// What is wrong with one file.
  enum Finding {
    case wrong(String)
    /// The digest of the content, where it is kept.
    case altered(String?)
    case unknown(String)
  }
}

/// Collects what is wrong with files of packages; a package with many becomes one finding.
private struct PackageDeviations {
  /// A package with more is told in one line.
  private static let singleLimit = 10
  private static let named = 5

  let expected: String
  var judged = 0
  private var byPackage: [String: (files: [(path: String, outcome: Outcome)], count: Int)] = [:]
  private var unread: (count: Int, first: String)?
  private var unknown: [Outcome] = []

  init(expected: String) { self.expected = expected }

  mutating func addUnknown(_ path: String, _ reason: String) {
    unknown.append(
      Outcome(
        .undecided(reason: "\(path): \(reason)"), subject: path, expected: expected, actual: "not readable"))
  }

  mutating func add(_ path: String, _ finding: PackagedFilesKind.Finding, _ record: RecordedFile) {
    let actual: String
    switch finding {
    case .unknown(let reason):
      unread = ((unread?.count ?? 0) + 1, unread?.first ?? "\(path): \(reason)")
      return
    case .wrong(let words): actual = words
    case .altered(let digest):
      let name = record.digest?.algorithm.rawValue ?? ""
      actual = "altered" + (digest.map { ", \(name) \($0)" } ?? "")
    }
    var known = byPackage[record.package] ?? ([], 0)
    known.count += 1
    if known.files.count <= Self.singleLimit {
      let evidence = EvidenceLine(path: path, text: actual, origin: "of package \(record.package)")
      let outcome = Outcome(
        .fail, subject: path, expected: expected, actual: "\(actual) (package \(record.package))",
        evidence: [evidence])
      known.files.append((path, outcome))
    }
    byPackage[record.package] = known
  }

  func outcomes(passing subject: String) -> [Outcome] {
    var outcomes = CappedOutcomes()
    for (package, found) in byPackage.sorted(by: { $0.key < $1.key }) {
      if found.count <= Self.singleLimit {
        for file in found.files { outcomes.add(file.outcome) }
      } else {
        outcomes.add(summary(package, found.files, found.count))
      }
    }
    var all = unknown + outcomes.all(subject: subject)
    if let unread {
      all.append(
        Outcome(
          .undecided(reason: "\(unread.count) files could not be compared, the first: \(unread.first)"),
          subject: "unread files", expected: expected, actual: "unknown"))
    }
    if all.isEmpty {
      return [
        Outcome(.pass, subject: subject, expected: expected, actual: "\(judged) compared, none differs")
      ]
    }
    return all
  }

  private func summary(_ package: String, _ files: [(path: String, outcome: Outcome)], _ count: Int)
    -> Outcome
  {
    let paths = files.prefix(Self.named).map(\.path).joined(separator: ", ")
    return Outcome(
      .fail, subject: "package \(package)", expected: expected,
      actual: "\(count) files: \(paths) and \(count - Self.named) more",
      evidence: files.prefix(Self.named).flatMap(\.outcome.evidence))
  }
}

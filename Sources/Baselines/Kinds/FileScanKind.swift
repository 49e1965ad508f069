import DiskImages
import Evidence
import Facts

/// Searches the tree for inodes with properties that matter for security, and judges those that are found.
public struct FileScanKind: CheckKind {
  public static let name = "file_scan"
  public static let summary =
    "Searches the whole tree, /proc, /sys, /dev and /run apart, for inodes with certain properties; "
    + "each that no allowance names is a finding."
  public static let parameters: [ParameterSpecification] =
    [
      .init("roots", .textList, "directories that are searched; / unless given"),
      .init("exclude", .textList, "patterns of paths that are left out, with what lies below them"),
      .init("where", .textList, "properties of which one suffices: \(properties)"),
      .init("also", .textList, "properties of which all are needed besides"),
      .init("names", .textList, "patterns for the last component of the path, of which one has to match"),
      .init("type", .choice(FileKind.types), "looks only at entries of this type"),
      .init(
        "allow", .textList,
        "paths or patterns that are no finding; `PATH PACKAGE|PACKAGE` only if one of the packages "
          + "brought the file"
      ),
      .init(
        "recorded", .boolean,
        "whether a file may have the set-id bits and capabilities that its package records, and no others"),
    ] + FileRequirement.parameters

  private static let properties = ScanProperty.allCases.map(\.rawValue).joined(separator: ", ")

  private let roots: [String]
  private let exclude: PathPatterns
  private let selection: Set<ScanProperty>
  private let also: Set<ScanProperty>
  private let names: NamePatterns
  private let type: FileType?
  private let allowances: Allowances
  private let usesRecords: Bool
  private let requirement: FileRequirement

  public init(_ parameters: Parameters) throws(ParameterError) {
    roots = parameters.has("roots") ? parameters.list("roots") : ["/"]
    for root in roots where !root.hasPrefix("/") {
      throw ParameterError("roots", "'\(root)' is not an absolute path")
    }
    exclude = PathPatterns(parameters.list("exclude"))
    selection = try Set(parameters.cases("where"))
    also = try Set(parameters.cases("also"))
    names = NamePatterns(parameters.list("names"))
    type = parameters.text("type").flatMap(FileType.init)
    allowances = Allowances(parameters.list("allow"))
    usesRecords = parameters.boolean("recorded") ?? false
    requirement = try FileRequirement(parameters)
    if selection.isEmpty, names.isEmpty { throw ParameterError("where", "one of where, names is missing") }
  }

  private var asksForPackages: Bool { selection.union(also).contains(.unpackaged) }

  public var plan: CollectionPlan {
    var plan = CollectionPlan([InterestingInodes.self])
    if asksForPackages || allowances.namesPackages { plan.add(PackagedFiles.self) }
    if usesRecords { plan.add(RecordedFiles.self) }
    return plan
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let scan = try Scan(facts, needsPackages: asksForPackages)
    let gaps = gaps(facts.evidence)
    var findings = CappedOutcomes()
    let tops = try tops(facts.evidence)
    let packages = allowances.namesPackages ? try facts.model(PackagedFiles.self) : nil
    let records = usesRecords ? try facts.model(RecordedFiles.self) : nil
    let topIDs = Set(tops.map(\.id))
    var seen: Set<UInt32> = []
    for entry in candidates(below: tops, scan) where matches(entry, scan) && seen.insert(entry.id).inserted {
      let path = entry.path
      if Self.isPseudo(path) || exclude.matchOrHold(path) || !isBelow(topIDs, entry) { continue }
      if selection.contains(.unowned) || selection.contains(.ungrouped) {
        if let outcome = try unresolvable(entry, path, scan) { findings.add(outcome) }
        continue
      }
      switch records.map({ RecordedRights.verdict(on: entry, $0) }) ?? .unrecorded {
      case .recorded: continue
      case .deviates(let words):
        findings.add(finding(entry, path, scan, foreignTo: nil, words))
        continue
      case .unrecorded: break
      }
      switch allowances.verdict(on: entry, path, packages) {
      case .allowed: continue
      case .foreign(let packages): findings.add(finding(entry, path, scan, foreignTo: packages))
      case .unlisted:
        if requirement.isEmpty {
          findings.add(finding(entry, path, scan, foreignTo: nil))
        } else if let outcome = judged(entry, path, scan) {
          findings.add(outcome)
        }
      }
    }
    let subject = roots.joined(separator: ", ")
    if gaps.isEmpty, findings.isEmpty {
      return [Outcome(.pass, subject: subject, expected: expected, actual: "none found")]
    }
    return gaps + findings.all(subject: subject)
  }

  private func tops(_ evidence: Evidence) throws(EvidenceGap) -> [FileEntry] {
    var tops: [FileEntry] = []
    for root in roots {
      if let entry = try evidence.entry(at: root) { tops.append(entry) }
    }
    return tops
  }

  /// Subtrees about which nothing is known: what lies there is undecided, whatever else is found.
  private func gaps(_ evidence: Evidence) -> [Outcome] {
    evidence.index.gaps.filter { gap in
      !Self.isPseudo(gap.path) && !exclude.matchOrHold(gap.path)
        && roots.contains { root in
          root == "/" || gap.path == "/" || gap.path == root || gap.path.hasPrefix(root + "/")
            || root.hasPrefix(gap.path + "/")
        }
    }.map { gap in
      Outcome(
        .undecided(reason: "\(gap.path): \(gap.reason)"), subject: gap.path, expected: expected,
        actual: "could not be read")
    }
  }

  static func isPseudo(_ path: String) -> Bool {
    ["/proc", "/sys", "/dev", "/run"].contains { path == $0 || path.hasPrefix($0 + "/") }
  }

  private func isBelow(_ tops: Set<UInt32>, _ entry: FileEntry) -> Bool {
    if tops.contains(0) { return true }
    var current = entry
    for _ in 0..<4096 {
      if current.id == 0 { return false }
      current = current.parent
      if tops.contains(current.id) { return true }
    }
    return false
  }

  /// The shared buckets where they hold all that is asked for, else everything below the roots.
  private func candidates(below tops: [FileEntry], _ scan: Scan) -> [FileEntry] {
    let buckets = selection.compactMap { InterestingInodes.Property(rawValue: $0.rawValue) }
    if !selection.isEmpty, buckets.count == selection.count {
      let entries = buckets.flatMap { scan.inodes.entries($0) }
      return buckets.count == 1 ? entries : entries.sorted { $0.id < $1.id }
    }
    return tops.flatMap { top in top.subtree.filter { $0.id != top.id } }
  }

  private func matches(_ entry: FileEntry, _ scan: Scan) -> Bool {
    if let type, entry.type != type { return false }
    if !names.isEmpty, !names.match(entry.nameBytes) { return false }
    if !selection.isEmpty, !selection.contains(where: { scan.has(entry, $0) }) { return false }
    return also.allSatisfy { scan.has(entry, $0) }
  }

  /// A finding for what does not meet the requirement.
  private func judged(_ entry: FileEntry, _ path: String, _ scan: Scan) -> Outcome? {
    let state = scan.state(entry, path)
    let objections = requirement.objections(to: state, scan.names)
    if objections.isEmpty { return nil }
    return Outcome(
      .fail, subject: path, expected: expected, actual: objections.joined(separator: ", "),
      evidence: state.evidence)
  }

  private func finding(
    _ entry: FileEntry, _ path: String, _ scan: Scan, foreignTo packages: [String]?,
    _ deviation: String? = nil
  ) -> Outcome {
    let state = scan.state(entry, path)
    var details = [state.words(scan.names)]
    if entry.type != .regular { details.insert(entry.type.rawValue, at: 0) }
    if let capabilities = entry.capabilities { details.append(capabilities.words) }
    if selection.contains(.acl) || also.contains(.acl), let list = entry.accessList {
      details += list.widening.map { $0.words(scan.names) }
    }
    if selection.contains(.writable) || also.contains(.writable) {
      details.append(
        "writable: " + scan.inodes.writersBesidesRoot(of: entry, scan.names).prefix(3).joined(separator: "; ")
      )
    }
    if let target = entry.linkTarget { details.append("-> \(target)") }
    if let deviation { details.append(deviation) }
    if let packages { details.append("not from package \(packages.joined(separator: " or "))") }
    return Outcome(
      .fail, subject: path, expected: expected, actual: details.joined(separator: ", "),
      evidence: state.evidence)
  }

  /// An inode whose owner or group has no name; names may come from elsewhere at run time.
  private func unresolvable(_ entry: FileEntry, _ path: String, _ scan: Scan) throws(EvidenceGap) -> Outcome?
  {
    guard scan.names.hasDatabase else {
      throw EvidenceGap(path: "/etc/passwd", reason: "the guest has no user database")
    }
    let state = scan.state(entry, path)
    // systemd gives what services with DynamicUser= keep a number of this range (systemd.exec(5)).
    let isPrivate = ["/var/lib/private/", "/var/cache/private/", "/var/log/private/"].contains {
      path.hasPrefix($0)
    }
    if isPrivate, (61184...65519).contains(state.uid) { return nil }
    if allowances.patterns.match(path) { return nil }
    let verdict: Outcome.Verdict =
      scan.names.remoteSources.isEmpty
      ? .fail
      : .undecided(
        reason: "names also come from \(scan.names.remoteSources.joined(separator: ", ")) (nsswitch.conf)")
    return Outcome(
      verdict, subject: path, expected: expected, actual: "\(state.words(scan.names))",
      evidence: state.evidence)
  }

  private var expected: String {
    if !requirement.isEmpty { return requirement.words }
    let what = type.map { $0 == .regular ? "file" : $0.rawValue } ?? "file"
    var words: [String] = []
    if selection != [.any] { words.append(selection.map(\.words).sorted().joined(separator: " or ")) }
    words += also.map(\.words).sorted()
    if !names.isEmpty { words.append("named \(names.words)") }
    if !allowances.isEmpty { words.append("that is not listed") }
    return "no \(what) " + words.filter { !$0.isEmpty }.joined(separator: ", ")
  }
}

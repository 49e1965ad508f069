import DiskImages
import Evidence
import Facts

/// Judges what a build leaves behind: one finding for each place, with the number of files and the space.
public struct LeftoverKind: CheckKind {
  public static let name = "leftover"
  public static let summary =
    "Looks for what a build leaves behind, by path or by name, and says for each place how many files there are and "
    + "what they take. Sizes are those that files claim; a sparse file takes less."
  public static let parameters: [ParameterSpecification] = [
    .init("paths", .textList, "patterns of what must not be there; a directory counts with all below it"),
    .init(
      "names", .textList, "patterns of the last component of what must not be there, anywhere below roots"),
    .init("roots", .textList, "directories that are searched for names; / unless given"),
    .init("exclude", .textList, "patterns of paths that are not looked at, with what lies below them"),
    .init("allow", .textList, "patterns of paths that may stay, with what lies below them"),
    .init(
      "where", .textList,
      "conditions, all of which are needed: unpackaged (no package brought it and no tool makes it of what packages "
        + "brought), dangling (a symbolic link that leads nowhere), nobodys (named after no account, home of none)"
    ),
    .init(
      "by", .choice(LeftoverSearch.Grouping.allCases.map(\.rawValue)),
      "what one finding stands for: what matched or the directory of a wildcard (place, the usual one), the directory "
        + "that holds it, or the top directory"),
    .init(
      "count", .choice(LeftoverSearch.Counting.allCases.map(\.rawValue)),
      "files that are not empty (content, the usual one), or everything but directories"),
    .init("min_bytes", .integer, "places that take less are let pass"),
  ]

  private let search: LeftoverSearch
  private let minimum: Int64

  public init(_ parameters: Parameters) throws(ParameterError) {
    let conditions = Set<LeftoverSearch.Condition>(try parameters.cases("where"))
    for key in ["paths", "roots"] {
      for path in parameters.list(key) where !path.hasPrefix("/") {
        throw ParameterError(key, "'\(path)' is not an absolute path")
      }
    }
    minimum = Int64(parameters.integer("min_bytes") ?? 0)
    search = LeftoverSearch(
      paths: parameters.list("paths").map { GlobPattern($0) }, names: NamePatterns(parameters.list("names")),
      roots: parameters.has("roots") ? parameters.list("roots") : ["/"],
      exclude: PathPatterns(parameters.list("exclude")), allow: PathPatterns(parameters.list("allow")),
      conditions: conditions,
      grouping: parameters.text("by").flatMap(LeftoverSearch.Grouping.init) ?? .place,
      counting: parameters.text("count").flatMap(LeftoverSearch.Counting.init) ?? .content)
    if search.paths.isEmpty, search.names.isEmpty, conditions.isDisjoint(with: [.unpackaged, .dangling]) {
      throw ParameterError(nil, "one of paths, names, where is missing")
    }
  }

  public var plan: CollectionPlan {
    var plan = CollectionPlan()
    if search.conditions.contains(.unpackaged) { plan.add(PackagedFiles.self) }
    if search.conditions.contains(.nobodys) { plan.add(Accounts.self) }
    return plan
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let found = try search.run(facts).filter { $0.value.bytes >= minimum }
    var findings = CappedOutcomes()
    for (subject, tally) in found.sorted(by: { $0.key < $1.key }) {
      findings.add(
        Outcome(
          .fail, subject: subject, expected: "nothing left", actual: tally.words, evidence: tally.evidence))
    }
    let gaps = search.paths.isEmpty || !search.names.isEmpty ? gaps(facts.evidence) : []
    let whole = search.paths.first?.description ?? search.roots.joined(separator: ", ")
    if findings.isEmpty, gaps.isEmpty {
      return [Outcome(.pass, subject: whole, expected: "nothing left", actual: "nothing found")]
    }
    return gaps + findings.all(subject: whole)
  }

  /// Places below the roots of which nothing is known.
  private func gaps(_ evidence: Evidence) -> [Outcome] {
    evidence.index.gaps.filter { gap in
      !FileScanKind.isPseudo(gap.path) && !search.exclude.matchOrHold(gap.path)
        && search.roots.contains { root in
          root == "/" || gap.path == "/" || gap.path == root || gap.path.hasPrefix(root + "/")
            || root.hasPrefix(gap.path + "/")
        }
    }.prefix(CappedOutcomes.limit).map { gap in
      Outcome(
        .undecided(reason: "\(gap.path): \(gap.reason)"), subject: gap.path, expected: "nothing left",
        actual: "could not be read")
    }
  }

  /// Deleting is safe only for paths without further conditions.
  public var fix: Fix? {
    guard search.names.isEmpty, search.conditions.isEmpty, search.allow.isEmpty, !search.paths.isEmpty,
      search.paths.allSatisfy({ !$0.description.contains { " \t\n'\"\\$`;&|<>(){}".contains($0) } })
    else { return nil }
    let paths = search.paths.map(\.description)
    if paths.contains(where: { $0.contains("**") }) { return nil }
    let command = "rm -rf -- \(paths.joined(separator: " "))"
    return Fix(shell: command, ansible: "ansible.builtin.shell:\n  cmd: \(Fix.yamlText(command))")
  }
}

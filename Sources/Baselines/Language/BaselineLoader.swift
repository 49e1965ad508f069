import Evidence

/// Loads baselines: finds their files, follows what they extend, replaces variables and makes the checks.
///
/// Belongs to one task. Each file is read once however many baselines use it.
public final class BaselineLoader {
  public let folders: BaselineFolders
  public let kinds: KindRegistry
  let problems = ProblemList()
  let cache: SourceCache
  let reader: InheritanceReader
  private var builder: CheckBuilder

  /// A loader that finds baselines in the given folders.
  public init(folders: BaselineFolders = .standard(), kinds: KindRegistry = .standard) {
    self.folders = folders
    self.kinds = kinds
    cache = SourceCache(kinds: kinds, problems: problems)
    reader = InheritanceReader(folders: folders, cache: cache)
    builder = CheckBuilder(kinds: kinds, problems: problems)
  }

  /// The baselines with the given names or paths.
  ///
  /// - Parameter settings: values that the command line sets, which count before every other setting.
  /// - Throws: everything that is wrong; then there is nothing to judge by.
  public func load(
    _ names: [String], settings: [String: String] = [:]
  ) throws(BaselineErrors) -> [LoadedBaseline] {
    let paths = names.compactMap { name in
      reader.locate(name, from: nil, nil).map { (name: name, path: $0) }
    }
    let inherited = paths.compactMap { (name, path) -> InheritedBaseline? in
      guard let baseline = reader.baseline(path) else { return nil }
      let isPath = name.contains("/") || BaselineFolders.isYAML(name)
      if !isPath, baseline.source.id != name {
        problems.add(
          baseline.source.place, "the id is '\(baseline.source.id)', but the file's name says '\(name)'")
      }
      return baseline
    }
    // Without a baseline every setting would be unknown.
    for name in settings.keys.sorted()
    where !inherited.isEmpty && !inherited.contains(where: { $0.declarations[name] != nil }) {
      let names = inherited.flatMap(\.declarations.keys)
      problems.add(nil, "--set: there is no value '\(name)'" + problems.suggestion(for: name, among: names))
    }
    let loaded = inherited.map { finish($0, settings: settings) }
    try problems.throwIfAny()
    return loaded
  }

  func build(_ check: CheckSource, _ values: ValueTable) -> Check? { builder.check(check, values) }

  func finish(_ baseline: InheritedBaseline, settings: [String: String]) -> LoadedBaseline {
    let source = baseline.source
    let values = ValueTable(baseline, commandLine: settings, problems)
    let checks = baseline.order.compactMap { id -> Check? in
      guard let member = baseline.members[id], var check = builder.check(member.check, values) else {
        return nil
      }
      check.severity = member.severity
      check.appliesTo = member.guests
      check.requires = check.requires.filter { baseline.members[$0] != nil }
      return check
    }
    var loaded = LoadedBaseline(
      identity: BaselineIdentity(id: source.id, title: source.title, version: source.version, digest: ""),
      description: source.description, benchmark: source.benchmark, file: source.file,
      extends: source.extends.map(\.text), appliesTo: source.appliesTo, values: values.resolved,
      checks: checks,
      disabled: baseline.disabled.values.sorted { $0.check < $1.check })
    loaded.identity.digest = "sha256:" + SHA256.hex(loaded.canonicalForm.compact)
    return loaded
  }
}

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
    try problems.throwIfAny()
    for name in settings.keys.sorted() where !inherited.contains(where: { $0.declarations[name] != nil }) {
      let names = inherited.flatMap(\.declarations.keys)
      problems.add(nil, "--set: there is no value '\(name)'" + Suggestion.phrase(for: name, among: names))
    }
    let loaded = inherited.map { finish($0, settings: settings) }
    try problems.throwIfAny()
    return loaded
  }

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
      disabled: baseline.disabled)
    loaded.identity.digest = "sha256:" + SHA256.hex(loaded.canonicalForm.compact)
    return loaded
  }
}

/// The values of one baseline.
struct ValueTable {
  private(set) var declarations: [String: ValueDeclaration]
  private(set) var contents: [String: ValueDeclaration.Content] = [:]
  private(set) var resolved: [ResolvedValue] = []
  private var positions: [String: Int] = [:]

  init(_ baseline: InheritedBaseline, commandLine: [String: String], _ problems: ProblemList) {
    declarations = baseline.declarations
    for (name, declaration) in baseline.declarations.sorted(by: { $0.key < $1.key }) {
      var setting = InheritedBaseline.Setting(
        content: declaration.defaultContent, setBy: "default", place: declaration.place)
      if let set = baseline.settings[name] { setting = set }
      if let text = commandLine[name] {
        switch declaration.read(commandLine: text) {
        case .success(let content): setting = .init(content: content, setBy: "--set", place: nil)
        case .failure(let mismatch): problems.add(nil, "--set \(name)=\(text): \(mismatch.message)")
        }
      }
      add(name, declaration, setting)
    }
  }

  private mutating func add(
    _ name: String, _ declaration: ValueDeclaration, _ setting: InheritedBaseline.Setting
  ) {
    contents[name] = setting.content
    positions[name] = resolved.count
    resolved.append(
      ResolvedValue(
        name: name, title: declaration.title, value: setting.content.elements, isList: setting.content.isList,
        setBy: setting.setBy, place: setting.place))
  }

  /// The values with the names, sorted.
  func resolved(_ names: Set<String>) -> [ResolvedValue] {
    names.compactMap { positions[$0] }.sorted().map { resolved[$0] }
  }
}

extension BaselineLoader {
  /// A check as one baseline asks it.
  public struct AskedCheck: Sendable {
    /// Nil if no baseline asks it; then the values are the defaults.
    public var baseline: LoadedBaseline?
    public var check: Check

    /// Pairs a check with the baseline that asks it.
    public init(baseline: LoadedBaseline?, check: Check) {
      self.baseline = baseline
      self.check = check
    }
  }

  /// A baseline that can be named, or what is wrong with it.
  public struct CatalogEntry: Sendable {
    public var name: String
    public var path: String
    public var baseline: Result<LoadedBaseline, BaselineErrors>

    /// Describes a file.
    public init(name: String, path: String, baseline: Result<LoadedBaseline, BaselineErrors>) {
      self.name = name
      self.path = path
      self.baseline = baseline
    }
  }

  /// Every baseline that can be named, sorted by name. One that is broken does not hide the others.
  public static func catalog(
    _ folders: BaselineFolders = .standard(), kinds: KindRegistry = .standard
  ) -> [CatalogEntry] {
    let files = folders.files
    // Together they share what they read; if that fails, one by one.
    if let loaded = try? BaselineLoader(folders: folders, kinds: kinds).load(files.map(\.name)) {
      return zip(files, loaded).map { CatalogEntry(name: $0.name, path: $0.path, baseline: .success($1)) }
    }
    return files.map { file in
      let result = Result { () throws(BaselineErrors) in
        try BaselineLoader(folders: folders, kinds: kinds).load([file.name])[0]
      }
      return CatalogEntry(name: file.name, path: file.path, baseline: result)
    }
  }

  /// The check with the id as each of the given baselines asks it, or as its library defines it if none does.
  ///
  /// - Throws: if there is no such check, with what may have been meant.
  public func asked(_ id: String, by baselines: [LoadedBaseline]) throws(BaselineErrors) -> [AskedCheck] {
    var found: [AskedCheck] = []
    for baseline in baselines {
      if let check = baseline.checks.first(where: { $0.id == id }) {
        found.append(AskedCheck(baseline: baseline, check: check))
      }
    }
    if !found.isEmpty { return found }
    let libraries = baselines.flatMap { reader.baseline($0.file)?.libraries.map(\.library) ?? [] }
    if let source = libraries.flatMap(\.checks).first(where: { $0.id == id }),
      let check = build(source, ValueTable(libraries))
    {
      return [AskedCheck(baseline: nil, check: check)]
    }
    let names = baselines.flatMap { $0.checks.map(\.id) } + libraries.flatMap { $0.checks.map(\.id) }
    let problem = BaselineProblem(
      nil, "there is no check '\(id)'" + Suggestion.phrase(for: id, among: Set(names)))
    throw BaselineErrors(problems: [problem], omitted: 0)
  }
}

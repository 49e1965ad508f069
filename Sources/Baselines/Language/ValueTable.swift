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

  /// The defaults of libraries, without any baseline.
  init(_ libraries: [LibrarySource]) {
    declarations = Dictionary(libraries.flatMap(\.values).map { ($0.name, $0) }) { first, _ in first }
    for (name, declaration) in declarations.sorted(by: { $0.key < $1.key }) {
      add(
        name, declaration,
        .init(content: declaration.defaultContent, setBy: "default", place: declaration.place))
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

import DiskImages
import Foundation

/// Follows `extends`, collects members from libraries and applies what a baseline changes.
final class InheritanceReader {
  let folders: BaselineFolders
  let cache: SourceCache
  private var known: [String: InheritedBaseline?] = [:]
  /// Files of the chain that is being followed, with the names under which they were asked.
  private var chain: [(path: String, name: String)] = []

  static let depthLimit = 16

  private var problems: ProblemList { cache.problems }

  init(folders: BaselineFolders, cache: SourceCache) {
    self.folders = folders
    self.cache = cache
  }

  /// The path of a baseline that is asked by name or by path; nil after a problem.
  func locate(_ name: String, from file: String?, _ place: SourcePlace?) -> String? {
    let folder = file.map { URL(filePath: $0).deletingLastPathComponent().relativePath }
    if name.contains("/") || BaselineFolders.isYAML(name) {
      let path = name.hasPrefix("/") || folder == nil ? name : "\(folder ?? ".")/\(name)"
      if FileManager.default.fileExists(atPath: path) { return path }
      problems.add(place, "there is no file \(path)")
      return nil
    }
    if let path = folders.file(named: name, before: folder.map { [$0] } ?? []) { return path }
    let names = folders.files.map(\.name)
    let searched = (folder.map { [$0] } ?? []) + folders.paths
    let suggestion = Suggestion.phrase(for: name, among: names)
    problems.add(
      place,
      "there is no baseline '\(name.prefix(60))'"
        + (suggestion.isEmpty ? "; searched \(searched.joined(separator: ", "))" : suggestion))
    return nil
  }

  /// The baseline in a file; nil after a problem.
  ///
  /// - Parameter name: the name under which it is asked, nil for a path.
  func baseline(_ path: String, _ place: SourcePlace? = nil) -> InheritedBaseline? {
    let key = URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
    if let start = chain.firstIndex(where: { $0.path == key }) {
      let circle = (chain[start...].map(\.name) + [BaselineFolders.name(of: path)]).joined(separator: " → ")
      problems.add(place, "the baseline extends itself: \(circle)")
      return nil
    }
    if let result = known[key] { return result }
    guard chain.count < Self.depthLimit else {
      problems.add(place, "baselines extend each other more than \(Self.depthLimit) levels deep")
      return nil
    }
    chain.append((key, BaselineFolders.name(of: path)))
    defer { chain.removeLast() }
    let result = read(path)
    known[key] = .some(result)
    return result
  }

  private func read(_ path: String) -> InheritedBaseline? {
    guard let file = cache.source(path) else { return nil }
    guard case .baseline(let source) = file else {
      problems.add(
        SourcePlace(file: path, line: 1, column: 1),
        "a baseline is expected here, not a library: 'id: NAME' on top")
      return nil
    }
    var result = InheritedBaseline(source)
    var isComplete = true
    for parent in source.extends {
      guard let parentPath = locate(parent.text, from: path, parent.place),
        let inherited = baseline(parentPath, parent.place)
      else {
        isComplete = false
        continue
      }
      result.inherit(inherited)
    }
    addLibraries(to: &result)
    // What follows would only repeat in other words that a parent is missing.
    guard isComplete else { return nil }
    applyValues(to: &result)
    addMembers(to: &result)
    BaselineChanges(problems: problems).apply(to: &result)
    return result
  }

  private func addLibraries(to result: inout InheritedBaseline) {
    let source = result.source
    let folder = URL(filePath: source.file).deletingLastPathComponent().relativePath
    var paths = source.library?.map { ($0.text.hasPrefix("/") ? $0.text : "\(folder)/\($0.text)", $0.place) }
    if paths == nil, BaselineFolders.isFolder("\(folder)/checks") {
      paths = [("\(folder)/checks", source.place)]
    }
    for (path, place) in paths ?? [] {
      for library in cache.libraries(path, from: place)
      where !result.libraries.contains(where: { $0.file == library.file }) {
        add(library, to: &result)
      }
    }
  }

  private func add(_ library: LibrarySource, to result: inout InheritedBaseline) {
    result.libraries.append(library)
    for declaration in library.values { declare(declaration, in: &result) }
    for check in library.checks {
      if let known = result.libraryChecks[check.id] {
        problems.add(check.place, "the check '\(check.id)' is defined twice, also at \(known.place)")
      } else {
        result.libraryChecks[check.id] = check
      }
    }
  }

  private func declare(_ declaration: ValueDeclaration, in result: inout InheritedBaseline) {
    if let known = result.declarations[declaration.name] {
      problems.add(
        declaration.place,
        "the value '\(declaration.name)' is declared twice, also at \(known.place); 'set' changes a value")
    } else {
      result.declarations[declaration.name] = declaration
    }
  }

  private func applyValues(to result: inout InheritedBaseline) {
    let source = result.source
    for declaration in source.values { declare(declaration, in: &result) }
    var places: [String: SourcePlace] = [:]
    for library in result.libraries {
      for (baseline, _, entries) in library.settings where baseline == source.id {
        for entry in entries {
          if let other = places.updateValue(entry.place, forKey: entry.key) {
            problems.add(entry.place, "\(source.id) sets '\(entry.key)' twice, also at \(other)")
          }
          set(entry, in: &result)
        }
      }
    }
    for entry in source.settings { set(entry, in: &result) }
  }

  private func set(_ entry: SourceNode.Entry, in result: inout InheritedBaseline) {
    guard let declaration = result.declarations[entry.key] else {
      problems.add(
        entry.place,
        "there is no value '\(entry.key.prefix(60))'"
          + Suggestion.phrase(for: entry.key, among: result.declarations.keys))
      return
    }
    switch declaration.read(entry.value) {
    case .success(let content):
      result.settings[entry.key] = .init(content: content, setBy: result.source.id, place: entry.place)
    case .failure(let mismatch): problems.add(entry.value.place, mismatch.message)
    }
  }

  /// Checks of the libraries that name the baseline, then those that it selects.
  private func addMembers(to result: inout InheritedBaseline) {
    let id = result.source.id
    for library in result.libraries {
      for check in library.checks where result.members[check.id] == nil {
        if check.baselines.contains(where: { $0.text == id }) { result.put(.init(check)) }
      }
    }
    for selection in result.source.select {
      let all = result.libraries.flatMap(\.checks)
      let chosen = all.filter { fnmatch(pattern: selection.pattern, $0.id) }
      if chosen.isEmpty {
        problems.add(
          selection.place,
          "no check of the library is called '\(selection.pattern.prefix(60))'"
            + Suggestion.phrase(for: selection.pattern, among: all.map(\.id)))
      }
      for check in chosen where result.members[check.id] == nil { result.put(.init(check)) }
    }
  }
}

extension InheritedBaseline.Member {
  init(_ check: CheckSource) {
    self.init(check: check, severity: check.severity ?? .medium, guests: [])
  }
}

import Foundation

/// Reads each file once.
final class SourceCache {
  enum Source {
    case baseline(BaselineSource)
    case library(LibrarySource)
  }

  let kinds: KindRegistry
  let problems: ProblemList
  private var known: [String: Source?] = [:]

  init(kinds: KindRegistry, problems: ProblemList) {
    self.kinds = kinds
    self.problems = problems
  }

  /// What a file holds; nil after a problem.
  func source(_ path: String) -> Source? {
    if let source = known[path] { return source }
    let source = read(path)
    known[path] = .some(source)
    return source
  }

  /// The libraries in a file or in a folder's files.
  func libraries(_ path: String, from place: SourcePlace?) -> [LibrarySource] {
    let isFolder = BaselineFolders.isFolder(path)
    if !isFolder, !FileManager.default.fileExists(atPath: path) {
      problems.add(place, "there is no library \(path)")
      return []
    }
    let files = isFolder ? BaselineFolders.yamlFiles(in: path) : [path]
    return files.compactMap { file in
      guard let source = source(file) else { return nil }
      if case .library(let library) = source { return library }
      problems.add(
        SourcePlace(file: file, line: 1, column: 1),
        "a library is expected here, not a baseline: 'library: NAME' on top")
      return nil
    }
  }

  private func read(_ path: String) -> Source? {
    let node: SourceNode
    do {
      node = try YAMLFile.read(path)
    } catch {
      problems.add(error.place, error.message)
      return nil
    }
    if node.entry("id") == nil, node.entry("library") != nil {
      return LibrarySource(node, file: path, kinds: kinds, problems).map { .library($0) }
    }
    return BaselineSource(node, file: path, kinds: kinds, problems).map { .baseline($0) }
  }
}

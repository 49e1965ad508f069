import Foundation

/// Finds the layers of a baseline by following `extends`, and applies them.
final class InheritanceReader {
  let folders: BaselineFolders
  let cache: SourceCache
  private var known: [String: [BaselineLayer]?] = [:]
  private var applied: [String: InheritedBaseline?] = [:]
  /// Files of the chain that is being followed, with the names under which they were asked.
  private var chain: [(key: String, name: String)] = []

  static let depthLimit = 16

  private var problems: ProblemList { cache.problems }

  init(folders: BaselineFolders, cache: SourceCache) {
    self.folders = folders
    self.cache = cache
  }

  /// The path of a baseline that is asked by name or by path; nil after a problem.
  ///
  /// - Parameter file: the file that asks, whose folder is searched first; nil for the command line.
  func locate(_ name: String, from file: String?, _ place: SourcePlace?) -> String? {
    let folder = file.map { URL(filePath: $0).deletingLastPathComponent().relativePath }
    if name.contains("/") || BaselineFolders.isYAML(name) {
      let path = name.hasPrefix("/") || folder == nil ? name : "\(folder ?? ".")/\(name)"
      if FileManager.default.fileExists(atPath: path) { return path }
      problems.add(place, "there is no file \(path)")
      return nil
    }
    let near = folder.map { [$0] } ?? []
    if let path = folders.file(named: name, before: near) { return path }
    let suggestion = problems.suggestion(for: name, among: folders.files.map(\.name))
    problems.add(
      place,
      "there is no baseline '\(name.prefix(60))'"
        + (suggestion.isEmpty ? "; searched \((near + folders.paths).joined(separator: ", "))" : suggestion))
    return nil
  }

  /// The baseline in a file with all that it inherits; nil after a problem.
  func baseline(_ path: String) -> InheritedBaseline? {
    let key = Self.key(path)
    if let result = applied[key] { return result }
    var result: InheritedBaseline?
    if let layers = layers(path, nil), var baseline = InheritedBaseline(layers) {
      let application = LayerApplication(cache: cache)
      for layer in layers { application.apply(layer, to: &baseline) }
      application.finish(&baseline)
      result = baseline
    }
    applied[key] = .some(result)
    return result
  }

  private static func key(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }

  /// What a baseline extends, each before what extends it, and the baseline; nil after a problem.
  private func layers(_ path: String, _ place: SourcePlace?) -> [BaselineLayer]? {
    let key = Self.key(path)
    if let start = chain.firstIndex(where: { $0.key == key }) {
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
    let result = readLayers(path, key)
    known[key] = .some(result)
    return result
  }

  private func readLayers(_ path: String, _ key: String) -> [BaselineLayer]? {
    guard let file = cache.source(path) else { return nil }
    guard case .baseline(let source) = file else {
      problems.add(
        SourcePlace(file: path, line: 1, column: 1),
        "a baseline is expected here, not a library: 'id: NAME' on top")
      return nil
    }
    var layers: [BaselineLayer] = []
    var parents: [String] = []
    var isComplete = true
    for parent in source.extends {
      guard let parentPath = locate(parent.text, from: path, parent.place),
        let above = self.layers(parentPath, parent.place), let direct = above.last
      else {
        isComplete = false
        continue
      }
      parents.append(direct.key)
      for layer in above where !layers.contains(where: { $0.key == layer.key }) { layers.append(layer) }
    }
    // Without a parent, all that refers to it would be reported too.
    guard isComplete else { return nil }
    let ancestors = Set(layers.map(\.key)).union([key])
    return layers + [BaselineLayer(source: source, key: key, parents: parents, ancestors: ancestors)]
  }
}

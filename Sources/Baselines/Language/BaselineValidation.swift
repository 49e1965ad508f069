import Foundation

/// A file of the language without a problem.
public struct ValidatedFile: Sendable, Hashable {
  /// What a file holds.
  public enum Kind: String, Sendable, Hashable { case baseline, library, waivers }

  public var path: String
  public var kind: Kind
  /// The baseline's or the library's name; empty for waivers.
  public var name: String
  /// Checks of a baseline with all that it inherits, of a library, or waivers.
  public var count: Int

  /// Describes a file.
  public init(path: String, kind: Kind, name: String, count: Int) {
    self.path = path
    self.kind = kind
    self.name = name
    self.count = count
  }
}

extension BaselineLoader {
  /// Tests files and folders more strictly than loading does: every check of a library is resolved whoever
  /// asks it, and every baseline that a library names has to exist.
  ///
  /// - Throws: everything that is wrong.
  public func validate(_ paths: [String]) throws(BaselineErrors) -> [ValidatedFile] {
    var files: [ValidatedFile] = []
    for path in paths {
      if BaselineFolders.isFolder(path) {
        let below = BaselineFolders.yamlFiles(in: path) + BaselineFolders.yamlFiles(in: "\(path)/checks")
        if below.isEmpty { problems.add(nil, "\(path) has no YAML files") }
        files += below.compactMap(validate)
      } else {
        files += [validate(path)].compactMap(\.self)
      }
    }
    try problems.throwIfAny()
    return files
  }

  private func validate(_ path: String) -> ValidatedFile? {
    if let waivers = waivers(path) { return waivers }
    switch cache.source(path) {
    case .baseline:
      guard let inherited = reader.baseline(path) else { return nil }
      testMentions(of: inherited.libraries.map(\.library))
      let loaded = finish(inherited, settings: [:])
      return ValidatedFile(path: path, kind: .baseline, name: loaded.identity.id, count: loaded.checks.count)
    case .library(let library):
      validate(library)
      return ValidatedFile(path: path, kind: .library, name: library.name, count: library.checks.count)
    case nil: return nil
    }
  }

  private func waivers(_ path: String) -> ValidatedFile? {
    guard let node = try? YAMLFile.read(path), node.entry("waivers") != nil else { return nil }
    let waivers = WaiverFile.waivers(in: node, problems)
    return ValidatedFile(path: path, kind: .waivers, name: "", count: waivers.count)
  }

  /// Resolves every check of a library with the default values of the libraries in its folder.
  private func validate(_ library: LibrarySource) {
    let folder = URL(filePath: library.file).deletingLastPathComponent().relativePath
    let siblings = cache.libraries(folder, from: nil)
    let isAmongSiblings = siblings.contains { $0.file == library.file }
    testMentions(of: [library])
    let values = ValueTable(isAmongSiblings ? siblings : siblings + [library])
    for check in library.checks { _ = build(check, values) }
  }

  private func testMentions(of libraries: [LibrarySource]) {
    for library in libraries {
      let folder = URL(filePath: library.file).deletingLastPathComponent()
      let near = [folder.relativePath, folder.deletingLastPathComponent().relativePath]
      for mention in library.mentionedBaselines
      where folders.file(named: mention.text, before: near) == nil {
        let names =
          (near.flatMap(BaselineFolders.yamlFiles).map(BaselineFolders.name) + folders.files.map(\.name))
        problems.add(
          mention.place,
          "there is no baseline '\(mention.text.prefix(60))'"
            + problems.suggestion(for: mention.text, among: names))
      }
    }
  }
}

import Facts
import Foundation

/// The folders in which baselines are found by name.
public struct BaselineFolders: Sendable {
  /// In the order in which they are searched.
  public var paths: [String]

  /// Searches the given folders.
  public init(_ paths: [String]) { self.paths = paths }

  /// Those in which Brinell's own files lie; see `ShippedFolders`.
  public static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    executable: String? = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  ) -> BaselineFolders {
    BaselineFolders(ShippedFolders.baselines(environment: environment, executable: executable))
  }

  /// Files of baselines that can be named, each name once, sorted by name.
  public var files: [(name: String, path: String)] {
    var found: [String: String] = [:]
    for folder in paths {
      for path in Self.yamlFiles(in: folder) {
        let name = Self.name(of: path)
        if found[name] == nil { found[name] = path }
      }
    }
    return found.map { ($0.key, $0.value) }.sorted { $0.name < $1.name }
  }

  /// The file of the baseline called `name`, nil if there is none.
  func file(named name: String, before folders: [String] = []) -> String? {
    for folder in folders + paths {
      for suffix in ["yaml", "yml"] {
        let path = "\(folder)/\(name).\(suffix)"
        if FileManager.default.fileExists(atPath: path) { return path }
      }
    }
    return nil
  }

  /// The name of a baseline by its file: `server` for `…/server.yaml`.
  static func name(of path: String) -> String {
    URL(filePath: path).deletingPathExtension().lastPathComponent
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  static func isYAML(_ path: String) -> Bool { path.hasSuffix(".yaml") || path.hasSuffix(".yml") }

  /// The files directly in a folder, sorted by name.
  static func yamlFiles(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { isYAML($0) && !$0.hasPrefix(".") }.sorted().map { "\(folder)/\($0)" }
  }
}

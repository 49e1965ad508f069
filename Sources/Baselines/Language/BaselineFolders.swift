import Foundation

/// The folders in which baselines are found by name.
public struct BaselineFolders: Sendable {
  /// In the order in which they are searched.
  public var paths: [String]

  /// Searches the given folders.
  public init(_ paths: [String]) { self.paths = paths }

  /// Those of `BRINELL_BASELINES` (separated by colons), then `../share/brinell/baselines` beside the
  /// executable's folder, the folder `baselines` of the source tree that the executable was built in, and
  /// `/usr/share/brinell/baselines`.
  public static func standard(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    executable: String? = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  ) -> BaselineFolders {
    var paths = environment["BRINELL_BASELINES", default: ""].split(separator: ":").map(String.init)
    if let executable {
      let folder = URL(filePath: executable).deletingLastPathComponent()
      let share = folder.deletingLastPathComponent().appending(path: "share/brinell/baselines").path
      paths += [share, sourceTree(above: folder)].compactMap(\.self)
    }
    return BaselineFolders(paths + ["/usr/share/brinell/baselines"])
  }

  /// A folder `baselines` beside a Package.swift.
  private static func sourceTree(above start: URL) -> String? {
    var folder = start
    for _ in 0..<8 where folder.path != "/" {
      let manifest = folder.appending(path: "Package.swift").path
      let baselines = folder.appending(path: "baselines").path
      if FileManager.default.fileExists(atPath: manifest), isFolder(baselines) { return baselines }
      folder = folder.deletingLastPathComponent()
    }
    return nil
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

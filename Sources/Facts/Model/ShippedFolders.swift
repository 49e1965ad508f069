import Foundation

/// Where the files that Brinell ships lie.
public enum ShippedFolders {
  /// Folders of baselines, in the order in which they are searched: those of `BRINELL_BASELINES` (separated by
  /// colons), then `../share/brinell/baselines` beside the executable's folder, the folder `baselines` of the source
  /// tree that the executable was built in, and `/usr/share/brinell/baselines`.
  public static func baselines(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    executable: String? = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  ) -> [String] {
    var paths = environment["BRINELL_BASELINES", default: ""].split(separator: ":").map(String.init)
    if let executable {
      let folder = URL(filePath: executable).deletingLastPathComponent()
      let share = folder.deletingLastPathComponent().appending(path: "share/brinell/baselines").path
      paths += [share, sourceTree(above: folder)].compactMap(\.self)
    }
    return paths + ["/usr/share/brinell/baselines"]
  }

  /// The first of the files with this name below the folders of baselines.
  static func file(_ name: String) -> String? {
    baselines().map { "\($0)/\(name)" }.first(where: FileManager.default.fileExists)
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

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}

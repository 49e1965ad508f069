import DiskImages
import Evidence
import Facts

/// Paths that a search lets pass: `PATH`, or `PATH PACKAGE|PACKAGE` for a file that one of the packages
/// brought.
struct Allowances: Sendable, Hashable {
  let patterns: PathPatterns
  /// Packages by position in `patterns`; empty for any.
  private let packages: [[String]]

  init(_ entries: [String]) {
    var paths: [String] = []
    var packages: [[String]] = []
    for entry in entries {
      let words = entry.split(separator: " ", maxSplits: 1)
      guard let path = words.first else { continue }
      paths.append(String(path))
      packages.append(words.count > 1 ? words[1].split { $0 == "|" || $0 == " " }.map(String.init) : [])
    }
    patterns = PathPatterns(paths)
    self.packages = packages
  }

  var isEmpty: Bool { patterns.isEmpty }

  /// Whether a file is let pass.
  enum Verdict: Hashable {
    case allowed
    /// The path is listed, but none of the packages brought the file.
    case foreign([String])
    case unlisted
  }

  /// Whether any entry names packages.
  var namesPackages: Bool { packages.contains { !$0.isEmpty } }

  /// What is said of a file. The packages are those of dpkg's distributions; elsewhere, and where nothing tells which
  /// package brought what, the path alone has to do.
  func verdict(on entry: FileEntry, _ path: String, _ files: PackagedFiles?) -> Verdict {
    var foreign: [String] = []
    for (position, pattern) in patterns.patterns.enumerated() {
      guard pattern == path || pattern.isGlob && PathPatterns([pattern]).match(path) else { continue }
      guard let files, files.formats.contains("dpkg"), !packages[position].isEmpty else { return .allowed }
      if packages[position].contains(where: { files.belongs(entry, to: $0) }) { return .allowed }
      foreign += packages[position]
    }
    return foreign.isEmpty ? .unlisted : .foreign(foreign)
  }
}

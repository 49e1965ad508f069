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

  /// The file lists of the packages that are named.
  var needs: [ContentNeed] { PackagedFiles.lists(of: Set(packages.joined())) }

  /// Whether a file is let pass.
  enum Verdict: Hashable {
    case allowed
    /// The path is listed, but none of the packages brought the file.
    case foreign([String])
    case unlisted
  }

  /// Allowances with what the guest's packages brought.
  struct Resolved {
    fileprivate let allowances: Allowances
    /// Inodes by package; nil where the guest has no lists, so that the path alone has to do.
    fileprivate let inodes: [String: Set<UInt32>]?

    func verdict(on entry: FileEntry, _ path: String) -> Verdict {
      var foreign: [String] = []
      for (position, pattern) in allowances.patterns.patterns.enumerated() {
        guard pattern == path || pattern.isGlob && PathPatterns([pattern]).match(path) else { continue }
        let packages = allowances.packages[position]
        guard let inodes, !packages.isEmpty else { return .allowed }
        if packages.contains(where: { inodes[$0]?.contains(entry.id) == true }) { return .allowed }
        foreign += packages
      }
      return foreign.isEmpty ? .unlisted : .foreign(foreign)
    }
  }

  func resolved(_ evidence: Evidence) throws(EvidenceGap) -> Resolved {
    guard try !evidence.entries(matching: "/var/lib/dpkg/info/*.list").isEmpty else {
      return Resolved(allowances: self, inodes: nil)
    }
    var inodes: [String: Set<UInt32>] = [:]
    for package in Set(packages.joined()) {
      inodes[package] = try PackagedFiles.inodes(of: package, evidence)
    }
    return Resolved(allowances: self, inodes: inodes)
  }
}

import DiskImages
import Evidence

/// Paths in unit files, for reading what they name before anything is known of the units.
enum UnitFilePaths {
  private static let limit = 500
  private static let programs = ["/usr/", "/bin/", "/sbin/", "/lib", "/opt/", "/dev/", "/proc/", "/run/"]

  /// Files that the units name: `/etc/a.conf`, `--file=/etc/a.conf`, `/etc/a-%i.conf`, `EnvironmentFile=-/opt/a`.
  ///
  /// - Parameter units: names of services; a template stands for its instances.
  static func named(by units: [String], _ evidence: Evidence) -> [String] {
    var found: Set<String> = []
    var seen: Set<UInt32> = []
    for directory in UnitLoadPath.directories {
      for unit in Set(units) where unit.hasSuffix(".service") {
        let pattern = unit.replacing("@.", with: "@*.")
        for pattern in ["\(directory)/\(pattern)", "\(directory)/\(pattern).d/*.conf"] {
          for entry in evidence.index.matches(GlobPattern(pattern)) {
            guard case .found(let target) = evidence.index.target(of: entry), seen.insert(target.id).inserted,
              let file = try? evidence.text(of: entry)
            else { continue }
            for line in file.lines.prefix(10_000) { found.formUnion(paths(line.text)) }
          }
        }
      }
    }
    return Array(found.sorted().prefix(limit))
  }

  private static func paths(_ line: String) -> [String] {
    let names = line.split { " \t=\"'".contains($0) }.prefix(100)
    let isEnvironment = names.first == "EnvironmentFile"
    return names.compactMap { word -> String? in
      let path = isEnvironment ? word.drop { $0 == "-" } : word
      guard path.hasPrefix("/"), path.utf8.count < 1000,
        isEnvironment || (!programs.contains(where: path.hasPrefix) && !path.contains("*"))
      else { return nil }
      return String(path).replacing("%i", with: "*").replacing("%I", with: "*")
    }
  }
}

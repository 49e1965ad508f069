import DiskImages
import Evidence

/// OPENSSL_CONF in the environment of a service, which names its configuration in place of the system's (openssl-env(7)):
/// files to read before it is known which service has it.
enum OpenSSLEnvironment {
  private static let variable = "OPENSSL_CONF"
  /// Units and what units take their environment from.
  private static let places =
    UnitLoadPath.directories.flatMap { ["\($0)/*.service", "\($0)/*.service.d/*.conf"] }
    + ["/etc/default/*", "/etc/sysconfig/*"]

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    [ContentNeed("/etc/default/*"), ContentNeed("/etc/sysconfig/*")] + paths(evidence).map { ContentNeed($0) }
  }

  /// Every file that some service may be told to use.
  static func paths(_ evidence: Evidence) -> [String] {
    var found: Set<String> = []
    for place in places {
      for entry in (try? evidence.entries(matching: GlobPattern(place))) ?? [] {
        guard let file = try? evidence.text(of: entry) else { continue }
        for line in file.lines where line.text.contains(variable) {
          guard let start = line.text.range(of: variable + "=") else { continue }
          let path = line.text[start.upperBound...].prefix { !" \t".contains($0) }.filter {
            !"\"'".contains($0)
          }
          if path.hasPrefix("/"), found.count < 100 { found.insert(path) }
        }
      }
    }
    return found.sorted()
  }
}

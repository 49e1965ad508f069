import DiskImages
import Evidence

/// Resolves paths as auditctl and the kernel do when they take a rule.
struct AuditPaths {
  let index: FileIndex

  /// Directories on file systems that exist only on a running system; what is below them cannot be known.
  private static let volatile = ["/run", "/dev", "/proc", "/sys", "/tmp"]

  /// What a path names.
  enum Kind { case directory, symbolicLink, other, absent }

  /// The path with links in the directories above its last component resolved; the last one is left as it is, since
  /// the kernel looks it up without following it (kern_path_locked, kern_path without LOOKUP_FOLLOW).
  func canonical(_ path: String) -> String {
    if case .found(let entry) = index.resolve(path, followLast: false) { return entry.path }
    let trimmed = Self.trimmed(path)
    guard let slash = trimmed.lastIndex(of: "/"), slash != trimmed.startIndex else { return trimmed }
    let name = trimmed[slash...]
    let above = String(trimmed[..<slash])
    switch index.resolve(above) {
    case .found(let directory): return (directory.path == "/" ? "" : directory.path) + name
    case .absent, .loop, .unknown: return resolvedPrefix(above) + name
    }
  }

  /// The path of the file that opening or executing the path reaches.
  func target(_ path: String) -> String {
    if case .found(let entry) = index.resolve(path) { return entry.path }
    return canonical(path)
  }

  /// What lies at the path, links in the last component followed as by stat(2) if `followed`.
  func kind(_ path: String, followed: Bool) -> Kind {
    guard case .found(let entry) = index.resolve(path, followLast: followed) else { return .absent }
    switch entry.type {
    case .directory: return .directory
    case .symbolicLink: return .symbolicLink
    default: return .other
    }
  }

  /// Whether the path is known not to exist when rules are loaded.
  func isMissing(_ path: String) -> Bool {
    guard case .absent(let place) = index.resolve(path) else { return false }
    return !Self.volatile.contains { place == $0 || place.hasPrefix($0 + "/") }
  }

  /// Whether the directory that would hold the path is known not to exist.
  func isParentMissing(_ path: String) -> Bool {
    let trimmed = Self.trimmed(path)
    guard let slash = trimmed.lastIndex(of: "/"), slash != trimmed.startIndex else { return false }
    return isMissing(String(trimmed[..<slash]))
  }

  static func trimmed(_ path: String) -> String {
    var path = path
    while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }

  /// Resolves the longest part of a directory's path that exists, so that `/var/run/x` becomes `/run/x`.
  private func resolvedPrefix(_ path: String) -> String {
    var head = path
    var tail = ""
    // One step for each component; the kernel's limit on paths is 4096 bytes.
    for _ in 0..<4096 {
      guard let slash = head.lastIndex(of: "/"), slash != head.startIndex else { return head + tail }
      tail = head[slash...] + tail
      head = String(head[..<slash])
      if case .found(let entry) = index.resolve(head) { return (entry.path == "/" ? "" : entry.path) + tail }
    }
    return path
  }
}

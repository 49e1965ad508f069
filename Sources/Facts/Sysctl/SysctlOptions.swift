import DiskImages
import Evidence

/// Names of kernel parameters. Inside, a parameter is its path below /proc/sys: `net/ipv4/ip_forward`.
enum SysctlKey {
  /// The path that a name stands for: if the first separator is a slash, the name is the path; if it is a
  /// dot, dots and slashes are interchanged (sysctl.d(5)).
  static func path(_ name: some StringProtocol) -> String {
    guard let separator = name.first(where: { $0 == "/" || $0 == "." }) else { return String(name) }
    let path = separator == "/" ? String(name) : swapped(name)
    return path.split(separator: "/").joined(separator: "/")
  }

  /// The usual name of a path, with dots.
  static func name(_ path: some StringProtocol) -> String { swapped(path) }

  /// Whether the path holds a pattern of glob(7).
  static func isPattern(_ path: some StringProtocol) -> Bool { path.contains { "*?[".contains($0) } }

  /// Whether a pattern matches a path, component by component.
  static func matches(pattern: String, _ path: String) -> Bool {
    let (patterns, names) = (pattern.utf8.split(separator: 47), path.utf8.split(separator: 47))
    return patterns.count == names.count && zip(patterns, names).allSatisfy { wildcardMatches($0, $1) }
  }

  private static func swapped(_ text: some StringProtocol) -> String {
    String(text.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 })
  }
}

/// What one program that sets kernel parameters read from its files, before it sets anything.
///
/// systemd-sysctl keeps one assignment for each key: a later one replaces an earlier one and moves to the
/// end. A key without a value (`-key`) is set by no pattern, and takes an earlier assignment of the same
/// key away. A pattern never sets a key that is written out (systemd, src/sysctl/sysctl.c). procps does the
/// same since 4.0.
struct SysctlOptions {
  /// Setting of one key, in the order of all.
  struct Write {
    var order: Int
    var candidate: Effective<String>.Candidate
  }

  private struct Option {
    var value: String?
    var origin: Origin
    var order: Int
    /// What the option replaced, the latest first.
    var replaced: [Effective<String>.Candidate]
  }

  /// At most so many replaced assignments are kept for a key.
  private static let replacedLimit = 16

  private var options: [String: Option] = [:]
  private var patterns: [(pattern: String, option: Option)] = []
  private var next = 0

  /// Reads the files in their order.
  init(_ files: [TextFile]) {
    for file in files { read(file) }
    patterns = options.lazy.filter { $0.value.value != nil && SysctlKey.isPattern($0.key) }
      .map { ($0.key, $0.value) }.sorted { $0.1.order < $1.1.order }
  }

  /// Keys that are written out.
  var keys: some Sequence<String> { options.keys.lazy.filter { !SysctlKey.isPattern($0) } }

  /// How the program sets the parameter, in time order, and what was replaced before it got there.
  func writes(to path: String) -> (writes: [Write], replaced: [Effective<String>.Candidate]) {
    if let option = options[path] {
      guard let value = option.value else { return ([], option.replaced) }
      return (
        [Write(order: option.order, candidate: .init(value: value, origin: option.origin))], option.replaced
      )
    }
    let writes = patterns.filter { SysctlKey.matches(pattern: $0.pattern, path) }.compactMap { found in
      found.option.value.map {
        Write(order: found.option.order, candidate: .init(value: $0, origin: found.option.origin))
      }
    }
    return (writes, [])
  }

  private mutating func read(_ file: TextFile) {
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      guard let first = text.first, first != "#", first != ";" else { continue }
      var name = text.prefix { $0 != "=" }
      let hasValue = name.endIndex != text.endIndex
      if name.first == "-" { name.removeFirst() } else if !hasValue { continue }
      let value = hasValue ? String(text[text.index(after: name.endIndex)...].trimmingBlanks()) : nil
      let path = SysctlKey.path(name.trimmingBlanks())
      guard !path.isEmpty else { continue }
      let origin = Origin(path: file.path, line: line.number, kind: kind(of: file), text: String(text))
      add(path, value, origin)
    }
  }

  private mutating func add(_ path: String, _ value: String?, _ origin: Origin) {
    var replaced: [Effective<String>.Candidate] = []
    if let known = options[path] {
      // The same value again leaves the earlier assignment where it is.
      if known.value == value { return }
      replaced = known.replaced
      if let old = known.value { replaced.insert(.init(value: old, origin: known.origin), at: 0) }
      replaced = Array(replaced.prefix(Self.replacedLimit))
    }
    options[path] = Option(value: value, origin: origin, order: next, replaced: replaced)
    next += 1
  }

  private func kind(of file: TextFile) -> Origin.Kind {
    if !file.path.hasPrefix("/etc/") { return .vendor }
    return file.path.hasPrefix("/etc/sysctl.d/") ? .dropIn : .explicit
  }
}

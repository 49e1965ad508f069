import DiskImages
import Evidence

/// AIDE's configuration with its includes and macros (aide.conf(5)): what it watches, and its database.
///
/// Files that `@@x_include` would execute are not executed; they are listed in `scripts`.
public struct AideConfiguration: FactModel {
  public static let needs: [ContentNeed] = [
    "/etc/aide/**", "/etc/aide.conf", "/etc/aide.conf.d/*", "/etc/hostname",
  ]

  /// The file that the distribution's jobs name; nil if there is none.
  public let path: String?
  /// In the order in which AIDE reads them.
  public let rules: [AideRule]
  /// Executable files whose output is a part of the configuration.
  public let scripts: [FileEntry]
  /// Lines that make AIDE end with an error.
  public let problems: [Origin]
  /// Where the database is read from, e.g. `file:/var/lib/aide/aide.db`.
  public let databaseURL: Effective<String>?
  private let evidence: Evidence

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    evidence = facts.evidence
    var reader = AideReader(evidence: evidence)
    var path: String?
    for candidate in ["/etc/aide/aide.conf", "/etc/aide.conf"] where path == nil {
      if let entry = try evidence.entry(at: candidate) {
        path = candidate
        try reader.read(entry)
      }
    }
    self.path = path
    rules = reader.rules
    scripts = reader.scripts
    problems = reader.problems
    databaseURL = reader.options["database_in"] ?? reader.options["database"]
  }

  /// The database file, if the database is one; nil if it is read from elsewhere or not set.
  public var databasePath: String? {
    guard let url = databaseURL?.value, url.hasPrefix("file:") else { return nil }
    let path = url.dropFirst(5)
    return "/" + path.drop { $0 == "/" }
  }

  /// What AIDE does with a path.
  public enum Selection: Sendable, Hashable {
    /// Watched, by the first rule of the deepest node that meets it.
    case watched(AideRule)
    /// Left out by a negative rule, or by no rule at all.
    case ignored(AideRule?)
  }

  /// Which rule decides on a path (seltree.c, check_node_for_match): the deepest rule prefix first, within one prefix
  /// the first rule; negative rules of any prefix are stronger.
  ///
  /// - Throws: if a rule that could decide has an expression that this project cannot read.
  public func selection(of path: String, type: FileType) throws(EvidenceGap) -> Selection {
    let near = rules.filter { $0.prefix == "/" || path.hasPrefix($0.prefix + "/") }
    guard let chosen = try chosen(among: near, path, type) else { return .ignored(nil) }
    for rule in near where rule.kind == .negative {
      if try rule.meets(path, type) { return .ignored(rule) }
      if rule.types == nil {
        for parent in Self.parents(of: path) where parent.utf8.count > rule.prefix.utf8.count {
          if try rule.meets(parent, .directory) { return .ignored(rule) }
        }
      }
    }
    return .watched(chosen)
  }

  /// Equals rules are asked for what lies directly in their folder, before others.
  private func chosen(among rules: [AideRule], _ path: String, _ type: FileType) throws(EvidenceGap)
    -> AideRule?
  {
    let parent = Self.parents(of: path).first ?? "/"
    for rule in rules where rule.kind == .equals && rule.prefix == parent {
      if try rule.meets(path, type) { return rule }
    }
    var chosen: AideRule?
    for rule in rules where rule.kind == .regular {
      if let chosen, chosen.prefix.utf8.count >= rule.prefix.utf8.count { continue }
      if try rule.meets(path, type) { chosen = rule }
    }
    return chosen
  }

  private static func parents(of path: String) -> [String] {
    var parents: [String] = []
    var rest = Substring(path)
    while let slash = rest.lastIndex(of: "/"), slash != rest.startIndex {
      rest = rest[..<slash]
      parents.append(String(rest))
    }
    return parents
  }

  /// Scripts whose text names a folder on the way to the path, or the file: their output may decide on it.
  public func scripts(mentioning path: String) throws(EvidenceGap) -> [FileEntry] {
    let words = [path] + Self.parents(of: path)
    var found: [FileEntry] = []
    for script in scripts {
      let text = String(decoding: try evidence.bytes(of: script), as: UTF8.self)
      let mentions = text.split(separator: "\n").contains { line in
        !line.hasPrefix("#!") && !line.contains("PATH=")
          && words.contains { line.contains(" \($0) ") || line.contains("\"\($0) ") }
      }
      if mentions { found.append(script) }
    }
    return found
  }
}

/// A selection line of AIDE's configuration.
public struct AideRule: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case regular, negative, equals
  }

  public var kind: Kind
  public var expression: String
  /// Types of files that it is restricted to; nil for all.
  public var types: Set<FileType>?
  /// What is compared, groups resolved; empty for a negative rule.
  public var attributes: Set<String>
  public var origin: Origin
  /// The folder that the expression names before its first special character (strrxtok in seltree.c).
  var prefix: String
  /// Nil if the expression cannot be read.
  var pattern: SafePattern?

  func meets(_ path: String, _ type: FileType) throws(EvidenceGap) -> Bool {
    if let types, !types.contains(type) { return false }
    guard let pattern else {
      throw EvidenceGap(
        path: origin.path ?? "", reason: "the expression \(expression) has parts that cannot be read")
    }
    return pattern.matchesStart(of: path)
  }

  static func prefix(of expression: String) -> String {
    var text: [Character] = []
    var last = 0
    var isEscaped = false
    loop: for character in expression {
      if !isEscaped {
        switch character {
        case "\\":
          isEscaped = true
          continue
        case "(", "^", "$", "?", "*", "[": break loop
        case "/": last = text.count
        default: break
        }
      }
      isEscaped = false
      text.append(character)
    }
    return last == 0 ? "/" : String(text[..<last])
  }
}

import DiskImages
import Evidence

/// Packages of a Debian release whose security support has ended before that of the release, or is limited: the lists
/// of the package debian-security-support.
public struct SecuritySupportLists: Sendable, Hashable {
  /// One line of a list.
  public struct Entry: Sendable, Hashable {
    /// Name of a source package, or a regular expression for the whole name, as the file writes it.
    public var pattern: String
    /// The last version with support, and the day on which it ended or will end; nil in the list of limited support.
    public var lastVersion: String?
    public var ended: String?
    /// For people.
    public var reason: String
    public var origin: Origin
  }

  /// One file.
  public struct List: Sendable, Hashable {
    public fileprivate(set) var entries: [Entry] = []
    fileprivate var byName: [String: Int] = [:]
    fileprivate var expressions: [Expression] = []

    fileprivate struct Expression: Sendable, Hashable {
      var position: Int
      var pattern: SafePattern
    }

    /// The first line that speaks of a source package.
    public func entry(for source: String) -> Entry? {
      let named = byName[source]
      let matching = expressions.first { expression in
        expression.position < named ?? .max && expression.pattern.matchesStart(of: source)
      }
      return (matching?.position ?? named).map { entries[$0] }
    }
  }

  /// By the number of the Debian release, `12`.
  public private(set) var ended: [String: List] = [:]
  public private(set) var limited: List?
  /// Lines that could not be read.
  public private(set) var problems: [Origin] = []

  /// Of one file; the longest real one has 40 lines and 6 expressions.
  private static let lineLimit = 10_000
  private static let expressionLimit = 100
  private static let patternLimit = 200

  /// No lists.
  public init() {}

  /// The lists in files by their names; others are left out.
  public init(_ files: [TextFile]) {
    for file in files { add(file) }
  }

  /// Whether there is no list at all.
  public var isEmpty: Bool { ended.isEmpty && limited == nil }

  private mutating func add(_ file: TextFile) {
    let name = file.path.split(separator: "/").last.map(String.init) ?? file.path
    let prefix = "security-support-ended.deb"
    if name == "security-support-limited" {
      limited = read(file, columns: 1)
    } else if name.hasPrefix(prefix) {
      ended[String(name.dropFirst(prefix.count))] = read(file, columns: 3)
    }
  }

  /// Columns are separated by blanks; after them the line is text. `check-support-status` takes every name as a Perl
  /// regular expression that covers the whole name.
  private mutating func read(_ file: TextFile, columns count: Int) -> List {
    var list = List()
    for line in file.lines.prefix(Self.lineLimit) {
      let text = line.text.trimmingBlanks()
      if text.isEmpty || text.hasPrefix("#") { continue }
      let columns = text.split(maxSplits: count, whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
      let origin = Origin(path: file.path, line: line.number, kind: .vendor, text: line.text)
      guard columns.count >= count, count < 3 || SupportDates.endOfDay(columns[2]) != nil,
        list.index(columns[0], Self.expressionLimit, Self.patternLimit)
      else {
        problems.append(origin)
        continue
      }
      list.entries.append(
        Entry(
          pattern: columns[0], lastVersion: count < 3 ? nil : columns[1], ended: count < 3 ? nil : columns[2],
          reason: columns.count > count ? String(columns[count].trimmingBlanks()) : "", origin: origin))
    }
    return list
  }
}

extension SecuritySupportLists.List {
  /// Makes the next entry known by its name; false if the name is an expression that is not supported.
  fileprivate mutating func index(_ pattern: String, _ expressionLimit: Int, _ patternLimit: Int) -> Bool {
    let isPlain = pattern.utf8.allSatisfy {
      VersionBytes.isDigit($0) || VersionBytes.isLetter($0) || $0 == 0x2d
    }
    // A name like libsoup2.4 is an expression too, and like libxml++ one that covers other names only.
    let isName = pattern.utf8.allSatisfy { byte in
      VersionBytes.isDigit(byte) || VersionBytes.isLetter(byte) || "+-.".utf8.contains(byte)
    }
    if isName, byName[pattern] == nil { byName[pattern] = entries.count }
    if isPlain { return true }
    guard pattern.utf8.count <= patternLimit, expressions.count < expressionLimit,
      let expression = SafePattern("(?:\(pattern))$")
    else { return isName }
    expressions.append(Expression(position: entries.count, pattern: expression))
    return true
  }
}

/// The lists by which a Debian guest is judged: those that the user gives, else its own.
public struct SecuritySupport: FactModel {
  static let folder = "/usr/share/debian-security-support"

  public static let needs: [ContentNeed] =
    OSRelease.needs + [
      ContentNeed(folder + "/security-support-ended.deb*"), ContentNeed(folder + "/security-support-limited"),
    ]

  public let lists: SecuritySupportLists
  /// The number of the Debian release, `12`; nil for testing and unstable.
  public let release: String?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let system: OSRelease = try facts.model()
    release = system.versionID.flatMap { $0.split(separator: ".").first }.map(String.init)
    if let given = facts.supplied(SecuritySupportLists.self) {
      lists = given
      return
    }
    var files: [TextFile] = []
    for entry in try facts.evidence.entries(matching: GlobPattern(Self.folder + "/security-support-*")) {
      // The name without a number is a link to the list of the release.
      if entry.type == .regular { files.append(try facts.evidence.text(of: entry)) }
    }
    lists = SecuritySupportLists(files)
  }

  /// The list of packages whose support ends early.
  ///
  /// - Throws: if there is none for the guest's release.
  public func ended() throws(EvidenceGap) -> SecuritySupportLists.List {
    guard let list = release.flatMap({ lists.ended[$0] }) else {
      throw gap("security-support-ended.deb\(release ?? "N")")
    }
    return list
  }

  /// The list of packages with limited support.
  ///
  /// - Throws: if there is none.
  public func limited() throws(EvidenceGap) -> SecuritySupportLists.List {
    guard let list = lists.limited else { throw gap("security-support-limited") }
    return list
  }

  private func gap(_ name: String) -> EvidenceGap {
    EvidenceGap(
      path: "\(Self.folder)/\(name)",
      reason:
        "the list is neither in the guest (package debian-security-support) nor given with --security-support"
    )
  }
}

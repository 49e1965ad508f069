import DiskImages
import Evidence

/// The limits that pam_limits(8) sets for a session, from limits.conf(5) and limits.d.
public struct ResourceLimits: FactModel {
  /// Which of the two limits of a resource.
  public enum Bound: String, Sendable, Hashable, CaseIterable { case soft, hard }

  /// One line of limits.conf(5).
  public struct Entry: Sendable, Hashable {
    /// A name, `@group`, `*`, `%`, or a range of numbers.
    public var domain: String
    public var bounds: [Bound]
    /// In small letters.
    public var item: String
    /// A number as it stands, or `unlimited`.
    public var value: String
    public var origin: Origin
  }

  /// Whose session it is.
  public enum Subject: Sendable, Hashable {
    /// An ordinary user whom no line names and whose groups none names.
    case anyone
    case account(name: String, uid: UInt32, gid: UInt32, groups: [String])
  }

  public static let needs: [ContentNeed] = [
    "/etc/security/limits.conf", "/etc/security/limits.d/*.conf", "/usr/etc/security/limits.conf",
    "/usr/etc/security/limits.d/*.conf",
  ]

  /// Every line, in the order in which the module reads them.
  public let entries: [Entry]
  /// `DOMAIN -` without item: no limits at all for whom it matches.
  private let exemptions: [Entry]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    var entries: [Entry] = []
    var exemptions: [Entry] = []
    let main = try evidence.text(atFirstOf: ["/etc/security/limits.conf", "/usr/etc/security/limits.conf"])
    // The directory comes after the main file, by name; a file of the administrator hides the vendor's.
    var dropIns: [String: FileEntry] = [:]
    for directory in ["/usr/etc", "/etc"] {
      for entry in try evidence.entries(matching: GlobPattern("\(directory)/security/limits.d/*.conf")) {
        dropIns[entry.name] = entry
      }
    }
    var files = main.map { [$0] } ?? []
    for (_, entry) in dropIns.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      files.append(try evidence.text(of: entry))
    }
    for file in files {
      let kind: Origin.Kind =
        file.path.hasPrefix("/usr") ? .vendor : file.path.contains("limits.d") ? .dropIn : .explicit
      for line in file.lines {
        let fields = line.text.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
        let origin = Origin(path: file.path, line: line.number, kind: kind, text: line.text)
        if fields.count == 2, fields[1] == "-" {
          exemptions.append(Entry(domain: fields[0], bounds: [], item: "", value: "", origin: origin))
        }
        if let entry = Self.entry(fields, origin) { entries.append(entry) }
      }
    }
    self.entries = entries
    self.exemptions = exemptions
  }

  private static func entry(_ fields: [String], _ origin: Origin) -> Entry? {
    guard fields.count >= 4 else { return nil }
    let bounds: [Bound]
    switch fields[1].lowercased() {
    case "-": bounds = [.soft, .hard]
    case "soft": bounds = [.soft]
    case "hard": bounds = [.hard]
    default: return nil
    }
    let item = fields[2].lowercased()
    var value = fields[3].lowercased()
    let mayBeNegative = item == "nice" || item == "priority"
    if value == "infinity" || value == "unlimited" || (value == "-1" && !mayBeNegative) {
      value = "unlimited"
    }
    return Entry(domain: fields[0], bounds: bounds, item: item, value: value, origin: origin)
  }

  /// The limit that holds for a subject; nil if no line sets it.
  ///
  /// Lines for a user weigh more than those for a group, those more than `*`; of equal ones the last counts, and a
  /// soft limit is never above the hard one (process_limit and setup_limits in pam_limits.c). Lines for groups and `*`
  /// do not apply to root.
  public func limit(_ item: String, _ bound: Bound, for subject: Subject) -> Effective<String>? {
    if exemptions.contains(where: { rank($0.domain, subject) != nil }) { return nil }
    var found: [(rank: Int, entry: Entry)] = []
    var limits: [Bound: (rank: Int, entry: Entry)] = [:]
    for entry in entries where entry.item == item {
      guard let rank = rank(entry.domain, subject) else { continue }
      for one in [Bound.soft, .hard] where entry.bounds.contains(one) {
        // A line for both ends where its soft limit is outweighed.
        if let old = limits[one], old.rank < rank { break }
        limits[one] = (rank, entry)
      }
      if entry.bounds.contains(bound) { found.append((rank, entry)) }
    }
    guard var winner = limits[bound]?.entry else { return nil }
    if bound == .soft, let hard = limits[.hard]?.entry, Self.isAbove(winner.value, hard.value) {
      winner = hard
    }
    let shadowed = found.map(\.entry).filter { $0 != winner }.reversed()
    return Effective(
      winner.value, origin: winner.origin,
      shadowed: shadowed.map { .init(value: $0.value, origin: $0.origin) })
  }

  private static func isAbove(_ soft: String, _ hard: String) -> Bool {
    guard let hard = Int(hard) else { return false }
    return Int(soft).map { $0 > hard } ?? true
  }

  /// How much a domain weighs for a subject, the lower the more; nil if it does not match.
  private func rank(_ domain: String, _ subject: Subject) -> Int? {
    guard case .account(let name, let uid, let gid, let groups) = subject else {
      return domain == "*" ? 4 : nil
    }
    if domain == name { return 0 }
    if uid == 0 { return nil }
    if domain == "*" { return 4 }
    if domain.hasPrefix("@") {
      let group = domain.dropFirst()
      return groups.contains(String(group)) || Self.isInRange(group, gid) ? 1 : nil
    }
    if domain.hasPrefix("%") {
      return domain.count > 1 && groups.contains(String(domain.dropFirst())) ? 2 : nil
    }
    return Self.isInRange(Substring(domain), uid) ? 0 : nil
  }

  /// `MIN:MAX`, `MIN:` and `:EXACTLY`.
  private static func isInRange(_ text: Substring, _ number: UInt32) -> Bool {
    guard let colon = text.firstIndex(of: ":") else { return false }
    let (low, high) = (text[..<colon], text[text.index(after: colon)...])
    if low.isEmpty { return UInt32(high) == number }
    guard let low = UInt32(low), low <= number else { return false }
    return high.isEmpty || (UInt32(high).map { number <= $0 } ?? false)
  }
}

import DiskImages
import Evidence

/// Names of users and groups by number and back, as the guest's own files give them (passwd(5), group(5)).
///
/// Two entries with one number: the first gives the name, as getpwuid(3) reads the file from its start.
public struct IdentityNames: FactModel {
  public static let needs: [ContentNeed] = [
    ContentNeed("/etc/passwd", limit: 64 << 20), ContentNeed("/etc/group", limit: 64 << 20),
    "/usr/lib/passwd", "/usr/lib/group", "/etc/nsswitch.conf", "/etc/shells",
  ]

  private var users: [UInt32: User] = [:]
  private var groups: [UInt32: String] = [:]
  private var uids: [String: UInt32] = [:]
  private var gids: [String: UInt32] = [:]
  private var populatedGroups: Set<UInt32> = []
  private let loginShells: Set<String>
  /// Whether the guest has a user database at all.
  public private(set) var hasDatabase = false
  /// Sources of nsswitch.conf(5) from which further names come that no file of the image holds: `sss`, `ldap`
  /// …
  public let remoteSources: [String]

  private struct User {
    var name: String
    var shell: String
  }

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    remoteSources = try Self.remoteSources(evidence)
    loginShells = try Self.shells(evidence)
    // /usr/lib/passwd is what nss-altfiles adds on image-based systems.
    for directory in ["/etc", "/usr/lib"] {
      if let file = try evidence.text(at: "\(directory)/passwd") {
        hasDatabase = true
        for line in file.lines { addUser(line.text) }
      }
      if let file = try evidence.text(at: "\(directory)/group") {
        for line in file.lines { addGroup(line.text) }
      }
    }
    // nss-systemd(8) answers for these two even without files.
    if users[0] == nil { users[0] = User(name: "root", shell: "/bin/sh") }
    if groups[0] == nil { groups[0] = "root" }
    if uids["root"] == nil { uids["root"] = 0 }
    if gids["root"] == nil { gids["root"] = 0 }
  }

  private mutating func addUser(_ line: String) {
    let fields = line.split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count >= 4, let uid = UInt32(fields[2]), !fields[0].isEmpty, fields[0].first != "#" else {
      return
    }
    let name = String(fields[0])
    let shell = fields.count > 6 ? String(fields[6]) : ""
    if users[uid] == nil { users[uid] = User(name: name, shell: shell) }
    if uids[name] == nil { uids[name] = uid }
    if uid != 0, let gid = UInt32(fields[3]) { populatedGroups.insert(gid) }
  }

  private mutating func addGroup(_ line: String) {
    let fields = line.split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count >= 3, let gid = UInt32(fields[2]), !fields[0].isEmpty, fields[0].first != "#" else {
      return
    }
    let name = String(fields[0])
    if groups[gid] == nil { groups[gid] = name }
    if gids[name] == nil { gids[name] = gid }
    if fields.count > 3, fields[3].split(separator: ",").contains(where: { $0 != "root" }) {
      populatedGroups.insert(gid)
    }
  }

  private static func remoteSources(_ evidence: Evidence) throws(EvidenceGap) -> [String] {
    guard let file = try evidence.text(at: "/etc/nsswitch.conf") else { return [] }
    let remote: Set<Substring> = [
      "sss", "ldap", "nis", "nisplus", "winbind", "hesiod", "kanidm", "extrausers",
    ]
    var found: [String] = []
    for line in file.lines {
      let words = line.text.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == ":" }
      guard let database = words.first, database == "passwd" || database == "group" else { continue }
      for word in words.dropFirst() where remote.contains(word) && !found.contains(String(word)) {
        found.append(String(word))
      }
    }
    return found
  }

  /// shells(5); without the file getusershell(3) falls back to the two POSIX shells.
  private static func shells(_ evidence: Evidence) throws(EvidenceGap) -> Set<String> {
    guard let file = try evidence.text(at: "/etc/shells") else { return ["/bin/sh", "/bin/csh"] }
    return Set(
      file.lines.map { String($0.text.prefix { $0 != "#" }.trimmingBlanks()) }.filter { $0.hasPrefix("/") })
  }

  /// The user's name; nil if no entry has the number.
  public func userName(_ uid: UInt32) -> String? { users[uid]?.name }
  /// The group's name; nil if no entry has the number.
  public func groupName(_ gid: UInt32) -> String? { groups[gid] }
  /// The number of a user that is written as a name or as a number.
  public func uid(_ user: String) -> UInt32? { uids[user] ?? UInt32(user) }
  /// The number of a group that is written as a name or as a number.
  public func gid(_ group: String) -> UInt32? { gids[group] ?? UInt32(group) }

  /// Whether the user exists and shells(5) does not list its shell: an account for a service.
  public func isServiceUser(_ uid: UInt32) -> Bool {
    guard let user = users[uid] else { return false }
    return !loginShells.contains(user.shell.isEmpty ? "/bin/sh" : user.shell)
  }

  /// Whether the group is the primary group of a service user with the same name.
  public func isServiceGroup(_ gid: UInt32) -> Bool {
    guard let name = groups[gid], let uid = uids[name] else { return false }
    return isServiceUser(uid)
  }

  /// Whether someone other than root belongs to the group, by membership or as primary group.
  public func hasMembers(_ gid: UInt32) -> Bool { populatedGroups.contains(gid) }

  /// `root:shadow`; numbers where there is no name.
  public func text(uid: UInt32, gid: UInt32) -> String {
    "\(userName(uid) ?? String(uid)):\(groupName(gid) ?? String(gid))"
  }
}

/// Which users or groups may own a file.
public struct OwnerRequirement: Sendable, Hashable {
  /// Names, numbers, or `@service`: any account whose shell is not a login shell.
  public var allowed: [String]

  /// Accepts the owners that are listed.
  public init(_ allowed: [String]) { self.allowed = allowed }

  /// Whether the user is one of them.
  public func accepts(user uid: UInt32, _ names: IdentityNames) -> Bool {
    allowed.contains { $0 == "@service" ? names.isServiceUser(uid) : names.uid($0) == uid }
  }

  /// Whether the group is one of them.
  public func accepts(group gid: UInt32, _ names: IdentityNames) -> Bool {
    allowed.contains { $0 == "@service" ? names.isServiceGroup(gid) : names.gid($0) == gid }
  }

  /// `root or syslog`.
  public var words: String {
    allowed.map { $0 == "@service" ? "a service account" : $0 }.joined(separator: " or ")
  }
}

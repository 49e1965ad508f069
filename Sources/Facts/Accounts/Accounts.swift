import Evidence

/// The accounts and groups of a guest, as its C library finds them in its own files: nsswitch.conf(5) says which files
/// are read and in which order; where two entries have one name or number, the first is found.
public struct Accounts: FactModel {
  private static let limit = 64 << 20

  public static let needs: [ContentNeed] =
    NameServiceSwitch.needs
    + ["passwd", "group", "shadow", "gshadow"].flatMap { name in
      ["/etc/\(name)", "/var/lib/extrausers/\(name)", "/usr/lib/\(name)"].map {
        ContentNeed($0, limit: limit)
      }
    }

  /// Every entry of passwd, in order.
  public let accounts: [Account]
  /// Every entry of group, in order.
  public let groups: [UserGroup]
  /// Entries that begin with `+` or `-`, of all files.
  public let compatibilityEntries: [Origin]
  /// Lines that the C library passes over.
  public let malformedLines: [Origin]
  /// Sources of accounts and of groups that are not on the disk, such as `sss` or `ldap`.
  public let foreignAccountSources: [String]
  public let foreignGroupSources: [String]

  private let files: [String]
  private let shadow: Result<[String: ShadowEntry], EvidenceGap>
  private let groupShadow: Result<[String: ShadowEntry], EvidenceGap>
  private let accountByName: [String: Int]
  private let accountByUID: [UInt32: Int]
  private let groupByName: [String: Int]
  private let groupByGID: [UInt32: Int]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let services = try facts.model(NameServiceSwitch.self)
    var odd = OddLines()
    var files: [String] = []
    var accounts: [Account] = []
    var groups: [UserGroup] = []
    for path in Self.paths("passwd", services) {
      guard let bytes = try facts.evidence.bytes(at: path) else { continue }
      accounts += ColonFile(path: path, bytes: bytes).accounts(file: UInt8(files.count), &odd)
      files.append(path)
    }
    for path in Self.paths("group", services) {
      guard let bytes = try facts.evidence.bytes(at: path) else { continue }
      groups += ColonFile(path: path, bytes: bytes).groups(file: UInt8(files.count), &odd)
      files.append(path)
    }
    shadow = Self.entries("shadow", facts.evidence, services, &odd)
    groupShadow = Self.entries("gshadow", facts.evidence, services, &odd)
    foreignAccountSources = services.foreignSources("passwd")
    foreignGroupSources = services.foreignSources("group")
    compatibilityEntries = odd.compatibility
    malformedLines = odd.malformed
    accountByName = Self.first(of: accounts, by: \.name)
    accountByUID = Self.first(of: accounts, by: \.uid)
    groupByName = Self.first(of: groups, by: \.name)
    groupByGID = Self.first(of: groups, by: \.gid)
    self.accounts = accounts
    self.groups = groups
    self.files = files
  }

  /// The account that a lookup by name finds.
  public func account(named name: String) -> Account? { accountByName[name].map { accounts[$0] } }
  /// The account that a lookup by number finds.
  public func account(uid: UInt32) -> Account? { accountByUID[uid].map { accounts[$0] } }
  /// The group that a lookup by name finds.
  public func group(named name: String) -> UserGroup? { groupByName[name].map { groups[$0] } }
  /// The group that a lookup by number finds.
  public func group(gid: UInt32) -> UserGroup? { groupByGID[gid].map { groups[$0] } }

  /// What the account's password field lets happen: that of passwd, or of shadow where passwd has `x`.
  ///
  /// - Throws: if shadow is needed and could not be read.
  public func password(of account: Account) throws(EvidenceGap) -> PasswordState {
    if let inline = account.inlinePassword { return inline }
    return try shadow.get()[account.name]?.password ?? .unusable
  }

  /// The entry of shadow for the account, if there is one.
  public func shadowEntry(of account: Account) throws(EvidenceGap) -> ShadowEntry? {
    try shadow.get()[account.name]
  }

  /// What the group's password field lets happen: newgrp(1) asks for it.
  public func password(of group: UserGroup) throws(EvidenceGap) -> PasswordState {
    if let inline = group.inlinePassword { return inline }
    return try groupShadow.get()[group.name]?.password ?? .unusable
  }

  /// Where the account stands.
  public func origin(of account: Account) -> Origin {
    Origin(
      path: files[Int(account.file)], line: Int(account.line), kind: .explicit,
      text: "\(account.name):…:\(account.uid):\(account.gid)::\(account.home):\(account.shell)")
  }

  /// Where the account's password stands.
  public func passwordOrigin(of account: Account) -> Origin {
    guard account.inlinePassword == nil, let entry = (try? shadow.get())?[account.name] else {
      return origin(of: account)
    }
    return Origin(path: "/etc/shadow", line: Int(entry.line), kind: .explicit, text: "\(account.name):…")
  }

  /// Where the group stands.
  public func origin(of group: UserGroup) -> Origin {
    Origin(
      path: files[Int(group.file)], line: Int(group.line), kind: .explicit,
      text: "\(group.name):…:\(group.gid):\(group.members.prefix(8).joined(separator: ","))")
  }

  private static func first<Entry, Key: Hashable>(
    of entries: [Entry], by key: (Entry) -> Key
  ) -> [Key: Int] {
    var index: [Key: Int] = [:]
    index.reserveCapacity(entries.count)
    for (position, entry) in entries.enumerated() where index[key(entry)] == nil {
      index[key(entry)] = position
    }
    return index
  }

  /// The files behind the local sources of a database, in the order in which they are asked.
  private static func paths(_ database: String, _ services: NameServiceSwitch) -> [String] {
    services.sources(database).value.compactMap { source in
      switch source {
      case "files", "compat": "/etc/\(database)"
      case "altfiles": "/usr/lib/\(database)"
      case "extrausers": "/var/lib/extrausers/\(database)"
      default: nil
      }
    }
  }

  private static func entries(
    _ database: String, _ evidence: Evidence, _ services: NameServiceSwitch, _ odd: inout OddLines
  ) -> Result<[String: ShadowEntry], EvidenceGap> {
    do {
      var entries: [String: ShadowEntry] = [:]
      for path in paths(database, services) {
        guard let bytes = try evidence.bytes(at: path) else { continue }
        entries.merge(ColonFile(path: path, bytes: bytes).shadowEntries(&odd)) { first, _ in first }
      }
      return .success(entries)
    } catch {
      return .failure(error)
    }
  }
}

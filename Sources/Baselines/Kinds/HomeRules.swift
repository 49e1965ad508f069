import DiskImages
import Evidence
import Facts

/// A rule about files of an account, which names each file that breaks it.
protocol AccountFileRule: AccountRule {
  func judge(_ account: Account, _ context: AccountContext, _ objections: inout Objections)
    throws(EvidenceGap)
}

extension AccountFileRule {
  func fault(_ account: Account, _ context: AccountContext) -> AccountFault? { nil }
}

/// Greatest mode and owner of files, shared by the rules about homes.
struct FileDemands: Sendable {
  static let parameters: [ParameterSpecification] = [
    .init("mode_max", .mode, "no permission beyond these"),
    .init("owned", .boolean, "owned by the account"),
    .init("group_owned", .boolean, "owned by the account's primary group"),
  ]

  private let modeMax: UInt32?
  private let isOwned: Bool
  private let isGroupOwned: Bool

  init(_ parameters: Parameters) {
    modeMax = parameters.mode("mode_max")
    isOwned = parameters.boolean("owned") ?? false
    isGroupOwned = parameters.boolean("group_owned") ?? false
  }

  var isEmpty: Bool { modeMax == nil && !isOwned && !isGroupOwned }

  var words: String {
    [
      modeMax.map { "mode at most \(octal($0))" }, isOwned ? "owned by the account" : nil,
      isGroupOwned ? "owned by its primary group" : nil,
    ].compactMap { $0 }.joined(separator: ", ")
  }

  /// What is wrong with a file; nil if nothing is. The mode of a symbolic link means nothing.
  func fault(_ entry: FileEntry, _ account: Account) -> String? {
    let metadata = entry.metadata
    var faults: [String] = []
    if let modeMax, entry.type != .symbolicLink, metadata.permissions & ~modeMax != 0 {
      faults.append("mode \(octal(metadata.permissions))")
    }
    if isOwned, metadata.uid != account.uid { faults.append("owned by uid \(metadata.uid)") }
    if isGroupOwned, metadata.gid != account.gid { faults.append("owned by gid \(metadata.gid)") }
    return faults.isEmpty ? nil : faults.joined(separator: ", ")
  }
}

extension AccountContext {
  /// The home directory of an account, links followed; nil if there is none.
  func home(of account: Account) throws(EvidenceGap) -> FileEntry? {
    guard account.home.hasPrefix("/"), let entry = try facts.evidence.entry(at: account.home),
      entry.type == .directory
    else { return nil }
    return entry
  }
}

/// The home directory itself.
struct HomeRule: AccountFileRule {
  static let parameters: [ParameterSpecification] =
    [.init("exists", .boolean, "there is a directory; one that is absent breaks no other rule")]
    + FileDemands.parameters

  private let mustExist: Bool
  private let demands: FileDemands

  init(_ parameters: Parameters) {
    mustExist = parameters.boolean("exists") ?? false
    demands = FileDemands(parameters)
  }

  var expected: String {
    "a home directory "
      + [mustExist ? "that exists" : "", demands.words].filter { !$0.isEmpty }
      .joined(separator: ", ")
  }

  func judge(_ account: Account, _ context: AccountContext, _ objections: inout Objections)
    throws(EvidenceGap)
  {
    let place = EvidenceLine(context.accounts.origin(of: account))
    let home: FileEntry?
    do {
      home = try context.home(of: account)
    } catch {
      objections.add(account.name, .undecided(reason: "\(error)"), actual: "\(error)", evidence: [place])
      return
    }
    guard let home else {
      if mustExist {
        let path = account.home.isEmpty ? "no home directory is named" : "\(account.home) does not exist"
        objections.add(account.name, actual: path, evidence: [place])
      }
      return
    }
    guard let fault = demands.fault(home, account) else { return }
    objections.add(account.name, actual: "\(account.home): \(fault)", evidence: [EvidenceLine(home), place])
  }
}

/// Files in the home directory whose names begin with a dot.
struct DotFileRule: AccountFileRule {
  static let parameters: [ParameterSpecification] =
    [
      .init(
        "names", .textList, "names or patterns as glob(7) reads them; every hidden regular file if not given"),
      .init("absent", .boolean, "there is no such file"),
    ] + FileDemands.parameters

  private let names: [String]
  private let mustBeAbsent: Bool
  private let demands: FileDemands

  init(_ parameters: Parameters) throws(ParameterError) {
    names = parameters.list("names")
    mustBeAbsent = parameters.boolean("absent") ?? false
    demands = FileDemands(parameters)
    if mustBeAbsent, names.isEmpty {
      throw ParameterError("absent", "'names' says which files are to be absent")
    }
    if !mustBeAbsent, demands.isEmpty {
      throw ParameterError("dot_files", "one of absent, mode_max, owned and group_owned is missing")
    }
  }

  var expected: String {
    let which = names.isEmpty ? "hidden files" : names.joined(separator: ", ")
    return mustBeAbsent ? "no \(which)" : "\(which) \(demands.words)"
  }

  func judge(_ account: Account, _ context: AccountContext, _ objections: inout Objections)
    throws(EvidenceGap)
  {
    guard let home = try context.home(of: account) else { return }
    for entry in home.children {
      guard objections.look() else { return }
      guard isMeant(entry) else { continue }
      let fault = mustBeAbsent ? "present" : demands.fault(entry, account)
      guard let fault else { continue }
      objections.add(entry.path, actual: "\(account.name): \(fault)", evidence: [EvidenceLine(entry)])
    }
  }

  private func isMeant(_ entry: FileEntry) -> Bool {
    if names.isEmpty { return entry.type == .regular && entry.nameBytes.first == UInt8(ascii: ".") }
    return (mustBeAbsent || entry.type == .regular)
      && names.contains { wildcardMatches($0.utf8, entry.nameBytes) }
  }
}

/// Everything below the home directory.
struct HomeFileRule: AccountFileRule {
  static let parameters = FileDemands.parameters

  private let demands: FileDemands

  init(_ parameters: Parameters) { demands = FileDemands(parameters) }

  var expected: String { "files in the home directory \(demands.words)" }

  func judge(_ account: Account, _ context: AccountContext, _ objections: inout Objections)
    throws(EvidenceGap)
  {
    guard let home = try context.home(of: account) else { return }
    if Self.systemDirectories.contains(home.path) {
      objections.add(
        account.name, actual: "the home directory is \(home.path), a directory of the system",
        evidence: [EvidenceLine(context.accounts.origin(of: account))])
      return
    }
    var faulty = 0
    var first: (entry: FileEntry, fault: String)?
    for entry in home.subtree where entry != home {
      guard objections.look() else { break }
      guard let fault = demands.fault(entry, account) else { continue }
      faulty += 1
      first = first ?? (entry, fault)
    }
    guard let first else { return }
    let more = faulty > 1 ? ", and \(faulty - 1) more" : ""
    objections.add(
      account.name, actual: "\(first.entry.path): \(first.fault)\(more)",
      evidence: [EvidenceLine(first.entry)])
  }

  private static let systemDirectories: Set<String> = [
    "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/opt", "/proc", "/run", "/sbin", "/srv", "/sys",
    "/tmp",
    "/usr", "/usr/bin", "/usr/sbin", "/var", "/var/lib", "/var/tmp",
  ]
}

extension EvidenceLine {
  /// Mode and owner of an inode.
  init(_ entry: FileEntry) {
    let metadata = entry.metadata
    self.init(
      path: entry.path, text: "\(octal(metadata.permissions)) \(metadata.uid):\(metadata.gid)",
      origin: "inode")
  }
}

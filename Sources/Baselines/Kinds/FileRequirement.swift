import DiskImages
import Evidence
import Facts

/// What a check asks of a file's mode, owner and access list; shared by the kinds that judge files.
struct FileRequirement: Sendable, Hashable {
  /// Bits that the mode may have; nil asks nothing.
  var modeMax: UInt32?
  /// The mode exactly.
  var mode: UInt32?
  var owner: OwnerRequirement?
  var group: OwnerRequirement?
  var accessList: AccessListRule

  enum AccessListRule: String, Sendable, CaseIterable {
    /// Access lists are not looked at.
    case ignore
    /// No named user or group may do more than everybody.
    case noWidening = "no_widening"
    /// No access list at all.
    case none
  }

  static let parameters: [ParameterSpecification] = [
    .init("mode_max", .mode, "the mode has none but these bits"),
    .init("mode", .mode, "the mode is exactly this"),
    .init(
      "owner", .textList, "users that may own it, by name or number; @service: an account without login shell"
    ),
    .init(
      "group", .textList,
      "groups that may own it, by name or number; @service: the group of a service account"),
    .init(
      "acl", .choice(AccessListRule.allCases.map(\.rawValue)),
      "whether access lists count; no_widening where a mode is asked, else ignore"),
  ]

  init(_ parameters: Parameters) throws(ParameterError) {
    modeMax = parameters.mode("mode_max")
    mode = parameters.mode("mode")
    if modeMax != nil, mode != nil { throw ParameterError("mode", "mode and mode_max exclude each other") }
    owner = parameters.has("owner") ? OwnerRequirement(parameters.list("owner")) : nil
    group = parameters.has("group") ? OwnerRequirement(parameters.list("group")) : nil
    accessList =
      parameters.text("acl").flatMap(AccessListRule.init)
      ?? (modeMax != nil || mode != nil ? .noWidening : .ignore)
  }

  var isEmpty: Bool { modeMax == nil && mode == nil && owner == nil && group == nil && accessList != .none }

  /// `mode 0640 or stricter, owner root`.
  var words: String {
    var parts: [String] = []
    if let modeMax { parts.append("mode \(octal(modeMax)) or stricter") }
    if let mode { parts.append("mode \(octal(mode))") }
    if let owner { parts.append("owner \(owner.words)") }
    if let group { parts.append("group \(group.words)") }
    if accessList == .none { parts.append("no access list") }
    return parts.joined(separator: ", ")
  }

  /// What the requirement objects to, in words; empty if it is met.
  func objections(to state: FileState, _ names: IdentityNames) -> [String] {
    var objections: [String] = []
    if let modeMax, state.permissions & ~modeMax != 0 {
      objections.append("mode \(octal(state.permissions))")
    }
    if let mode, state.permissions != mode { objections.append("mode \(octal(state.permissions))") }
    if let owner, !owner.accepts(user: state.uid, names) {
      objections.append("owner \(names.userName(state.uid) ?? String(state.uid))")
    }
    if let group, !group.accepts(group: state.gid, names) {
      objections.append("group \(names.groupName(state.gid) ?? String(state.gid))")
    }
    switch accessList {
    case .ignore: break
    case .noWidening:
      objections += (state.accessList?.widening ?? []).map { "access list \($0.words(names))" }
    case .none:
      if state.accessList != nil { objections.append("an access list") }
    }
    return objections
  }
}

/// Mode and owner of a file as the next boot leaves them, and why.
struct FileState {
  var permissions: UInt32
  var uid: UInt32
  var gid: UInt32
  var accessList: AccessList?
  /// What is there now, then what changes it.
  var evidence: [EvidenceLine]
  /// Whether tmpfiles.d changes or makes the file.
  var isOfNextBoot: Bool

  /// The state of an inode that exists.
  init(
    _ entry: FileEntry, path: String, _ names: IdentityNames, _ tmpfiles: Tmpfiles,
    _ overrides: StatOverrides?
  ) {
    let metadata = entry.metadata
    permissions = metadata.permissions
    uid = metadata.uid
    gid = metadata.gid
    accessList = entry.accessList
    isOfNextBoot = false
    evidence = [
      EvidenceLine(
        path: path, text: "\(octal(permissions)) \(names.text(uid: uid, gid: gid))", origin: "on the disk")
    ]
    if let change = tmpfiles.changes[entry.id] { take(change) }
    if let override = overrides?.override(for: entry.path) {
      evidence.append(EvidenceLine(override, note: "kept by dpkg on upgrades"))
    }
  }

  /// The state of a file that a program would make.
  init(permissions: UInt32, uid: UInt32, gid: UInt32, evidence: [EvidenceLine]) {
    (self.permissions, self.uid, self.gid) = (permissions, uid, gid)
    self.evidence = evidence
    isOfNextBoot = false
  }

  /// The bare state of an inode, without words.
  init(_ entry: FileEntry) {
    let metadata = entry.metadata
    (permissions, uid, gid) = (metadata.permissions, metadata.uid, metadata.gid)
    accessList = entry.accessList
    isOfNextBoot = false
    evidence = []
  }

  /// The state of something that the next boot makes.
  init(_ change: Tmpfiles.Change) {
    (permissions, uid, gid) = (change.permissions, change.uid, change.gid)
    isOfNextBoot = true
    evidence = []
    take(change)
  }

  private mutating func take(_ change: Tmpfiles.Change) {
    (permissions, uid, gid) = (change.permissions, change.uid, change.gid)
    isOfNextBoot = true
    evidence = change.origins.map { EvidenceLine($0, note: "set at the next boot") } + evidence
  }

  /// `0644 root:root`, and whether it is the next boot that makes it so.
  func words(_ names: IdentityNames) -> String {
    "\(octal(permissions)) \(names.text(uid: uid, gid: gid))\(isOfNextBoot ? " from the next boot on" : "")"
  }
}

/// Permission bits with four digits.
func octal(_ mode: UInt32) -> String {
  let digits = String(mode, radix: 8)
  return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
}

/// Collects findings, of which a report shows the first 200 and the number of the others.
struct CappedOutcomes {
  static let limit = 200
  private(set) var outcomes: [Outcome] = []
  private var more = 0

  var isEmpty: Bool { outcomes.isEmpty }

  /// Adds a finding; beyond the limit it is not even made.
  mutating func add(_ make: @autoclosure () -> Outcome) {
    if outcomes.count < Self.limit { outcomes.append(make()) } else { more += 1 }
  }

  /// All that is shown; `subject` stands for those that are only counted.
  func all(subject: String) -> [Outcome] {
    guard more > 0, let first = outcomes.first else { return outcomes }
    return outcomes + [
      Outcome(
        .fail, subject: "\(subject) (more)", expected: first.expected, actual: "\(more) more of the same kind"
      )
    ]
  }
}

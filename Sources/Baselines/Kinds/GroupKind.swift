import DiskImages
import Evidence
import Facts

/// What groups look like in group and gshadow.
public struct GroupKind: CheckKind {
  public static let name = "group"
  public static let summary =
    "Selects groups as the C library finds them and judges number, name, members and password."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "select",
      .mapping([
        .init("names", .textList, "groups with these names"), .init("gid_min", .integer, "least gid"),
        .init("gid_max", .integer, "greatest gid"),
      ]), "which groups; all if not given"),
    .init("only", .textList, "the selected groups are none but these"),
    .init("exists", .boolean, "there is a group with each of the selected names"),
    .init("unique", .choice(["gid", "name"]), "no two of the selected groups have the same"),
    .init(
      "members_only", .textList,
      "no member but these, accounts whose primary group it is included; empty for none"),
    .init(
      "password", .textList, "the group's password is in one of these states: hashed, locked, empty, unusable"
    ),
  ]

  private let names: Set<String>?
  private let gids: ClosedRange<UInt32>
  private let only: [String]?
  private let mustExist: Bool
  private let unique: String?
  private let members: [String]?
  private let states: [String]?

  public init(_ parameters: Parameters) throws(ParameterError) {
    let select = parameters.mapping("select")
    names = select?.has("names") == true ? Set(select?.list("names") ?? []) : nil
    let least = UInt32(clamping: select?.integer("gid_min") ?? 0)
    let greatest = select?.integer("gid_max").map { UInt32(clamping: $0) } ?? .max
    guard least <= greatest else { throw ParameterError("select", "'gid_min' is above 'gid_max'") }
    gids = least...greatest
    only = parameters.has("only") ? parameters.list("only") : nil
    mustExist = parameters.boolean("exists") ?? false
    unique = parameters.text("unique")
    members = parameters.has("members_only") ? parameters.list("members_only") : nil
    states = parameters.has("password") ? try passwordStates(parameters, "password") : nil
    if mustExist, names == nil {
      throw ParameterError("exists", "'select' says with 'names' which groups exist")
    }
    if !mustExist, only == nil, unique == nil, members == nil, states == nil {
      throw ParameterError(nil, "one of exists, only, unique, members_only and password is missing")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([Accounts.self]) }

  private var expected: String {
    [
      mustExist ? "a group that exists" : nil, only.map { "only \($0.joined(separator: ", "))" },
      unique.map { "a \($0) of its own" },
      members.map { $0.isEmpty ? "no members" : "no members but \($0.joined(separator: ", "))" },
      states.map { "a password that is \($0.joined(separator: " or "))" },
    ].compactMap { $0 }.joined(separator: ", ")
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let accounts = try facts.model(Accounts.self)
    let groups = accounts.groups.filter { gids.contains($0.gid) && names?.contains($0.name) ?? true }
    var objections = Objections(expected: expected)
    for group in groups {
      let faults = try faults(group, accounts)
      if faults.isEmpty { continue }
      objections.add(
        group.name, actual: faults.joined(separator: ", "),
        evidence: [EvidenceLine(accounts.origin(of: group))])
    }
    if mustExist { try judgeExistence(accounts, &objections) }
    judgeUnique(groups, accounts, &objections)
    return objections.outcomes(passing: "groups", "judged: \(groups.count)")
  }

  private func judgeExistence(_ accounts: Accounts, _ objections: inout Objections) throws(EvidenceGap) {
    for name in (names ?? []).sorted() where accounts.group(named: name) == nil {
      if let foreign = accounts.foreignGroupSources.first {
        throw EvidenceGap(path: "/etc/nsswitch.conf", reason: "groups may come from \(foreign) too")
      }
      objections.add(name, actual: "no such group")
    }
  }

  private func faults(_ group: UserGroup, _ accounts: Accounts) throws(EvidenceGap) -> [String] {
    var faults: [String] = []
    if let only, !only.contains(group.name) { faults.append("a group with gid \(group.gid)") }
    if let members {
      let primary = accounts.accounts.lazy.filter { $0.gid == group.gid }.map(\.name)
      let present = Set(group.members).union(primary).subtracting(members).sorted()
      if !present.isEmpty { faults.append("members \(present.prefix(8).joined(separator: ", "))") }
    }
    if let states {
      let state = try accounts.password(of: group)
      if !states.contains(state.name) { faults.append("password \(state.words)") }
    }
    return faults
  }

  private func judgeUnique(_ groups: [UserGroup], _ accounts: Accounts, _ objections: inout Objections) {
    guard let unique else { return }
    let byKey = Dictionary(grouping: groups) { unique == "gid" ? String($0.gid) : $0.name }
    for (key, twins) in byKey.filter({ $0.value.count > 1 }).sorted(by: { $0.key < $1.key }) {
      let names = unique == "gid" ? twins.map(\.name) : twins.map { "gid \($0.gid)" }
      objections.add(
        "\(unique) \(key)", actual: "shared by \(names.prefix(8).joined(separator: ", "))",
        evidence: twins.prefix(8).map { EvidenceLine(accounts.origin(of: $0)) })
    }
  }
}

import Baselines
import Facts
import TestSupport
import Testing

@Suite struct GroupKindTests {
  private let guest = GuestFixture([
    "/etc/passwd": "root:x:0:0:::\nu:x:1000:42:::\n",
    "/etc/group": "root:x:0:\nshadow:x:42:v\nwheel:x:0:\ng:x:5:\ng:x:6:\np::7:\n",
    "/etc/gshadow": "root:*::\ng:!::\n",
  ])

  private func failing(_ parameters: [String: ParameterValue]) throws -> [String] {
    try answers(GroupKind.self, parameters, guest).filter { $0.verdict == .fail }.map(\.subject)
  }

  @Test func judgesMembersNumbersAndNames() throws {
    let shadow: ParameterValue = .mapping(["names": .list(["shadow"])])
    #expect(try failing(["unique": .text("gid")]) == ["gid 0"])
    #expect(try failing(["unique": .text("name")]) == ["name g"])
    #expect(
      try failing(["only": .list(["root"]), "select": .mapping(["gid_max": .integer(0)])]) == ["wheel"])
    #expect(try failing(["members_only": .list([]), "select": shadow]) == ["shadow"])
    #expect(try failing(["members_only": .list(["u", "v"]), "select": shadow]).isEmpty)
    #expect(try failing(["password": .list(["locked", "unusable"])]) == ["p"])
  }

  @Test func accountsWithThePrimaryGroupAreMembers() throws {
    let outcomes = try answers(
      GroupKind.self, ["members_only": .list([]), "select": .mapping(["names": .list(["shadow"])])], guest)
    #expect(outcomes.map(\.actual) == ["members u, v"])
  }

  @Test func aGroupMayHaveToExist() throws {
    let select: ParameterValue = .mapping(["names": .list(["root", "none"])])
    #expect(try failing(["exists": .boolean(true), "select": select]) == ["none"])
    #expect(throws: ParameterError.self) { try GroupKind(Parameters(["exists": .boolean(true)])) }
  }

  @Test func aGroupThatIsNotThereHasNoMembers() throws {
    let outcomes = try answers(
      GroupKind.self, ["members_only": .list([]), "select": .mapping(["names": .list(["none"])])], guest)
    #expect(outcomes.map(\.verdict) == [.pass])
  }

  @Test(
    arguments: [
      [:], ["select": .mapping(["gid_min": .integer(2), "gid_max": .integer(1)]), "unique": .text("gid")],
    ]
      as [[String: ParameterValue]])
  func refusesWhatMakesNoSense(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try GroupKind(Parameters(parameters)) }
  }
}

import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct SELinuxKindTests {
  private let guest = GuestFixture([
    "/etc/selinux/config": "SELINUX=permissive\nSELINUXTYPE=targeted\n",
    "/etc/selinux/targeted/policy/policy.33": "x",
    "/var/lib/selinux/targeted/active/booleans.local": "polyinstantiation_enabled=1\n",
  ])

  @Test func modeAndPolicy() throws {
    let outcomes = try answers(
      SELinuxKind.self, ["mode": .list(["enforcing"]), "policy": .list(["targeted", "mls"])], guest)
    #expect(outcomes.map(\.verdict) == [.fail, .pass])
    #expect(outcomes[0].actual == "SELinux permissive" && outcomes[0].evidence.first?.line == 1)
  }

  @Test func booleans() throws {
    let on: [String: ParameterValue] = ["boolean": .text("polyinstantiation_enabled")]
    #expect(try answers(SELinuxKind.self, on, guest).map(\.verdict) == [.pass])
    let off: [String: ParameterValue] = [
      "boolean": .text("polyinstantiation_enabled"), "value": .boolean(false),
    ]
    #expect(try answers(SELinuxKind.self, off, guest).map(\.verdict) == [.fail])
    #expect(throws: EvidenceGap.self) { try answers(SELinuxKind.self, ["boolean": .text("other")], guest) }
    #expect(
      try answers(SELinuxKind.self, on, GuestFixture()).map(\.actual) == ["SELinux is disabled"])
  }

  @Test func fixes() throws {
    let kind = try SELinuxKind(Parameters(["mode": .list(["enforcing"])]))
    #expect(kind.fix?.shell == "sed -i -E 's/^SELINUX=.*/SELINUX=enforcing/' /etc/selinux/config")
    #expect(throws: ParameterError.self) { try SELinuxKind(Parameters(["mode": .list(["on"])])) }
    #expect(throws: ParameterError.self) { try SELinuxKind(Parameters([:])) }
  }
}

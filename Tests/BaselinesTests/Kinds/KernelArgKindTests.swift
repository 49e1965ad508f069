import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct KernelArgKindTests {

  private func verdict(_ parameters: [String: ParameterValue], _ lines: String...) throws -> Outcome {
    let menu = lines.enumerated().map { "menuentry 'entry \($0)' {\nlinux /boot/vmlinuz-6.1 \($1)\n}\n" }
      .joined()
    let outcomes = try answers(KernelArgKind.self, parameters, GuestFixture(["/boot/grub/grub.cfg": menu]))
    return try #require(outcomes.first)
  }

  @Test func everyEntryCountsButRecovery() throws {
    let audit: [String: ParameterValue] = ["name": .text("audit"), "equals": .text("1")]
    #expect(try verdict(audit, "audit=1", "audit=1").verdict == .pass)
    #expect(try verdict(audit, "audit=1", "single").verdict == .pass)
    let second = try verdict(audit, "audit=1", "quiet")
    #expect(second.verdict == .fail && second.actual == "audit is not given in 'entry 1'")
    #expect(
      try verdict(audit.merging(["scope": .text("default")]) { $1 }, "audit=1", "quiet").verdict == .pass)
  }

  @Test func theLastOfTwoCounts() throws {
    let audit: [String: ParameterValue] = ["name": .text("audit"), "equals": .text("1")]
    #expect(try verdict(audit, "audit=0 audit=1").verdict == .pass)
    #expect(try verdict(audit, "audit=1 audit=0").verdict == .fail)
  }

  @Test func presentAndAbsent() throws {
    #expect(try verdict(["name": .text("nosmap"), "absent": .boolean(true)], "quiet").verdict == .pass)
    #expect(try verdict(["name": .text("nosmap"), "absent": .boolean(true)], "nosmap").verdict == .fail)
    #expect(
      try verdict(["name": .text("slab_nomerge"), "present": .boolean(true)], "slab_nomerge").verdict == .pass
    )
  }

  @Test func anEntryWithoutTheArgumentMayPass() throws {
    let off: [String: ParameterValue] = [
      "name": .text("apparmor"), "not_in": .list(["0"]), "if_absent": .text("pass"),
    ]
    #expect(try verdict(off, "quiet", "apparmor=1").verdict == .pass)
    let second = try verdict(off, "quiet", "apparmor=0")
    #expect(second.verdict == .fail && second.actual == "apparmor=0 in 'entry 1'")
    #expect(try verdict(off.merging(["if_absent": .text("fail")]) { $1 }, "quiet").verdict == .fail)
    #expect(throws: ParameterError.self) {
      try KernelArgKind(
        Parameters(["name": .text("x"), "present": .boolean(true), "if_absent": .text("pass")]))
    }
  }

  @Test(arguments: [
    (["name": ParameterValue.text("nosmap"), "absent": .boolean(true)], "nosmap"),
    (
      ["name": .text("mitigations"), "not_equals": .text("off"), "if_absent": .text("pass")],
      "mitigations=off"
    ),
  ])
  func whatHasToBeAbsentIsAbsentFromRecoveryEntriesToo(
    _ parameters: [String: ParameterValue], _ argument: String
  ) throws {
    #expect(try verdict(parameters, "quiet", "single").verdict == .pass)
    #expect(try verdict(parameters, "quiet", "single \(argument)").verdict == .fail)
    let first = parameters.merging(["scope": .text("default")]) { $1 }
    #expect(try verdict(first, "quiet", "single \(argument)").verdict == .pass)
  }

  @Test func aCommandLineThatIsNotKnownIsNotEmpty() throws {
    let absent: [String: ParameterValue] = ["name": .text("nosmap"), "absent": .boolean(true)]
    let files = [
      "/efi/loader/entries/a.conf": "title a\nlinux /vmlinuz-2\noptions ro\n",
      "/efi/EFI/Linux/b.efi": "MZ",
    ]
    #expect(throws: EvidenceGap.self) { try answers(KernelArgKind.self, absent, GuestFixture(files)) }
    let first = absent.merging(["scope": .text("default")]) { $1 }
    #expect(try answers(KernelArgKind.self, first, GuestFixture(files)).first?.verdict == .pass)
    let bad = files.merging(["/efi/loader/entries/c.conf": "title c\nlinux /vmlinuz-1\noptions nosmap\n"]) {
      $1
    }
    #expect(try answers(KernelArgKind.self, absent, GuestFixture(bad)).first?.verdict == .fail)
  }

  @Test func aMenuThatIsReadInPartLeavesTheVerdictOpen() {
    let deep = String(repeating: "if true; then\n", count: 64)
    let guest = GuestFixture(["/boot/grub/grub.cfg": "menuentry x {\nlinux /vmlinuz-1 ro\n}\n" + deep])
    #expect(throws: EvidenceGap.self) {
      try answers(KernelArgKind.self, ["name": .text("nosmap"), "absent": .boolean(true)], guest)
    }
  }

  @Test func withoutAnEntryTheImageCannotTell() {
    #expect(throws: EvidenceGap.self) {
      try answers(KernelArgKind.self, ["name": .text("audit"), "present": .boolean(true)], GuestFixture())
    }
  }

  @Test(arguments: [[:], ["present": ParameterValue.boolean(true), "absent": .boolean(true)]])
  func oneRequirementExactly(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) {
      try KernelArgKind(Parameters(parameters.merging(["name": .text("x")]) { $1 }))
    }
  }
}

import Baselines
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct LockdownKindTests {
  private func guest(_ arguments: String, _ configuration: String) -> GuestFixture {
    GuestFixture([
      "/boot/grub/grub.cfg": "menuentry 'x' {\nlinux /boot/vmlinuz-6.1.0-1-amd64 ro \(arguments)\n}\n",
      "/boot/vmlinuz-6.1.0-1-amd64": "",
      "/boot/config-6.1.0-1-amd64": "CONFIG_MODULES=y\nCONFIG_MODULE_SIG=y\nCONFIG_SECURITY_LOCKDOWN_LSM=y\n"
        + "CONFIG_SECURITY_LOCKDOWN_LSM_EARLY=y\n" + configuration,
    ])
  }

  @Test(arguments: [
    ("", "integrity", false), ("lockdown=integrity", "integrity", true),
    ("lockdown=integrity", "confidentiality", false), ("lockdown=confidentiality", "integrity", true),
  ])
  func levels(_ arguments: String, _ least: String, _ passes: Bool) throws {
    let outcomes = try answers(LockdownKind.self, ["at_least": .text(least)], guest(arguments, ""))
    #expect(outcomes.map(\.verdict) == [passes ? .pass : .fail])
  }

  /// Debian's kernels ask the firmware, and the image does not know what it says.
  @Test func secureBootDecides() throws {
    let guest = guest("", "CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT=y\n")
    for outcome in [
      try answers(LockdownKind.self, ["at_least": .text("integrity")], guest),
      try answers(ModuleSignatureKind.self, ["enforced": .boolean(true)], guest),
    ].flatMap({ $0 }) {
      guard case .undecided = outcome.verdict else {
        Issue.record("\(outcome)")
        continue
      }
    }
    let high = try answers(LockdownKind.self, ["at_least": .text("confidentiality")], guest)
    #expect(high.map(\.verdict) == [.fail])
  }

  @Test func unsignedModules() throws {
    let guest = guest("", "")
    guest.filesystem.addFile("/usr/lib/modules/6.1.0-1-amd64/updates/dkms/x.ko", .bytes([1, 2]))
    let kind = try ModuleSignatureKind(Parameters(["signed": .text("added")]))
    let outcomes = try kind.evaluate(try guest.collected(by: kind.plan))
    #expect(outcomes.map(\.subject) == ["/usr/lib/modules/6.1.0-1-amd64/updates/dkms/x.ko"])
    #expect(outcomes.map(\.verdict) == [.fail])
  }

  @Test func verityImaAndMeasurement() throws {
    let hash = String(repeating: "a", count: 64)
    let guest = guest("roothash=\(hash) ima_policy=tcb", "CONFIG_IMA=y\n")
    for (of, verdict) in [("root", Outcome.Verdict.pass), ("usr", .pass), ("any", .pass)] {
      #expect(try answers(VerityKind.self, ["of": .text(of)], guest).map(\.verdict) == [verdict])
    }
    for (does, verdict) in [("measure", Outcome.Verdict.pass), ("appraise", .fail), ("either", .pass)] {
      #expect(try answers(IMAKind.self, ["does": .text(does)], guest).map(\.verdict) == [verdict])
    }
    let kind = try MeasuredBootKind(Parameters(["pieces": .list(["stub", "unlock"])]))
    #expect(try kind.evaluate(try guest.collected(by: kind.plan)).map(\.verdict) == [.fail, .fail])
    #expect(throws: ParameterError.self) { try MeasuredBootKind(Parameters(["pieces": .list(["x"])])) }
    #expect(throws: ParameterError.self) { try ModuleSignatureKind(Parameters([:])) }
  }
}

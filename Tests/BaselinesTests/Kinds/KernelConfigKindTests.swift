import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct KernelConfigKindTests {
  private func guest(_ configuration: String, of version: String = "6.1") -> GuestFixture {
    GuestFixture([
      "/boot/grub/grub.cfg": "menuentry 'x' {\nlinux /boot/vmlinuz-6.1 ro\n}\n",
      "/boot/config-\(version)": configuration, "/boot/vmlinuz-6.1": "", "/boot/config-9.9": "CONFIG_A=y\n",
    ])
  }

  @Test(arguments: [
    ("CONFIG_A=y", "y"), ("CONFIG_A=m", "m"), ("# CONFIG_A is not set", "n"), ("CONFIG_AB=y", "n"),
    ("CONFIG_A=65536", "65536"), ("CONFIG_A=\"text here\"", "text here"),
  ])
  func aSymbolsValue(_ line: String, _ value: String) throws {
    let parameters: [String: ParameterValue] = ["symbol": .text("CONFIG_A"), "equals": .text(value)]
    #expect(try answers(KernelConfigKind.self, parameters, guest(line)).first?.verdict == .pass)
    let other: [String: ParameterValue] = ["symbol": .text("CONFIG_A"), "not_equals": .text(value)]
    #expect(try answers(KernelConfigKind.self, other, guest(line)).first?.verdict == .fail)
  }

  @Test func theKernelThatBootsCountsNotTheNewest() throws {
    let parameters: [String: ParameterValue] = ["symbol": .text("CONFIG_A"), "equals": .text("y")]
    #expect(try answers(KernelConfigKind.self, parameters, guest("CONFIG_A=m")).first?.verdict == .fail)
  }

  @Test func withoutItsConfigurationTheImageCannotTell() {
    let parameters: [String: ParameterValue] = ["symbol": .text("CONFIG_A"), "equals": .text("y")]
    #expect(throws: EvidenceGap.self) { try answers(KernelConfigKind.self, parameters, guest("", of: "5.0")) }
    #expect(throws: EvidenceGap.self) { try answers(KernelConfigKind.self, parameters, GuestFixture()) }
  }
}

import Baselines
import TestSupport
import Testing

@Suite struct UnitSandboxKindTests {
  private func failing(_ parameters: [String: ParameterValue] = [:]) throws -> [String] {
    let guest = bootable()
    let start = "[Service]\nExecStart=/bin/x\n"
    guest.addStarted("bare.service", start)
    guest.addStarted("off.service", start + "PrivateTmp=no\nProtectSystem=false\n")
    guest.addStarted("one.service", start + "PrivateTmp=yes\n")
    guest.addStarted("two.service", start + "ProtectSystem=strict\nNoNewPrivileges=true\n")
    guest.addStarted("user.service", start + "User=www-data\n")
    guest.addStarted("dynamic.service", start + "DynamicUser=yes\n")
    guest.addStarted("once.service", start + "Type=oneshot\n")
    return try answers(UnitSandboxKind.self, parameters, guest).filter { $0.verdict == .fail }.map(\.subject)
  }

  @Test func rootWithoutSandbox() throws {
    #expect(try failing() == ["bare.service", "off.service"])
    #expect(try failing(["at_least": .integer(2)]) == ["bare.service", "off.service", "one.service"])
    #expect(try failing(["exclude": .list(["b*"])]) == ["off.service"])
  }
}

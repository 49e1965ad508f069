import Facts
import TestSupport
import Testing

@testable import Baselines

struct PreconditionTests {
  private static let files = [
    "/etc/os-release": "ID=debian\n",
    "/var/lib/dpkg/status":
      "Package: bash\nStatus: install ok installed\nVersion: 1\n\nPackage: exim4\nStatus: deinstall ok config-files\nVersion: 1\n"
      + "\nPackage: postfix\nStatus: install ok installed\nVersion: 1\nProvides: mail-transport-agent\n",
    "/etc/conf.d/a.conf": "x=1\n",
    "/lib/systemd/system/ssh.service":
      "[Service]\nExecStart=/usr/sbin/sshd\n[Install]\nWantedBy=multi-user.target\n",
    "/lib/systemd/system/off.service":
      "[Service]\nExecStart=/bin/off\n[Install]\nWantedBy=multi-user.target\n",
    "/lib/systemd/system/multi-user.target": "[Unit]\nWants=ssh.service\n",
    "/lib/systemd/system/default.target": "[Unit]\nWants=multi-user.target\n",
    "/lib/systemd/systemd": "",
    "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
  ]

  private func reason(_ when: String, guest: GuestFixture? = nil) throws -> String? {
    let head = "values: {role: {type: choice, choices: [host, router], default: router}}\nchecks:\n"
    let fixture = try BaselineFixture(["b.yaml": baseline("b", head + check("a.b", more: "when: \(when)"))])
    let result = BaselineUnion([try fixture.load("b")]).judge(try (guest ?? GuestFixture(Self.files)).facts())
      .results[0]
    return result.verdict == .pass ? nil : "\(result.verdict.rawValue): \(result.reason ?? "")"
  }

  @Test(arguments: [
    "{package: bash}", "{package: [nothing, bash]}", "{package: mail-transport-agent}",
    "{file: /etc/conf.d/a.conf}", "{file: '/etc/conf.d/*.conf'}", "{file: [/x, /etc]}",
    "{distribution: debian}", "{distribution: [ubuntu, debian]}", "{value: {role: router}}",
    "{unit: ssh.service}", "{check: {pair: {path: /etc/conf.d/a.conf, key: x, equals: 1}}}",
    "{not: {package: vim}}", "{any: [{package: vim}, {file: /etc}]}", "{package: bash, file: /etc}",
  ])
  func holds(when: String) throws {
    #expect(try reason(when) == nil)
  }

  @Test(arguments: [
    ("{package: vim}", "vim is not installed"),
    ("{package: exim4}", "exim4 is not installed"),
    ("{package: [vim, nano]}", "none of vim, nano is installed"),
    ("{file: /etc/x}", "/etc/x does not exist"),
    ("{file: '/etc/*.conf'}", "/etc/*.conf does not exist"),
    ("{distribution: [alpine, rhel]}", "the distribution is debian, not alpine or rhel"),
    ("{value: {role: host}}", "the value role is router, not host"),
    ("{unit: off.service}", "off.service is not started at boot"),
    ("{check: {pair: {path: /etc/conf.d/a.conf, key: x, equals: 2}}}", "x: 1 (needs x 2)"),
    ("{not: {package: bash}}", "bash is installed"),
    ("{not: {package: bash, file: /etc}}", "bash is installed and /etc exists"),
    ("{any: [{package: vim}, {file: /x}]}", "vim is not installed and /x does not exist"),
    ("{package: bash, file: /x}", "/x does not exist"),
  ])
  func doesNotHold(when: String, reason: String) throws {
    #expect(try self.reason(when) == "not_applicable: \(reason)")
  }

  /// What the image cannot tell is never "not applicable".
  @Test(arguments: [
    ("{package: bash}", "undecided: /: there is no package database that can be read"),
    ("{distribution: debian}", "undecided: /etc/os-release: the guest does not say which distribution it is"),
    ("{check: {echo: {verdict: gap}}}", "undecided: /etc/echo: cannot be read"),
    ("{check: {echo: {verdict: undecided}}}", "undecided: the guest: nobody knows"),
    ("{not: {package: bash}}", "undecided: /: there is no package database that can be read"),
    ("{any: [{package: bash}, {file: /x}]}", "undecided: /: there is no package database that can be read"),
  ])
  func cannotBeTold(when: String, reason: String) throws {
    #expect(try self.reason(when, guest: GuestFixture(["/etc/hosts": ""])) == reason)
  }

  @Test func aDefinitionOfTheMachine() throws {
    func reason(_ when: String, _ machine: MachineDefinition?) throws -> String? {
      let fixture = try BaselineFixture([
        "b.yaml": baseline("b", "checks:\n" + check("a.b", more: "when: \(when)"))
      ])
      let facts = try GuestFixture(Self.files).facts()
      if let machine { facts.supply(machine) }
      let result = BaselineUnion([try fixture.load("b")]).judge(facts).results[0]
      return result.verdict == .pass ? nil : "\(result.verdict.rawValue): \(result.reason ?? "")"
    }
    let machine = MachineDefinition(.vmx, path: "x.vmx")
    #expect(try reason("{machine: true}", machine) == nil)
    #expect(try reason("{machine: [vmx, ovf]}", machine) == nil)
    #expect(try reason("{machine: true}", nil) == "not_applicable: no VM definition was given")
    #expect(
      try reason("{machine: [qemu, libvirt]}", machine)
        == "not_applicable: the VM definition is a VMX file, not qemu or libvirt")
    let fixture = try BaselineFixture([
      "b.yaml": baseline("b", "checks:\n" + check("a.b", more: "when: {machine: vbox}"))
    ])
    #expect(
      fixture.problems(loading: "b").contains {
        $0.contains("'machine' is true or one of libvirt, ovf, vmx, qemu")
      })
  }

  @Test func anyNeedsOnlyOneThatCanBeTold() throws {
    let guest = GuestFixture(["/etc/hosts": ""])
    #expect(try reason("{any: [{package: bash}, {file: /etc/hosts}]}", guest: guest) == nil)
  }
}

import TestSupport
import Testing

@testable import Facts

struct GuestAgentsTests {
  private static let unit = "/usr/lib/systemd/system"
  private static let rule =
    "SUBSYSTEM==\"virtio-ports\", ATTR{name}==\"org.qemu.guest_agent.0\", \\\n"
    + "  TAG+=\"systemd\", ENV{SYSTEMD_WANTS}=\"qemu-guest-agent.service\"\n"

  /// Debian's qemu-guest-agent, which a rule of udev starts.
  private func qemu(
    _ configuration: String? = nil, command: String = "-/usr/sbin/qemu-ga", version: String = "1:10.0.2+ds-2",
    _ files: [String: String] = [:]
  ) throws -> [GuestAgent.Power: Effective<Bool>]? {
    let guest = bootable([
      "\(Self.unit)/qemu-guest-agent.service": "[Service]\nExecStart=\(command)\n"
        + "EnvironmentFile=-/etc/sysconfig/qemu-ga\n",
      "/usr/lib/udev/rules.d/60-qemu-guest-agent.rules": Self.rule,
    ])
    guest.setPackages(["qemu-guest-agent": version])
    if let configuration { guest.filesystem.addFile("/etc/qemu/qemu-ga.conf", configuration) }
    guest.add(files)
    return try guest.model(GuestAgents.self).agents.first { $0.name == "qemu-guest-agent" }?.powers
  }

  @Test func everythingIsAllowedUnlessItIsBlocked() throws {
    let powers = try #require(try qemu())
    #expect(powers.count == 5 && powers.values.allSatisfy { $0.value && $0.origin.kind == .compiledDefault })
  }

  @Test(arguments: [
    (
      "[general]\nblock-rpcs=guest-exec,guest-set-user-password\n", [GuestAgent.Power.execute, .setPasswords]
    ),
    ("[general]\nblacklist=guest-file-open\n", [.readFiles, .writeFiles]),
    ("[general]\nblock-rpcs=guest-file-write\n", [.writeFiles]),
    ("block-rpcs=guest-exec\n", []), ("[other]\nblock-rpcs=guest-exec\n", []),
    ("[general]\n#block-rpcs=guest-exec\n", []),
    ("[general]\nallow-rpcs=guest-ping,guest-exec\n", [.readFiles, .writeFiles, .setPasswords, .addKeys]),
  ]) func theConfigurationFile(_ text: String, _ denied: [GuestAgent.Power]) throws {
    let powers = try #require(try qemu(text))
    #expect(Set(powers.filter { !$0.value.value }.keys) == Set(denied))
  }

  /// The list of allowed commands came with QEMU 8.1; before, the key is not read.
  @Test(arguments: [
    ("1:7.2+dfsg-7+deb12u18", true), ("1:8.0.4+dfsg-1", true), ("1:8.1.0+ds-1", false),
    ("1:10.0.2+ds-2", false),
  ]) func theListOfAllowedCommandsIsNewer(_ version: String, _ executes: Bool) throws {
    let powers = try #require(try qemu("[general]\nallow-rpcs=guest-ping\n", version: version))
    #expect(powers[.execute]?.value == executes)
  }

  @Test(arguments: [
    "-/usr/sbin/qemu-ga -b guest-exec", "/usr/sbin/qemu-ga -bguest-exec",
    "/usr/bin/qemu-ga --block-rpcs=guest-exec",
    "/usr/bin/qemu-ga -m virtio-serial --blacklist guest-exec,guest-file-open",
    "/usr/bin/qemu-ga --allow-rpcs=guest-file-open,guest-file-read", "/usr/bin/qemu-ga $FILTER_RPC_ARGS -F/x",
    "/usr/bin/qemu-ga --blacklist=${BLACKLIST_RPC} -F${FSFREEZE_HOOK_PATHNAME}",
  ]) func theCommandLine(_ command: String) throws {
    let files = [
      "/etc/sysconfig/qemu-ga":
        "# --block-rpcs=x\nFILTER_RPC_ARGS=\"--allow-rpcs=guest-ping,guest-sync\"\nBLACKLIST_RPC=guest-exec\n"
    ]
    let powers = try #require(try qemu(command: command, files))
    let execute = try #require(powers[.execute])
    #expect(!execute.value)
    #expect(
      execute.origin.path
        == (command.contains("$") ? "/etc/sysconfig/qemu-ga" : "\(Self.unit)/qemu-guest-agent.service"))
  }

  @Test func anotherConfigurationFile() throws {
    let powers = try qemu(
      command: "/usr/sbin/qemu-ga -c /etc/qemu-ga/qemu-ga.conf",
      ["/etc/qemu-ga/qemu-ga.conf": "[general]\nblock-rpcs=guest-exec\n"])
    #expect(powers?[.execute]?.value == false)
  }

  @Test(arguments: [
    ["/etc/systemd/system/qemu-guest-agent.service": "-> /dev/null"],
    ["/etc/udev/rules.d/60-qemu-guest-agent.rules": "-> /dev/null"],
    ["/etc/udev/rules.d/60-qemu-guest-agent.rules": "# ENV{SYSTEMD_WANTS}=\"qemu-guest-agent.service\"\n"],
  ]) func whatIsNotStartedIsNoAgent(_ files: [String: String]) throws {
    #expect(try qemu(files) == nil)
  }

  private func qemu(_ files: [String: String]) throws -> [GuestAgent.Power: Effective<Bool>]? {
    try qemu(nil, files)
  }

  @Test func aDeviceStartsIt() throws {
    let guest = bootable([
      "\(Self.unit)/qemu-guest-agent.service": "[Service]\nExecStart=/usr/bin/qemu-ga\n",
      "/etc/systemd/system/dev-virtio\\x2dports-org.qemu.guest_agent.0.device.wants/qemu-guest-agent.service":
        "-> \(Self.unit)/qemu-guest-agent.service",
    ])
    #expect(try guest.model(GuestAgents.self).agents.map(\.name) == ["qemu-guest-agent"])
  }

  private func agent(
    _ unit: String, _ text: String, _ files: [String: String] = [:]
  ) throws -> GuestAgent? {
    let guest = bootable(files)
    guest.addStarted(unit, text)
    return try guest.model(GuestAgents.self).agents.first
  }

  /// On another hypervisor the condition keeps it back, which the image cannot tell.
  @Test(arguments: [
    ("", [true, true, true]), ("[guestoperations]\ndisabled=true\n", [false, false, false]),
    ("[guestoperations]\nStartProgramInGuest.disabled=true\n", [false, true, true]),
    ("[guestoperations]\nInitiateFileTransferToGuest.disabled = 1\n", [true, true, false]),
    ("[guestoperations]\ndisabled=yes\n", [true, true, true]),
    ("[vmsvc]\ndisabled=true\n", [true, true, true]),
  ]) func vmware(_ configuration: String, _ allowed: [Bool]) throws {
    let agent = try agent(
      "open-vm-tools.service",
      "[Unit]\nConditionVirtualization=vmware\n[Service]\nExecStart=/usr/bin/vmtoolsd\n",
      ["/etc/vmware-tools/tools.conf": configuration])
    #expect(agent?.name == "open-vm-tools")
    #expect([.execute, .readFiles, .writeFiles].map { agent?.powers[$0]?.value } == allowed)
  }

  @Test(arguments: [("", true), ("Extensions.Enabled=y\n", true), ("Extensions.Enabled=n\n", false)])
  func azure(_ configuration: String, _ extends: Bool) throws {
    let agent = try agent(
      "walinuxagent.service", "[Service]\nExecStart=/usr/sbin/waagent -daemon\n",
      ["/etc/waagent.conf": configuration])
    #expect(agent?.powers[.extensions]?.value == extends)
  }

  @Test func others() throws {
    let cases: [(String, String, String, Int)] = [
      ("hv-fcopy-daemon.service", "/usr/sbin/hv_fcopy_daemon -n", "hyperv-fcopy", 1),
      ("hv-kvp-daemon.service", "/usr/sbin/hv_kvp_daemon -n", "hyperv-kvp", 0),
      ("spice-vdagentd.service", "/usr/sbin/spice-vdagentd", "spice-vdagent", 2),
      (
        "vboxadd-service.service", "/usr/sbin/VBoxService --disable-automount", "virtualbox-guest-additions",
        4
      ),
      ("xe-daemon.service", "/usr/sbin/xe-daemon", "xe-guest-utilities", 0),
    ]
    for (unit, command, name, powers) in cases {
      let agent = try agent(unit, "[Service]\nExecStart=\(command)\n")
      #expect(agent?.name == name && agent?.powers.count == powers, "\(unit)")
    }
    let box = try agent(
      "vboxadd-service.service", "[Service]\nExecStart=/usr/sbin/VBoxService --disable-automount\n")
    #expect(box?.powers[.sharedFolders]?.value == false && box?.powers[.execute]?.value == true)
  }
}

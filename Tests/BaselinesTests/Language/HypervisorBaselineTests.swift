import TestSupport
import Testing

@testable import Baselines

/// The baseline `hypervisor` on hosts of virtual machines.
@Suite struct HypervisorBaselineTests {
  /// Read once, which takes longer than judging.
  private static let baseline = try? BaselineLoader(folders: ShippedBaselinesTests.folders).load([
    "hypervisor"
  ]).first

  private func verdicts(_ guest: GuestFixture) throws -> [String: CheckResult.Verdict] {
    let baseline = try #require(Self.baseline)
    let results = BaselineUnion([baseline]).judge(try guest.facts()).results
    return Dictionary(uniqueKeysWithValues: results.map { ($0.check.id, $0.verdict) })
  }

  private func host(_ packages: [String], _ files: [String: String]) -> GuestFixture {
    let guest = bootable(
      [
        "/etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n",
        "/boot/grub/grub.cfg": "menuentry 'Debian' {\nlinux /boot/vmlinuz-6.1 root=/dev/vda1 quiet\n}\n",
      ].merging(files, uniquingKeysWith: { $1 }))
    guest.setPackages(Dictionary(uniqueKeysWithValues: packages.map { ($0, "9.0.0-4+deb12u2") }))
    return guest
  }

  private let libvirt = ["libvirt-daemon", "libvirt-daemon-system", "qemu-system-x86"]

  @Test func nothingIsAskedOfOtherMachines() throws {
    #expect(Set(try verdicts(host(["bash"], [:])).values) == [.notApplicable])
  }

  /// Debian's own files have everything commented out.
  @Test func stockHostOfDebian() throws {
    let guest = host(
      libvirt,
      [
        "/etc/libvirt/libvirtd.conf": "#listen_tcp = 1\n#auth_tcp = \"sasl\"\n",
        "/etc/libvirt/qemu.conf": "#vnc_listen = \"0.0.0.0\"\n#user = \"root\"\n",
        "/etc/default/libvirtd": "# Passing --listen\n#LIBVIRTD_ARGS=\"--listen\"\n",
      ])
    guest.addStarted("libvirtd.service", "[Service]\nExecStart=/usr/sbin/libvirtd $LIBVIRTD_ARGS\n")
    let verdicts = try verdicts(guest)
    let failing = verdicts.filter { $0.value == .fail }.keys.sorted()
    #expect(
      failing == [
        "hv.confinement-required", "hv.mac-filter", "hv.migration-firewall", "hv.migration-tls", "hv.nested",
        "hv.plain-port-firewall",
      ])
    #expect(verdicts["hv.xen-relocation"] == .notApplicable)
    #expect(verdicts["hv.proxmox-migration"] == .notApplicable)
    #expect(!verdicts.values.contains(.error))
  }

  @Test(arguments: [
    ("vnc_listen = \"0.0.0.0\"", ["hv.vnc-listen", "hv.vnc-tls"]),
    ("vnc_listen = \"10.0.0.1\"\nvnc_tls = 1", []),
    ("vnc_listen = \"10.0.0.1\"", ["hv.vnc-tls"]),
    ("spice_listen = \"::\"\nspice_tls = 1", ["hv.spice-listen"]),
    ("vnc_password = \"x\"", ["hv.display-passwords"]),
    ("security_driver = \"none\"", ["hv.security-driver"]),
    ("security_driver = [ \"selinux\", \"apparmor\" ]", []),
    ("security_default_confined = 0", ["hv.confined-by-default"]),
    ("user = \"root\"", ["hv.qemu-user"]), ("user = \"+0\"", ["hv.qemu-user"]),
    ("group = \"root\"", ["hv.qemu-user"]),
    ("user = \"libvirt-qemu\"\nuser = \"root\"", []),
    ("seccomp_sandbox = 0", ["hv.qemu-sandbox"]), ("seccomp_sandbox = 1", []),
    ("namespaces = [ ]", ["hv.qemu-namespaces"]), ("namespaces = [ \"mount\" ]", []),
    ("clear_emulator_capabilities = 0", ["hv.qemu-capabilities"]),
    ("relaxed_acs_check = 1", ["hv.acs-check"]), ("dump_guest_core = 1", ["hv.memory-dump"]),
    ("migrate_tls_x509_verify = 0", ["hv.migration-verify"]),
    ("default_tls_x509_verify = 0", ["hv.migration-verify"]),
  ])
  func settingsOfQEMU(_ text: String, _ expected: [String]) throws {
    let good = "migrate_tls_force = 1\nsecurity_require_confined = 1\nmac_filter = 1\n"
    let guest = host(
      libvirt,
      [
        "/etc/libvirt/qemu.conf": good + text + "\n",
        "/etc/modprobe.d/kvm.conf": "options kvm_intel nested=0\noptions kvm_amd nested=0\n",
      ])
    let failing = try verdicts(guest).filter { $0.value == .fail }.keys.sorted()
    #expect(failing.filter { $0 != "hv.plain-port-firewall" } == expected)
  }

  @Test(arguments: [
    // The setting alone opens nothing: systemd's sockets are used.
    ("listen_tcp = 1\nauth_tcp = \"none\"", "", []),
    (
      "listen_tcp = 1\nauth_tcp = \"none\"", "LIBVIRTD_ARGS=\"--listen\"", ["hv.no-plain-tcp", "hv.tcp-auth"]
    ),
    ("listen_tcp = 1", "LIBVIRTD_ARGS=\"--listen\"", ["hv.no-plain-tcp"]),
    ("", "LIBVIRTD_ARGS=\"--listen\"", []),
    ("tls_no_verify_certificate = 1", "LIBVIRTD_ARGS=\"-l\"", ["hv.tls-verify"]),
    ("tls_no_verify_certificate = 1", "", []),
    ("auth_unix_rw = \"none\"", "", ["hv.socket-auth"]), ("auth_unix_rw = \"sasl\"", "", []),
  ])
  func settingsOfTheDaemon(_ text: String, _ defaults: String, _ expected: [String]) throws {
    let guest = host(
      libvirt, ["/etc/libvirt/libvirtd.conf": text + "\n", "/etc/default/libvirtd": defaults + "\n"])
    let asked = ["hv.no-plain-tcp", "hv.tcp-auth", "hv.tls-verify", "hv.socket-auth"]
    let verdicts = try verdicts(guest)
    #expect(asked.filter { verdicts[$0] == .fail } == expected)
  }

  @Test func aSocketThatIsStarted() throws {
    let guest = host(libvirt, ["/etc/libvirt/libvirtd.conf": "auth_tcp = \"none\"\n"])
    guest.addStarted("libvirtd-tcp.socket", "[Socket]\nListenStream=16509\n")
    let verdicts = try verdicts(guest)
    #expect(verdicts["hv.no-plain-tcp"] == .fail)
    #expect(verdicts["hv.tcp-auth"] == .fail)
  }

  @Test func definitionsAndKeysAreForRoot() throws {
    func guest(_ mode: UInt32) -> GuestFixture {
      let guest = host(libvirt, [:])
      guest.filesystem.addFile("/etc/libvirt/qemu/vm.xml", "<domain/>", mode: mode)
      guest.filesystem.addFile("/etc/pki/libvirt/private/serverkey.pem", "", mode: mode)
      return guest
    }
    let (open, closed) = (try verdicts(guest(0o644)), try verdicts(guest(0o600)))
    for check in ["hv.definition-modes", "hv.server-key-mode"] {
      #expect(open[check] == .fail && closed[check] == .pass, "\(check)")
    }
  }

  @Test func xen() throws {
    let weak = try verdicts(
      host(
        ["xen-utils-common"],
        [
          "/etc/xen/xend-config.sxp": "# (xend-relocation-server no)\n(xend-relocation-server yes)\n",
          "/etc/xen/web.cfg": "name = 'web'\nvnclisten = '0.0.0.0'\n",
        ]))
    #expect(weak["hv.xen-relocation"] == .fail && weak["hv.xen-displays"] == .fail)
    let good = try verdicts(host(["xen-utils-common"], ["/etc/xen/web.cfg": "vnclisten = '127.0.0.1'\n"]))
    #expect(good["hv.xen-relocation"] == .pass && good["hv.xen-displays"] == .pass)
  }

  @Test(arguments: [
    ("datacenter.cfg", "migration: type=insecure,network=10.0.0.0/24\n", CheckResult.Verdict.fail),
    ("datacenter.cfg", "migration: secure\n", .pass), ("datacenter.cfg", "keyboard: de\n", .pass),
    ("other", "", .undecided),
  ])
  func proxmox(_ file: String, _ text: String, _ expected: CheckResult.Verdict) throws {
    let guest = host(["pve-manager"], ["/etc/pve/\(file)": text])
    #expect(try verdicts(guest)["hv.proxmox-migration"] == expected)
  }

  @Test(arguments: [
    ("/etc/modprobe.d/kvm.conf", "options kvm_intel nested=0\n", CheckResult.Verdict.pass),
    ("/etc/modprobe.d/kvm.conf", "options kvm-amd npt=1 nested=0\n", .pass),
    ("/etc/modprobe.d/kvm.conf", "options kvm_intel nested=1\n", .fail), ("/etc/motd", "", .fail),
  ])
  func nestedVirtualisation(_ path: String, _ text: String, _ expected: CheckResult.Verdict) throws {
    #expect(try verdicts(host(libvirt, [path: text]))["hv.nested"] == expected)
  }

  @Test func pveproxy() throws {
    let open = try verdicts(host(["pve-manager"], ["/etc/default/pveproxy": "#POLICY=\"deny\"\n"]))
    #expect(open["hv.proxmox-web"] == .fail)
    let closed = try verdicts(host(["pve-manager"], ["/etc/default/pveproxy": "POLICY=\"deny\"\n"]))
    #expect(closed["hv.proxmox-web"] == .pass)
  }
}

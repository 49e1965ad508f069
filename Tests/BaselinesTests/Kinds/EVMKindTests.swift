import Baselines
import DiskImages
import Facts
import TestSupport
import Testing

@Suite struct EVMKindTests {
  private static let kernel = "CONFIG_EVM=y\nCONFIG_EVM_X509_PATH=\"/etc/keys/x509_evm.der\"\n"
  private static let dracut = "add_dracutmodules+=\" integrity \"\n"
  private static let blob = "/etc/keys/evm-trusted.blob"

  private func outcome(
    _ kernel: String, _ arguments: String, _ dracut: String, _ files: [String: String]
  ) throws -> Outcome? {
    let guest = GuestFixture([
      "/boot/grub/grub.cfg": "menuentry 'x' {\nlinux /boot/vmlinuz-6.1.0-1-amd64 ro \(arguments)\n}\n",
      "/boot/vmlinuz-6.1.0-1-amd64": "", "/boot/config-6.1.0-1-amd64": kernel,
      "/etc/dracut.conf.d/evm.conf": dracut, "/usr/lib/dracut/modules.d/98integrity/module-setup.sh": "",
      "/usr/bin/a": "",
    ])
    for (path, text) in files { guest.filesystem.addFile(path, text) }
    return try EVMKind(Parameters([:])).evaluate(try guest.collected(for: [AttributeProtection.self])).first
  }

  @Test(
    arguments: [
      (
        kernel, "", dracut, [blob: "x"], Outcome.Verdict.pass,
        "active; 0 of 1 programs in /usr/bin have security.evm"
      ),
      (kernel, "evm=fix", dracut, [blob: "x"], .fail, "altered attributes are sealed anew"),
      (kernel, "", "", [blob: "x"], .fail, "not active: nothing loads \(blob)"),
      (kernel, "", dracut, [:], .fail, "not active: no key in /etc/keys"),
      (
        kernel, "evmkey=/etc/k", dracut, ["/etc/k": "x"], .pass,
        "active; 0 of 1 programs in /usr/bin have security.evm"
      ),
      (
        kernel, "", dracut, ["/etc/sysconfig/evm": "EVMX509=/etc/c\n", "/etc/c": "x"], .pass,
        "active; 0 of 1 programs in /usr/bin have security.evm"
      ),
      ("CONFIG_IMA=y\n", "", dracut, [blob: "x"], .fail, "not active: the kernel has no EVM"),
    ] as [(String, String, String, [String: String], Outcome.Verdict, String)])
  func verdicts(
    _ kernel: String, _ arguments: String, _ dracut: String, _ files: [String: String],
    _ verdict: Outcome.Verdict, _ actual: String
  ) throws {
    let found = try outcome(kernel, arguments, dracut, files)
    #expect(found?.verdict == verdict && found?.actual == actual)
  }

  @Test func whatTheInitialFileSystemHoldsIsNotKnown() throws {
    let found = try outcome(
      Self.kernel + "CONFIG_EVM_LOAD_X509=y\n", "", "", ["/etc/keys/x509_evm.der": "x"])
    guard case .undecided = found?.verdict else {
      Issue.record("\(String(describing: found))")
      return
    }
  }
}

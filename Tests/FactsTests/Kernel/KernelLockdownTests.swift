import Evidence
import TestSupport
import Testing

@testable import Facts

struct KernelLockdownTests {
  struct Row: Sendable {
    var arguments: String
    var configuration: String
    var level: KernelLockdown.Level
    var withSecureBoot = false
    /// Whether unsigned modules are refused: always, never, or with Secure Boot.
    var modules: String
  }

  private static let early = "CONFIG_SECURITY_LOCKDOWN_LSM=y\nCONFIG_SECURITY_LOCKDOWN_LSM_EARLY=y\n"
  private static let late = "CONFIG_SECURITY_LOCKDOWN_LSM=y\nCONFIG_LSM=\"lockdown,yama\"\n"
  private static let debian = early + "CONFIG_LOCK_DOWN_IN_EFI_SECURE_BOOT=y\n"

  static let rows = [
    Row(arguments: "", configuration: early, level: .none, modules: "never"),
    Row(arguments: "", configuration: debian, level: .none, withSecureBoot: true, modules: "secure boot"),
    Row(arguments: "lockdown=integrity", configuration: early, level: .integrity, modules: "always"),
    Row(
      arguments: "lockdown=confidentiality lockdown=integrity", configuration: early, level: .confidentiality,
      modules: "always"),
    Row(arguments: "lockdown=none lockdown", configuration: early, level: .none, modules: "never"),
    Row(arguments: "lockdown=integrity", configuration: "", level: .none, modules: "never"),
    Row(arguments: "lockdown=integrity", configuration: late, level: .integrity, modules: "always"),
    Row(arguments: "lockdown=integrity lsm=yama", configuration: late, level: .none, modules: "never"),
    Row(arguments: "lockdown=integrity lsm=yama", configuration: early, level: .integrity, modules: "always"),
    Row(
      arguments: "", configuration: early + "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y\n", level: .integrity,
      modules: "always"),
    Row(arguments: "module.sig_enforce=1", configuration: "", level: .none, modules: "always"),
    Row(arguments: "module.sig_enforce", configuration: "", level: .none, modules: "always"),
    Row(arguments: "module.sig_enforce=0", configuration: "", level: .none, modules: "never"),
    Row(arguments: "", configuration: "CONFIG_MODULE_SIG_FORCE=y\n", level: .none, modules: "always"),
  ]

  private func facts(_ arguments: String, _ configuration: String) throws -> GuestFacts {
    try GuestFixture([
      "/boot/grub/grub.cfg": "menuentry 'x' {\nlinux /boot/vmlinuz-6.1.0-1-amd64 ro \(arguments)\n}\n",
      "/boot/vmlinuz-6.1.0-1-amd64": "", "/boot/config-6.1.0-1-amd64": configuration,
    ]).facts()
  }

  @Test(arguments: rows) func levelAndModules(_ row: Row) throws {
    let base = "CONFIG_MODULES=y\nCONFIG_MODULE_SIG=y\n"
    let facts = try facts(row.arguments, base + row.configuration)
    let lockdown = try facts.model(KernelLockdown.self)
    #expect(lockdown.level.value == row.level && (lockdown.withSecureBoot != nil) == row.withSecureBoot)
    let modules =
      switch try ModuleSignatures.enforcement(facts) {
      case .always: "always"
      case .never: "never"
      case .withSecureBoot: "secure boot"
      }
    #expect(modules == row.modules)
  }

  @Test func aKernelThatCannotCheck() throws {
    let facts = try facts("module.sig_enforce=1 lockdown=integrity", "CONFIG_MODULES=y\n" + Self.early)
    guard case .never = try ModuleSignatures.enforcement(facts) else {
      Issue.record("it has no code for signatures")
      return
    }
  }

  @Test func withoutAConfigurationNobodyKnows() throws {
    let guest = GuestFixture(["/boot/vmlinuz-6.1": ""])
    #expect(throws: EvidenceGap.self) { try guest.model(KernelLockdown.self) }
  }

  // MARK: Verity and IMA

  private static let hash = String(repeating: "0a", count: 32)

  @Test(arguments: [
    ("roothash=\(hash)", "", true), ("usrhash=\(hash)", "", true), ("roothash=x", "", false),
    ("roothash=\(hash) systemd.verity=no", "", false),
    ("roothash=\(hash) systemd.verity_root_options=ignore-corruption", "", false),
    ("roothash=\(hash) systemd.verity_root_options=panic-on-corruption", "", true),
    ("", "usr /dev/sda2 /dev/sda3 \(hash)\n", true), ("", "#usr /dev/sda2 /dev/sda3 \(hash)\n", false),
    ("", "usr /dev/sda2 /dev/sda3 \(hash) ignore-corruption\n", false), ("", "", false),
    ("dm-mod.create=\"dmr,,,ro, 0 10 verity 1 8:1 8:2\"", "", true),
  ])
  func verified(_ arguments: String, _ table: String, _ isVerified: Bool) throws {
    let guest = GuestFixture([
      "/boot/grub/grub.cfg": "menuentry 'x' {\nlinux /boot/vmlinuz-6.1 \(arguments)\n}\n",
      "/etc/veritytab": table,
    ])
    let volumes = try guest.model(VerifiedFilesystems.self).volumes
    #expect(volumes.contains { $0.obstacle == nil } == isVerified)
  }

  @Test(arguments: [
    ("[composefs]\nenabled = signed\n", true), ("[composefs]\nenabled = yes\n", false),
    ("[other]\nenabled=verity\n", false),
  ])
  func composed(_ text: String, _ isVerified: Bool) throws {
    let guest = GuestFixture(["/usr/lib/ostree/prepare-root.conf": text])
    #expect(try guest.model(VerifiedFilesystems.self).volumes.isEmpty != isVerified)
  }

  @Test(arguments: [
    ("", "", 0, 0, false), ("ima_policy=tcb", "", 1, 0, false),
    ("ima_policy=tcb|appraise_tcb", "", 1, 1, false),
    ("ima_policy=appraise_tcb ima_appraise=log", "", 0, 1, true), ("ima_tcb", "", 1, 0, false),
    (
      "", "# measure\nmeasure func=BPRM_CHECK\ndont_measure fsmagic=1\nappraise func=MODULE_CHECK\n", 1, 1,
      false
    ),
  ])
  func ima(_ arguments: String, _ policy: String, _ measuring: Int, _ appraising: Int, _ isOnlyLogged: Bool)
    throws
  {
    let configuration = "CONFIG_IMA=y\nCONFIG_IMA_APPRAISE=y\nCONFIG_IMA_APPRAISE_BOOTPARAM=y\n"
    let guest = GuestFixture([
      "/boot/grub/grub.cfg": "menuentry 'x' {\nlinux /boot/vmlinuz-6.1.0-1-amd64 ro \(arguments)\n}\n",
      "/boot/vmlinuz-6.1.0-1-amd64": "", "/boot/config-6.1.0-1-amd64": configuration,
      "/usr/lib/systemd/systemd": "", "/etc/ima/ima-policy": policy,
    ])
    let model = try guest.model(IntegrityMeasurement.self)
    #expect(model.measuring.count == measuring && model.appraising.count == appraising)
    #expect((model.appraisalObstacle != nil) == isOnlyLogged)
  }

  /// dracut's module reads another file, and is there only where it is asked for.
  @Test(arguments: [
    ("add_dracutmodules+=\" integrity \"\n", 1), ("", 0),
    ("add_dracutmodules+=\" integrity \"\nomit_dracutmodules+=\" integrity \"\n", 0),
    ("dracutmodules=\"base crypt\"\nadd_dracutmodules+=\" integrity \"\n", 0),
    ("# add_dracutmodules+=\" integrity \"\n", 0),
  ])
  func policyOfDracut(_ text: String, _ count: Int) throws {
    let guest = GuestFixture([
      "/boot/grub/grub.cfg": "menuentry 'x' {\nlinux /boot/vmlinuz-6.1.0-1-amd64 ro\n}\n",
      "/boot/vmlinuz-6.1.0-1-amd64": "", "/boot/config-6.1.0-1-amd64": "CONFIG_IMA=y\n",
      "/etc/sysconfig/ima-policy": "measure func=BPRM_CHECK\n", "/etc/dracut.conf.d/a.conf": text,
      "/usr/lib/dracut/modules.d/98integrity/module-setup.sh": "",
    ])
    #expect(try guest.model(IntegrityMeasurement.self).measuring.count == count)
  }
}

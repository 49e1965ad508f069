import Evidence

/// VMware's tools. Operations of the guest are switched off in tools.conf, all or one by one: `disabled=true` and
/// `StartProgramInGuest.disabled=true` in the group `guestoperations` (open-vm-tools, vixTools.c).
enum OpenVMTools: GuestAgentSource {
  static let agent = "open-vm-tools"
  static let units = ["open-vm-tools.service", "vmtoolsd.service", "vmware-tools.service"]
  static let needs: [ContentNeed] = ["/etc/vmware-tools/tools.conf"]

  static func powers(_ context: GuestAgentContext) throws(EvidenceGap) -> [GuestAgent.Power: Effective<Bool>]
  {
    let settings = try context.settings("/etc/vmware-tools/tools.conf", section: "guestoperations")
    func power(_ operation: String) -> Effective<Bool> {
      for key in ["disabled", "\(operation).disabled"] {
        if let setting = settings[key], ["true", "1"].contains(setting.value) {
          return Effective(false, origin: setting.origin)
        }
      }
      return Effective(
        true, origin: .compiledDefault("tools.conf: guest operations are allowed unless disabled=true"))
    }
    return [
      .execute: power("StartProgramInGuest"), .readFiles: power("InitiateFileTransferFromGuest"),
      .writeFiles: power("InitiateFileTransferToGuest"),
    ]
  }
}

/// VirtualBox's guest additions: VBoxService mounts shared folders and, asked by the host, runs programs and copies
/// files unless its subservices are off (VBoxService --help: `--disable-automount`, `--disable-control`).
enum VirtualBoxAdditions: GuestAgentSource {
  static let agent = "virtualbox-guest-additions"
  static let units = [
    "vboxadd-service.service", "virtualbox-guest-utils.service", "vboxservice.service", "vboxadd.service",
  ]
  static let needs: [ContentNeed] = ["/etc/default/virtualbox-guest-utils"]

  static func powers(_ context: GuestAgentContext) throws(EvidenceGap) -> [GuestAgent.Power: Effective<Bool>]
  {
    let arguments = try context.command().arguments
    func power(_ option: String) -> Effective<Bool> {
      if let word = arguments.first(where: { $0.value == option }) {
        return Effective(false, origin: word.origin)
      }
      return Effective(true, origin: .compiledDefault("VBoxService: on without \(option)"))
    }
    return [
      .sharedFolders: power("--disable-automount"), .execute: power("--disable-control"),
      .readFiles: power("--disable-control"), .writeFiles: power("--disable-control"),
    ]
  }
}

/// SPICE's agent: the client shares its clipboard and copies files into the session (spice-vdagent(1)).
enum SpiceAgent: GuestAgentSource {
  static let agent = "spice-vdagent"
  static let units = ["spice-vdagentd.service", "spice-vdagentd.socket"]
  static let needs: [ContentNeed] = ["/etc/default/spice-vdagentd", "/etc/sysconfig/spice-vdagentd"]

  static func powers(_ context: GuestAgentContext) throws(EvidenceGap) -> [GuestAgent.Power: Effective<Bool>]
  {
    let usual = Effective(true, origin: .compiledDefault("spice-vdagent(1): on in every graphical session"))
    return [.clipboard: usual, .writeFiles: usual]
  }
}

/// Azure's agent (waagent.conf): extensions run what the portal sends, unless `Extensions.Enabled=n`.
enum AzureAgent: GuestAgentSource {
  static let agent = "waagent"
  static let units = ["walinuxagent.service", "waagent.service"]
  static let needs: [ContentNeed] = ["/etc/waagent.conf"]

  static func powers(_ context: GuestAgentContext) throws(EvidenceGap) -> [GuestAgent.Power: Effective<Bool>]
  {
    let settings = try context.settings("/etc/waagent.conf", section: nil)
    // Anything but y is no (azurelinuxagent/common/conf.py, get_switch); the default is yes.
    let state: Effective<Bool>
    if let setting = settings["Extensions.Enabled"] {
      state = Effective(setting.value.lowercased().hasPrefix("y"), origin: setting.origin)
    } else {
      state = Effective(true, origin: .compiledDefault("azurelinuxagent/common/conf.py: Extensions.Enabled"))
    }
    return [.extensions: state, .execute: state]
  }
}

/// Hyper-V's file copy daemon writes files that the host sends (hv_fcopy_daemon(8)).
enum HyperVFileCopy: GuestAgentSource {
  static let agent = "hyperv-fcopy"
  static let units = ["hv-fcopy-daemon.service", "hypervfcopyd.service", "hv-fcopy-uio-daemon.service"]
  static let needs: [ContentNeed] = []

  static func powers(_ context: GuestAgentContext) throws(EvidenceGap) -> [GuestAgent.Power: Effective<Bool>]
  {
    [.writeFiles: Effective(true, origin: .compiledDefault("hv_fcopy_daemon(8)"))]
  }
}

/// Hyper-V's key-value daemon reports facts and sets addresses.
enum HyperVKeyValue: GuestAgentSource {
  static let agent = "hyperv-kvp"
  static let units = ["hv-kvp-daemon.service", "hypervkvpd.service"]
  static let needs: [ContentNeed] = []

  static func powers(_ context: GuestAgentContext) throws(EvidenceGap) -> [GuestAgent.Power: Effective<Bool>]
  { [:] }
}

/// Xen's and XenServer's utilities report facts to the host.
enum XenUtilities: GuestAgentSource {
  static let agent = "xe-guest-utilities"
  static let units = ["xe-daemon.service", "xe-linux-distribution.service", "xen-guest-agent.service"]
  static let needs: [ContentNeed] = []

  static func powers(_ context: GuestAgentContext) throws(EvidenceGap) -> [GuestAgent.Power: Effective<Bool>]
  { [:] }
}

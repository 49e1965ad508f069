/// What the definition of a virtual machine says of the machine around its disks, whatever the format.
///
/// A list holds what the definition asks for; what it does not ask for is not there. `silences` names what a format has
/// no words for, or what a host decides: there an empty list means nothing.
public struct MachineDefinition: Sendable, Hashable {
  /// The format of the file.
  public enum Format: String, Sendable, Hashable, CaseIterable {
    /// Domain XML of libvirt (formatdomain).
    case libvirt
    /// A descriptor of the Open Virtualization Format (DMTF DSP0243).
    case ovf
    /// A configuration file of VMware.
    case vmx
    /// A command line of QEMU (qemu-system(1)).
    case qemu

    /// `a libvirt domain`.
    public var words: String {
      switch self {
      case .libvirt: "a libvirt domain"
      case .ovf: "an OVF descriptor"
      case .vmx: "a VMX file"
      case .qemu: "a QEMU command line"
      }
    }
  }

  /// Something that a definition can be silent about.
  public enum Topic: String, Sendable, Hashable, CaseIterable {
    case tpm, firmware, disks, transport, displays, clipboard, shares, processor, nesting, network,
      confinement
    case memory, entropy, acceleration
  }

  public var format: Format
  /// The file, as the user names it.
  public var path: String
  /// The machine's architecture as QEMU calls it; nil if nothing says it.
  public var architecture: String?
  /// Why an empty list of a topic means nothing.
  public var silences: [Topic: String] = [:]

  public var firmware: MachineFirmware
  public var tpms: [MachineTPM] = []
  public var disks: [MachineDisk] = []
  public var displays: [MachineDisplay] = []
  /// Ways by which the clipboard or files pass between the guest and who looks at its display.
  public var exchanges: [MachineExchange] = []
  public var shares: [MachineShare] = []
  /// Devices of the host in the guest, USB redirection, and devices of another age.
  public var devices: [MachineDevice] = []
  public var interfaces: [MachineInterface] = []
  public var processor: MachineProcessor?
  /// Serial ports, channels and monitors.
  public var channels: [MachineChannel] = []
  /// Where the guest's memory comes from, if it does not start with empty memory.
  public var incoming: MachineMigration?
  /// Labels of sVirt that the definition sets; empty: the host's default.
  public var labels: [MachineLabel] = []
  public var memory = MachineMemory()
  /// Passwords that stand in the definition in the clear. The values are not kept.
  public var secrets: [MachineSecret] = []
  /// Whether the guest runs on the processor's virtualisation; false: translated by QEMU's TCG.
  public var acceleration: Effective<Bool>?
  /// Where the guest gets random numbers of the host from.
  public var entropySource: Origin?
  /// Where the definition asks for dumps of the guest's memory.
  public var dumps: [Origin] = []
  /// Arguments that a domain hands to QEMU past libvirt.
  public var rawArguments: [Origin] = []
  /// The system call filter of a QEMU command line.
  public var sandbox: Effective<Bool>?
  /// Settings of a VMX file and extra settings of an OVF descriptor by lower-case name, the one that counts.
  public var settings: [String: Effective<String>] = [:]
  /// The version of VMware's virtual hardware.
  public var hardwareVersion: Effective<Int>?

  /// A definition that says nothing yet.
  public init(_ format: Format, path: String) {
    self.format = format
    self.path = path
    firmware = MachineFirmware(kind: nil, origin: Origin(path: path, kind: .explicit))
  }

  /// The file as a whole.
  public var origin: Origin { Origin(path: path, kind: .explicit) }
}

/// The firmware that starts the guest, and Secure Boot.
public struct MachineFirmware: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable { case bios = "BIOS", efi = "UEFI" }
  /// Certificates that are in the firmware's variables.
  public enum Keys: Sendable, Hashable {
    case enrolled
    /// The store has none, so that everything boots.
    case none
    /// Test keys whose private half everybody has.
    case published
  }

  /// Nil: the definition does not say it.
  public var kind: Kind?
  /// Nil: the definition does not say it.
  public var hasSecureBoot: Bool?
  /// Why Secure Boot cannot work although it is asked for.
  public var obstacle: String?
  /// Nil: the definition does not say it.
  public var keys: Keys?
  public var origin: Origin

  public init(kind: Kind?, hasSecureBoot: Bool? = nil, keys: Keys? = nil, origin: Origin) {
    self.kind = kind
    self.hasSecureBoot = hasSecureBoot
    self.keys = keys
    self.origin = origin
  }

  /// What the name of a store of UEFI variables says. Debian, Fedora and SUSE name the stores with Microsoft's keys
  /// `*.ms.fd`, `*.secboot.fd` and `*-ms-vars.bin`, and Debian that with its published test key `*.snakeoil.fd`.
  static func keys(inStore path: String) -> Keys? {
    let name = (path.split(separator: "/").last ?? "").lowercased()
    if name.contains("snakeoil") { return .published }
    let marks = [".ms.", "secboot", "enrolled", "-ms-", ".secure"]
    if marks.contains(where: name.contains) { return .enrolled }
    let empty = [
      "ovmf_vars.fd", "ovmf_vars_4m.fd", "ovmf_vars.4m.fd", "ovmf_vars.pure-efi.fd", "efi_vars.fd",
    ]
    return empty.contains(name) ? Keys.none : nil
  }
}

/// A trusted platform module.
public struct MachineTPM: Sendable, Hashable {
  /// `2.0`, `1.2`; nil: the definition does not say it.
  public var version: String?
  /// Whether it is the host's own.
  public var isHosts: Bool
  public var origin: Origin

  public init(version: String?, isHosts: Bool = false, origin: Origin) {
    self.version = version
    self.isHosts = isHosts
    self.origin = origin
  }
}

/// A disk or another drive.
public struct MachineDisk: Sendable, Hashable {
  /// How a disk's blocks are encrypted before they leave the guest's machine.
  public enum Encryption: String, Sendable, Hashable {
    case luks = "LUKS"
    /// The old encryption of qcow2, which QEMU's manual calls flawed.
    case qcow = "the flawed encryption of qcow"
    case vmware = "VMware's encryption"
  }

  /// The name within the guest or the definition: `vda`, `scsi0:0`, `drive0`.
  public var name: String
  /// `disk`, `cdrom`, `floppy`.
  public var kind = "disk"
  public var isReadOnly = false
  /// Nil: none.
  public var encryption: Encryption?
  /// The cache mode, if one is given.
  public var cache: Effective<String>?
  /// The discard mode, if one is given.
  public var discard: Effective<String>?
  /// The network protocol by which the host reads it: `nbd`, `iscsi`; nil: a file or device of the host.
  public var protocolName: String?
  /// Whether the connection is encrypted; nil: the definition does not say it.
  public var usesTLS: Bool?
  public var origin: Origin

  public init(name: String, origin: Origin) {
    self.name = name
    self.origin = origin
  }
}

/// A display that is served to others than the host's own screen.
public struct MachineDisplay: Sendable, Hashable {
  /// Where it listens.
  public enum Listening: Sendable, Hashable {
    case everywhere
    case loopback
    case address(String)
    /// A Unix socket of the host or a descriptor.
    case local
    /// The address of one of libvirt's networks.
    case network(String)
  }

  /// `vnc`, `spice`, `rdp`.
  public var kind: String
  public var listening: Listening
  /// Whether the address is a default that the host can change.
  public var isDefaultAddress = false
  /// Nil: the definition does not say it.
  public var usesTLS: Bool?
  /// Nil: the definition does not say it.
  public var hasPassword: Bool?
  public var origin: Origin

  public init(kind: String, listening: Listening, origin: Origin) {
    self.kind = kind
    self.listening = listening
    self.origin = origin
  }

  /// What an address in a definition means; an empty one is every address.
  static func listening(at address: String) -> Listening {
    switch address.filter({ $0 != "[" && $0 != "]" }) {
    case "", "0.0.0.0", "::", "*", "0": .everywhere
    case "localhost", "::1": .loopback
    case let text where text.hasPrefix("127."): .loopback
    case let text: .address(text)
    }
  }
}

/// A way by which clipboard or files pass.
public struct MachineExchange: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable { case clipboard, files }

  public var kind: Kind
  /// `SPICE clipboard`.
  public var name: String
  /// Nil: the definition does not say it, and the products differ.
  public var isAllowed: Bool?
  public var origin: Origin

  public init(_ kind: Kind, name: String, isAllowed: Bool?, origin: Origin) {
    self.kind = kind
    self.name = name
    self.isAllowed = isAllowed
    self.origin = origin
  }
}

/// A folder of the host that the guest sees.
public struct MachineShare: Sendable, Hashable {
  public var name: String
  /// `virtiofs`, `9p`, `HGFS`.
  public var kind: String
  public var isReadOnly: Bool
  public var origin: Origin

  public init(name: String, kind: String, isReadOnly: Bool, origin: Origin) {
    self.name = name
    self.kind = kind
    self.isReadOnly = isReadOnly
    self.origin = origin
  }
}

/// A device that the definition asks for and that some question is about.
public struct MachineDevice: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    /// Of the host.
    case passthrough
    /// Of whoever looks at the display.
    case redirection
    /// Of another age.
    case legacy
  }

  public var kind: Kind
  /// `pci 0000:01:00.0`, `floppy`, `network card rtl8139`.
  public var name: String
  public var origin: Origin

  public init(_ kind: Kind, name: String, origin: Origin) {
    self.kind = kind
    self.name = name
    self.origin = origin
  }

  /// Models of network cards whose emulation is old code for guests of the nineties.
  static let legacyCards: Set<String> = [
    "rtl8139", "ne2k_pci", "ne2k_isa", "ne2k", "pcnet", "pcnet32", "vlance", "tulip", "i82551", "i82557b",
    "i82559er",
    "smc91c111", "lance", "pcnetfast iii",
  ]
}

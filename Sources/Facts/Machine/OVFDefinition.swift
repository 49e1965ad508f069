/// Reads the descriptor of an OVF package (DMTF DSP0243 2.1), with the settings of VMware (`vmw:Config`,
/// `vmw:ExtraConfig`) and of VirtualBox (`vbox:Machine`).
///
/// OVF describes hardware and leaves displays, filters and hosts to whoever deploys the package.
struct OVFDefinition {
  private let path: String
  private var machine: MachineDefinition

  static func read(_ envelope: XMLElement, path: String) throws(MachineError) -> MachineDefinition {
    let systems = systems(of: envelope, depth: 0)
    guard let system = systems.first else {
      throw MachineError(path: path, line: envelope.line, "the envelope has no <VirtualSystem>")
    }
    if systems.count > 1 {
      throw MachineError(
        path: path, line: systems[1].line, "a second <VirtualSystem>; give a descriptor with one machine")
    }
    var reader = OVFDefinition(path: path, machine: MachineDefinition(.ovf, path: path))
    reader.read(envelope, system)
    return reader.machine
  }

  private static func systems(of element: XMLElement, depth: Int) -> [XMLElement] {
    if depth > 8 { return [] }
    return element.children("VirtualSystem")
      + element.children("VirtualSystemCollection").flatMap { systems(of: $0, depth: depth + 1) }
  }

  private func origin(_ element: XMLElement, _ text: String) -> Origin {
    Origin(path: path, line: element.line, kind: .explicit, text: text)
  }

  private mutating func read(_ envelope: XMLElement, _ system: XMLElement) {
    let hardware = system.children("VirtualHardwareSection")
    let family = hardware.lazy.compactMap { $0["System"]?["VirtualSystemType"] }.first
    for section in hardware { readSettings(section) }
    let isVMware = family?.text.contains("vmx-") ?? false || !machine.settings.isEmpty
    if isVMware {
      machine.readVMwareSettings()
      if let family, let number = family.text.split(separator: " ").compactMap({ Int($0.dropFirst(4)) }).max()
      {
        machine.hardwareVersion = Effective(number, origin: origin(family, family.text))
      }
    } else if let box = system["Machine"] {
      readVirtualBox(box)
    } else {
      setSilences()
    }
    machine.silences[.displays] = "an OVF descriptor does not say how the console is served"
    machine.silences[.network] = "an OVF descriptor does not say how the host filters frames"
    machine.silences[.confinement] = "an OVF descriptor does not say how the host confines the process"
    machine.silences[.transport] = "an OVF descriptor does not say where the host keeps the disks"
    machine.silences[.disks] =
      "the disks of an OVF package are not encrypted in it; the host that deploys it decides"
    for section in hardware {
      for name in ["Item", "StorageItem", "EthernetPortItem"] {
        for item in section.children(name) { readItem(item) }
      }
    }
    for section in envelope.children("ProductSection") + system.children("ProductSection") {
      readProperties(section)
    }
  }

  private mutating func setSilences() {
    let reason = "this OVF descriptor has no settings of a product, so the host that deploys it decides"
    for topic in [
      MachineDefinition.Topic.firmware, .tpm, .clipboard, .processor, .nesting, .memory, .entropy,
    ] {
      machine.silences[topic] = reason
    }
    machine.silences[.acceleration] = reason
    machine.firmware = MachineFirmware(kind: nil, origin: machine.origin)
  }

  private static let names = [
    "bootoptions.efisecurebootenabled": "uefi.secureboot.enabled", "nestedhvenabled": "vhv.enable",
  ]

  /// `vmw:Config` has the names of VMware's API, `vmw:ExtraConfig` those of a VMX file.
  private mutating func readSettings(_ section: XMLElement) {
    for element in section.children("Config") + section.children("ExtraConfig") {
      guard let key = element.attribute("key"), let value = element.attribute("value") else { continue }
      let name = Self.names[key.lowercased()] ?? key.lowercased()
      let isSecret = MachineSecret.isNamed(by: key) || name.hasPrefix("guestinfo.")
      machine.settings[name] = Effective(
        value,
        origin: origin(element, "\(key.prefix(80)) = \"\(isSecret ? "…" : String(value.prefix(120)))\""))
    }
  }

  /// Resource types of CIM_ResourceAllocationSettingData: 14 floppy, 17 disk, 15 and 16 CD and DVD, 10 Ethernet,
  /// 21 serial, 22 parallel.
  private mutating func readItem(_ item: XMLElement) {
    let name = item["ElementName"]?.text ?? item["Caption"]?.text ?? "line \(item.line)"
    let kind = item["ResourceSubType"]?.text ?? ""
    let place = origin(item, "<Item> \(name.prefix(80))")
    if kind.lowercased() == "vmware.vtpm" { machine.tpms.append(MachineTPM(version: "2.0", origin: place)) }
    if kind.lowercased().hasPrefix("vmware.pci.passthrough") {
      machine.devices.append(MachineDevice(.passthrough, name: name, origin: place))
    }
    switch item["ResourceType"]?.text ?? "" {
    case "14": machine.devices.append(MachineDevice(.legacy, name: "floppy \(name)", origin: place))
    case "22": machine.devices.append(MachineDevice(.legacy, name: "parallel port \(name)", origin: place))
    case "17": machine.disks.append(MachineDisk(name: name, origin: place))
    case "21": machine.channels.append(MachineChannel(.serial, .local("serial port"), origin: place))
    case "10":
      let network = item["Connection"]?.text ?? ""
      machine.interfaces.append(MachineInterface(name: name, connection: .bridged(network), origin: place))
      if MachineDevice.legacyCards.contains(kind.lowercased()) {
        machine.devices.append(MachineDevice(.legacy, name: "network card \(kind)", origin: place))
      }
    default: break
    }
  }

  /// Values of properties stand in the clear; `ovf:password` only keeps them off the screen (DSP0243, 9.5.1).
  private mutating func readProperties(_ section: XMLElement) {
    for property in section.children("Property") {
      let key = property.attribute("key") ?? ""
      let values = [property.attribute("value")] + property.children("Value").map { $0.attribute("value") }
      guard values.contains(where: { $0?.isEmpty == false }) else { continue }
      if property.attribute("password") == "true" || MachineSecret.isNamed(by: key) {
        machine.secrets.append(
          MachineSecret(
            name: "property \(key)", origin: origin(property, "<Property ovf:key=\"\(key.prefix(80))\">")))
      }
    }
  }

  // MARK: VirtualBox

  /// VirtualBox puts its own settings into the descriptors that it exports (settings of VirtualBox 7.0).
  private mutating func readVirtualBox(_ box: XMLElement) {
    guard let hardware = box["Hardware"] else { return setSilences() }
    if let tpm = hardware["TrustedPlatformModule"], let type = tpm.attribute("type"), type != "None" {
      let versions = ["v1_2": "1.2", "v2_0": "2.0"]
      machine.tpms.append(
        MachineTPM(
          version: versions[type], isHosts: type == "Host",
          origin: origin(tpm, "<TrustedPlatformModule type=\"\(type)\">")))
    }
    let firmware = hardware["Firmware"]
    machine.firmware = MachineFirmware(
      kind: firmware?.attribute("type")?.hasPrefix("EFI") == true ? .efi : .bios,
      origin: firmware.map { origin($0, "<Firmware>") }
        ?? .compiledDefault("VirtualBox: BIOS unless EFI is chosen"))
    // Whether Secure Boot is on lies in the NVRAM file beside the descriptor.
    machine.exchanges = [
      exchange(hardware["Clipboard"], .clipboard, "shared clipboard"),
      exchange(hardware["DragAndDrop"], .files, "drag and drop"),
    ]
    for folder in hardware["SharedFolders"]?.children("SharedFolder") ?? [] {
      machine.shares.append(
        MachineShare(
          name: folder.attribute("name") ?? "folder", kind: "vboxsf",
          isReadOnly: folder.attribute("writable") != "true", origin: origin(folder, "<SharedFolder>")))
    }
    let cpu = hardware["CPU"]
    let nested = cpu?["NestedHWVirt"]?.attribute("enabled") == "true"
    // The barriers of VirtualBox are off unless they are asked for (VBoxManage modifyvm, --spec-ctrl).
    let spec =
      cpu?["SpecCtrl"]?.attribute("enabled") == "true" || cpu?["SpecCtrl"]?.attribute("guest") == "true"
    machine.processor = MachineProcessor(
      .host("VirtualBox"), features: ["vmx": nested, "spec-ctrl": spec],
      origin: cpu.map { origin($0, "<CPU>") } ?? machine.origin)
    machine.silences[.memory] = "VirtualBox decides with --page-fusion, which a descriptor does not carry"
    machine.silences[.entropy] = "VirtualBox has no random device"
    machine.acceleration = Effective(
      true, origin: .compiledDefault("VirtualBox needs the processor's virtualisation"))
  }

  private func exchange(_ element: XMLElement?, _ kind: MachineExchange.Kind, _ name: String)
    -> MachineExchange
  {
    let mode = element?.attribute("mode") ?? "Disabled"
    return MachineExchange(
      kind, name: name, isAllowed: mode != "Disabled",
      origin: element.map { origin($0, "\(name): \(mode)") }
        ?? .compiledDefault("VirtualBox: disabled unless chosen"))
  }
}

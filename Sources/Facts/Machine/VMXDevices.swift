extension MachineDefinition {
  /// Devices of a VMX file: `scsi0:0.present`, `ethernet0.virtualDev`.
  mutating func readVMXDevices() {
    readVMXTPM()
    readVMXDisplay()
    let names = settings.keys.filter { $0.hasSuffix(".present") }.map { String($0.dropLast(8)) }
      .filter { flag($0 + ".present") == true }.sorted()
    for name in names {
      let kind = name.prefix { !$0.isNumber }
      switch kind {
      case "scsi", "sata", "ide", "nvme": if name.contains(":") { readVMXDisk(name) }
      case "ethernet": readVMXInterface(name)
      case "floppy", "parallel", "serial": readVMXPort(name, String(kind))
      case "pcipassthru", "vgpu", "pciPassthru": addDevice(.passthrough, name, key: name + ".present")
      case "sharedfolder": readVMXShare(name)
      case "sound":
        if settings[name + ".virtualdev"]?.value == "sb16" {
          addDevice(.legacy, "sound card sb16", key: name + ".virtualdev")
        }
      case "usb" where flag("usb.generic.allowHID") == true || flag("usb.generic.allowLastHID") == true:
        addDevice(.passthrough, "keyboards and mice of the host", key: "usb.present")
      default: break
      }
    }
    readVMXFilters()
    for key in settings.keys.sorted() where key.hasPrefix("usb.autoconnect.device") {
      addDevice(.passthrough, "USB \(key.dropFirst("usb.autoconnect.".count))", key: key)
    }
    silences[.transport] = "the datastore decides over which network a VMX file's disks are read"
  }

  private func place(_ key: String) -> Origin { settings[key.lowercased()]?.origin ?? origin }

  private mutating func addDevice(_ kind: MachineDevice.Kind, _ name: String, key: String) {
    devices.append(MachineDevice(kind, name: name, origin: place(key)))
  }

  /// A vTPM of VMware is a TPM 2.0 ("vSphere Security", "Securing Virtual Machines with Virtual Trusted Platform
  /// Module"). `managedVM.autoAddVTPM` is that of Workstation and Fusion.
  private mutating func readVMXTPM() {
    if flag("vtpm.present") == true {
      tpms.append(MachineTPM(version: "2.0", origin: place("vtpm.present")))
    } else if let automatic = setting("managedVM.autoAddVTPM"), automatic.value.lowercased() == "software" {
      tpms.append(MachineTPM(version: "2.0", origin: automatic.origin))
    }
  }

  /// The VNC server of VMware knows no TLS and binds to all addresses unless `RemoteDisplay.vnc.ip` names one.
  private mutating func readVMXDisplay() {
    guard flag("RemoteDisplay.vnc.enabled") == true else { return }
    let address = setting("RemoteDisplay.vnc.ip")?.value ?? ""
    var display = MachineDisplay(
      kind: "vnc", listening: MachineDisplay.listening(at: address),
      origin: place("RemoteDisplay.vnc.enabled"))
    display.usesTLS = false
    display.hasPassword = ["RemoteDisplay.vnc.password", "RemoteDisplay.vnc.key"].contains {
      setting($0)?.value.isEmpty == false
    }
    displays.append(display)
  }

  private mutating func readVMXDisk(_ name: String) {
    var disk = MachineDisk(name: name, origin: place(name + ".fileName"))
    let type = settings[name + ".devicetype"]?.value.lowercased() ?? "disk"
    disk.kind = type.contains("cdrom") || type.contains("atapi") ? "cdrom" : "disk"
    if type.contains("rawdisk") || type.contains("passthru") || type.contains("passthrough"),
      !type.contains("cdrom")
    {
      addDevice(.passthrough, "disk \(name)", key: name + ".deviceType")
    }
    // An encrypted machine has its keys in the file (`encryption.keySafe`), an encrypted disk its own.
    let isEncrypted = setting("encryption.keySafe") != nil || setting("encryption.bundle") != nil
    if isEncrypted || settings[name + ".keyid"] != nil { disk.encryption = .vmware }
    disks.append(disk)
  }

  private mutating func readVMXInterface(_ name: String) {
    let mac = settings[name + ".address"]?.value ?? settings[name + ".generatedaddress"]?.value ?? name
    let type = settings[name + ".connectiontype"]?.value.lowercased() ?? ""
    let connection: MachineInterface.Connection =
      switch type {
      case "nat", "hostonly": .translated(type)
      default: .bridged(settings[name + ".networkname"]?.value ?? (type.isEmpty ? "bridged" : type))
      }
    var card = MachineInterface(name: mac, connection: connection, origin: place(name + ".present"))
    card.device = name
    // These open the card although the port group may still refuse.
    for key in [".noPromisc", ".noForgedSrcAddr", ".checkMACAddress"] where flag(name + key) == false {
      card.trust = place(name + key)
    }
    interfaces.append(card)
    silences[.network] = "the port group of the virtual switch decides on forged frames, not the VMX file"
    let model = settings[name + ".virtualdev"]?.value.lowercased() ?? ""
    if MachineDevice.legacyCards.contains(model) {
      addDevice(.legacy, "network card \(model)", key: name + ".virtualDev")
    }
  }

  /// Filters of dvFilter are bound to a card as `ethernet0.filter4.name`.
  private mutating func readVMXFilters() {
    var filters: [String: Effective<String>] = [:]
    for (key, value) in settings where key.hasSuffix(".name") && key.contains(".filter") {
      filters[String(key.prefix { $0 != "." })] = value
    }
    for index in interfaces.indices { interfaces[index].filter = filters[interfaces[index].device ?? ""] }
  }

  private mutating func readVMXPort(_ name: String, _ kind: String) {
    let type = settings[name + ".filetype"]?.value.lowercased() ?? "device"
    switch kind {
    case "floppy": addDevice(.legacy, name, key: name + ".present")
    case "parallel":
      addDevice(.legacy, name, key: name + ".present")
      channels.append(MachineChannel(.parallel, .device(name), origin: place(name + ".present")))
    default:
      let target = settings[name + ".filename"]?.value ?? ""
      let isServer = type == "network"
      let isTLS = target.hasPrefix("telnets:") || target.hasPrefix("tcp+ssl")
      let backend: MachineChannel.Backend =
        isServer
        ? .network(MachineDisplay.listening(at: Self.host(of: target)), usesTLS: isTLS)
        : type == "device" ? .device(target) : .local(type)
      channels.append(MachineChannel(.serial, backend, origin: place(name + ".present")))
    }
  }

  /// The host in `telnet://host:port`.
  private static func host(of uri: String) -> String {
    var rest = Substring(uri)
    if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
    return String(rest.prefix { $0 != "/" }.prefix { $0 != ":" })
  }

  private mutating func readVMXShare(_ name: String) {
    guard flag(name + ".enabled") != false else { return }
    let guestName = settings[name + ".guestname"]?.value ?? name
    shares.append(
      MachineShare(
        name: guestName, kind: "HGFS", isReadOnly: flag(name + ".writeAccess") == false,
        origin: place(name + ".hostPath")))
  }
}

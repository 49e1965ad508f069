extension QEMUDefinition {
  // MARK: Disks

  mutating func takeDrive(_ options: QEMUOptions, _ origin: Origin) {
    if options["if"] == "pflash" {
      flash.append((options["file"] ?? options["file.filename"] ?? "", origin))
      return
    }
    let name = options["id"] ?? "\(options["if"] ?? "drive")\(options["index"] ?? options["unit"] ?? "")"
    if options["if"] == "floppy" {
      machine.devices.append(MachineDevice(.legacy, name: "floppy \(name)", origin: origin))
    }
    takeDisk(name: name, options, origin)
  }

  mutating func takeDisk(name: String, _ options: QEMUOptions, _ origin: Origin) {
    let file = options["file"] ?? options["file.filename"] ?? options["filename"] ?? ""
    var disk = MachineDisk(name: name, origin: origin)
    disk.kind = options["media"] ?? (options["if"] == "floppy" ? "floppy" : "disk")
    disk.isReadOnly = options.isOn("readonly") || options.isOn("read-only")
    disk.encryption = Self.encryption(options)
    disk.cache = options["cache"].map { Effective($0, origin: origin) }
    if options["cache"] == nil, options.isOn("cache.no-flush") {
      disk.cache = Effective("unsafe", origin: origin)
    }
    disk.discard = options["discard"].map { Effective($0, origin: origin) }
    let driver = options["file.driver"] ?? options["driver"] ?? Self.scheme(of: file)
    if let driver, Self.networkDrivers.contains(driver) {
      disk.protocolName = driver
      let hasCredentials = options["tls-creds"] ?? options["file.tls-creds"] != nil
      let isUnix =
        file.contains("unix:") || file.contains("+unix") || options["file.server.type"] == "unix"
        || options["server.type"] == "unix"
      disk.usesTLS =
        driver == "rbd" ? nil : hasCredentials || isUnix || ["https", "ssh", "ftps"].contains(driver)
    }
    machine.disks.append(disk)
  }

  private static func encryption(_ options: QEMUOptions) -> MachineDisk.Encryption? {
    let format = options["encrypt.format"] ?? options["file.encrypt.format"]
    let drivers = [options["driver"], options["format"]]
    if format == "luks" || drivers.contains("luks") { return .luks }
    return format == "aes" ? .qcow : nil
  }

  private static let networkDrivers: Set<String> = [
    "nbd", "iscsi", "http", "https", "ftp", "ftps", "tftp", "ssh", "nfs", "rbd", "gluster", "vxhs",
    "sheepdog",
  ]

  /// `nbd://host/name`, `nbd:unix:path`, `nbd+unix:///name`, `rbd:pool/name`.
  private static func scheme(of file: String) -> String? {
    guard let colon = file.firstIndex(of: ":") else { return nil }
    let name = file[..<colon].lowercased()
    return networkDrivers.first { name == $0 || name.hasPrefix($0 + "+") }
  }

  mutating func takeBlockDevice(_ options: QEMUOptions, _ origin: Origin) {
    nodes.append((options["node-name"] ?? "blockdev", options, origin))
  }

  /// `-blockdev` describes layers: a protocol at the bottom, formats above it. A disk is a node that no other is on.
  mutating func finishBlockDevices() {
    let byName = Dictionary(nodes.map { ($0.name, $0.options) }, uniquingKeysWith: { _, last in last })
    func layers(_ name: String) -> [QEMUOptions] {
      var found: [QEMUOptions] = []
      var current: String? = name
      while let next = current, let options = byName[next], found.count < 16 {
        found.append(options)
        current = options["file"]
      }
      return found
    }
    for index in flash.indices {
      let file = layers(flash[index].file).lazy.compactMap { $0["filename"] ?? $0["file.filename"] }.first
      flash[index].file = file ?? flash[index].file
    }
    let flashNodes = Set(["pflash0", "pflash1"].compactMap { machineOptions[$0] })
    let below = Set(nodes.compactMap { $0.options["file"] } + nodes.compactMap { $0.options["backing"] })
    for node in nodes where !below.contains(node.name) && !flashNodes.contains(node.name) {
      let before = machine.disks.count
      for layer in layers(node.name) { takeDisk(name: node.name, layer, node.origin) }
      let parts = Array(machine.disks[before...])
      machine.disks.removeSubrange(before...)
      guard var disk = parts.first else { continue }
      disk.isReadOnly = parts.contains(where: \.isReadOnly)
      disk.encryption = parts.lazy.compactMap(\.encryption).first
      disk.cache = parts.lazy.compactMap(\.cache).first
      disk.discard = parts.lazy.compactMap(\.discard).first
      if let bottom = parts.first(where: { $0.protocolName != nil }) {
        disk.protocolName = bottom.protocolName
        disk.usesTLS = bottom.usesTLS
      }
      machine.disks.append(disk)
    }
    for index in machine.disks.indices where discs.contains(machine.disks[index].name) {
      machine.disks[index].kind = "cdrom"
    }
  }

  // MARK: Devices

  mutating func takeDevice(_ options: QEMUOptions, _ origin: Origin) {
    let driver = options.first
    switch driver {
    case let name where name.hasPrefix("tpm-"): takeTPM(name, options, origin)
    case "vfio-pci", "vfio-pci-nohotplug", "vfio-ccw", "vfio-ap", "usb-host", "scsi-block", "scsi-generic",
      "vhost-scsi-pci", "ivshmem-plain", "ivshmem-doorbell":
      let what =
        options["host"] ?? options["sysfsdev"] ?? options["hostdevice"]
        ?? [options["vendorid"], options["productid"]].compactMap(\.self).joined(separator: ":")
      machine.devices.append(MachineDevice(.passthrough, name: "\(driver) \(what)", origin: origin))
    case "usb-redir":
      machine.devices.append(MachineDevice(.redirection, name: "USB redirection", origin: origin))
    case let name where name.hasPrefix("vhost-user-fs"):
      machine.shares.append(
        MachineShare(name: options["tag"] ?? "virtiofs", kind: "virtiofs", isReadOnly: false, origin: origin))
    case "floppy", "isa-fdc", "sb16", "isa-parallel", "isa-debugcon", "cirrus-vga", "cs4231a", "gus", "adlib":
      machine.devices.append(MachineDevice(.legacy, name: driver, origin: origin))
    case let name where MachineDevice.legacyCards.contains(name):
      machine.devices.append(MachineDevice(.legacy, name: "network card \(name)", origin: origin))
    case "ide-cd", "scsi-cd": if let drive = options["drive"] { discs.insert(drive) }
    case let name where name.hasPrefix("virtio-rng"): machine.entropySource = origin
    case "virtserialport": takeVirtualPort(options, origin)
    case "isa-serial", "pci-serial", "usb-serial", "virtconsole":
      if let chardev = options["chardev"], let known = characterBackends[chardev] {
        machine.channels.append(MachineChannel(.serial, known.backend, origin: known.origin))
      }
    default: break
    }
  }

  private mutating func takeTPM(_ name: String, _ options: QEMUOptions, _ origin: Origin) {
    let backend = tpmBackends[options["tpmdev"] ?? ""]
    machine.tpms.append(
      MachineTPM(
        version: name.hasPrefix("tpm-crb") ? "2.0" : nil, isHosts: backend == "passthrough", origin: origin))
  }

  private mutating func takeVirtualPort(_ options: QEMUOptions, _ origin: Origin) {
    let name = options["name"] ?? ""
    let known = characterBackends[options["chardev"] ?? ""]
    machine.channels.append(MachineChannel(.named(name), known?.backend ?? .local("?"), origin: origin))
  }

  mutating func takeOldUSB(_ value: String, _ origin: Origin) {
    if value.hasPrefix("host:") {
      machine.devices.append(
        MachineDevice(.passthrough, name: "usb-host \(value.dropFirst(5))", origin: origin))
    }
  }

  // MARK: Displays

  mutating func takeVNC(_ value: String, _ origin: Origin) {
    let options = QEMUOptions(value)
    let target = options.first
    if target == "none" || target.isEmpty && options.values.isEmpty { return }
    let listening: MachineDisplay.Listening
    if target.hasPrefix("unix:") || target.hasPrefix("fd:") {
      listening = .local
    } else {
      let host = target.lastIndex(of: ":").map { String(target[..<$0]) } ?? ""
      listening = MachineDisplay.listening(at: host)
    }
    var display = MachineDisplay(kind: "vnc", listening: listening, origin: origin)
    display.usesTLS = options["tls-creds"] != nil || options["tls"] == "on" || options["x509verify"] != nil
    display.hasPassword =
      options.isOn("password") || options["password-secret"] != nil || options.isOn("sasl")
    machine.displays.append(display)
  }

  mutating func takeSpice(_ options: QEMUOptions, _ origin: Origin) {
    let isLocal = options.isOn("unix")
    var display = MachineDisplay(
      kind: "spice", listening: isLocal ? .local : MachineDisplay.listening(at: options["addr"] ?? ""),
      origin: origin)
    let forced = options.all("tls-channel").contains("default")
    display.usesTLS = options["tls-port"] != nil && (options["port"] == nil || forced)
    display.hasPassword =
      !options.isOn("disable-ticketing")
      && (options["password"] ?? options["password-secret"] != nil || options.isOn("sasl"))
    machine.displays.append(display)
    if options["password"] != nil {
      machine.secrets.append(MachineSecret(name: "password of the SPICE display", origin: origin))
    }
    machine.exchanges.append(
      MachineExchange(
        .clipboard, name: "SPICE clipboard", isAllowed: !options.isOn("disable-copy-paste"), origin: origin))
    machine.exchanges.append(
      MachineExchange(
        .files, name: "SPICE file transfer", isAllowed: !options.isOn("disable-agent-file-xfer"),
        origin: origin))
  }

  // MARK: Folders and network

  mutating func takeShare(_ options: QEMUOptions, _ origin: Origin) {
    let name = options["mount_tag"] ?? options["id"] ?? options["path"] ?? "share"
    machine.shares.append(
      MachineShare(name: name, kind: "9p", isReadOnly: options.isOn("readonly"), origin: origin))
  }

  mutating func takeNetwork(_ option: String, _ options: QEMUOptions, _ origin: Origin) {
    let kind = options.first.isEmpty ? options["type"] ?? "" : options.first
    if let model = options["model"], MachineDevice.legacyCards.contains(model.lowercased()) {
      machine.devices.append(MachineDevice(.legacy, name: "network card \(model)", origin: origin))
    }
    if kind == "nic" || kind.isEmpty { return }
    let name = options["id"] ?? kind
    let connection: MachineInterface.Connection =
      switch kind {
      case "none": .disconnected
      case "user", "passt": .translated("user-mode network")
      case "tap", "bridge": .bridged("\(kind) \(options["br"] ?? options["ifname"] ?? "")")
      default: .bridged(kind)
      }
    if kind != "none" {
      machine.interfaces.append(MachineInterface(name: name, connection: connection, origin: origin))
    }
  }

  // MARK: Character devices

  mutating func takeCharacterDevice(_ options: QEMUOptions, _ origin: Origin) {
    let backend: MachineChannel.Backend =
      switch options.first {
      case "socket" where options["path"] == nil, "udp":
        .network(
          MachineDisplay.listening(at: options["host"] ?? options["localaddr"] ?? ""),
          usesTLS: options["tls-creds"] != nil)
      case "serial", "parallel", "tty", "parport": .device(options["path"] ?? "")
      default: .local(options.first)
      }
    characterBackends[options["id"] ?? ""] = (backend, origin)
    if options.first == "qemu-vdagent" {
      machine.exchanges.append(
        MachineExchange(
          .clipboard, name: "QEMU clipboard", isAllowed: options.isOn("clipboard"), origin: origin))
    }
  }

  /// `-serial tcp:host:port,server=on`, `-monitor unix:path`, `-serial /dev/ttyS0`.
  mutating func takePort(_ option: String, _ value: String, _ origin: Origin) {
    if value == "none" { return }
    let purpose: MachineChannel.Purpose =
      option == "-serial" ? .serial : option == "-parallel" ? .parallel : .monitor
    if option == "-parallel", value != "none" {
      machine.devices.append(MachineDevice(.legacy, name: "parallel port", origin: origin))
    }
    machine.channels.append(MachineChannel(purpose, backend(value), origin: origin))
  }

  private func backend(_ value: String) -> MachineChannel.Backend {
    let parts = Self.socketParts(value)
    let kind = parts.first ?? ""
    if ["tcp", "telnet", "udp", "websocket", "tn3270"].contains(kind) {
      return .network(
        MachineDisplay.listening(at: Self.host(inSocket: value)), usesTLS: value.contains("tls-creds="))
    }
    if kind == "chardev", parts.count > 1, let known = characterBackends[parts[1]] { return known.backend }
    if kind.hasPrefix("/dev/") { return .device(kind) }
    return .local(kind)
  }

  private static func socketParts(_ value: String) -> [String] {
    value.prefix { $0 != "," }.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
  }

  /// The host in `tcp:host:port,option`; empty if there is none.
  static func host(inSocket value: String) -> String {
    socketParts(value).dropFirst().dropLast().joined(separator: ":")
  }

  /// `-mon chardev=ID,mode=control`; the backend comes before it.
  mutating func takeMonitor(_ options: QEMUOptions, _ origin: Origin) {
    let id = options["chardev"] ?? options.first
    guard let known = characterBackends[id] else { return }
    machine.channels.append(MachineChannel(.monitor, known.backend, origin: known.origin))
  }
}

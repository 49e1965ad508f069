extension LibvirtDefinition {
  mutating func readDevices() {
    guard let devices = domain["devices"] else { return }
    for disk in devices.children("disk") { readDisk(disk) }
    for tpm in devices.children("tpm") { readTPM(tpm) }
    let hasAgent = devices.children("channel").contains { $0.attribute("type") == "spicevmc" }
    for graphics in devices.children("graphics") { readDisplay(graphics, hasAgent: hasAgent) }
    for share in devices.children("filesystem") { readShare(share) }
    for card in devices.children("interface") { readInterface(card) }
    for kind in ["serial", "console", "parallel", "channel"] {
      for element in devices.children(kind) { readChannel(element, kind) }
    }
    readClipboard(devices)
    readHostDevices(devices)
    readLegacy(devices)
    if let random = devices["rng"] { machine.entropySource = origin(random, "rng", "model") }
    for watchdog in devices.children("watchdog") where watchdog.attribute("action") == "dump" {
      machine.dumps.append(origin(watchdog, "watchdog", "action"))
    }
  }

  // MARK: Disks

  private mutating func readDisk(_ element: XMLElement) {
    let name = element["target"]?.attribute("dev") ?? "line \(element.line)"
    let source = element["source"]
    var disk = MachineDisk(name: name, origin: origin(element, "disk", "type", "device"))
    disk.kind = element.attribute("device") ?? "disk"
    disk.isReadOnly = element["readonly"] != nil
    if let encryption = element["encryption"] ?? source?["encryption"] {
      switch encryption.attribute("format") {
      case "luks", "luks2", "luks-any": disk.encryption = .luks
      case "qcow": disk.encryption = .qcow
      default: break
      }
    }
    if let driver = element["driver"] {
      disk.cache = driver.attribute("cache").map { Effective($0, origin: origin(driver, "driver", "cache")) }
      disk.discard = driver.attribute("discard").map {
        Effective($0, origin: origin(driver, "driver", "discard"))
      }
    }
    if element.attribute("type") == "network", let source {
      disk.protocolName = source.attribute("protocol") ?? "unknown"
      disk.usesTLS = Self.usesTLS(disk.protocolName ?? "", source)
      disk.origin = origin(source, "source", "protocol", "tls")
    }
    if let password = source?["auth"]?["secret"]?.attribute("value") ?? source?["cookies"]?["cookie"]?.text,
      !password.isEmpty
    {
      machine.secrets.append(
        MachineSecret(name: "secret of disk \(name)", origin: origin(element, "disk", "type")))
    }
    machine.disks.append(disk)
    if disk.kind == "floppy" {
      machine.devices.append(MachineDevice(.legacy, name: "floppy \(name)", origin: disk.origin))
    }
    if disk.kind == "lun" {
      machine.devices.append(MachineDevice(.passthrough, name: "SCSI LUN \(name)", origin: disk.origin))
    }
  }

  /// `tls` exists for NBD and VxHS; for NBD qemu.conf can switch it on for all (`nbd_tls`). Whether RBD encrypts is said
  /// by Ceph's configuration. A disk over a Unix socket of the host needs none.
  private static func usesTLS(_ name: String, _ source: XMLElement) -> Bool? {
    if source["host"]?.attribute("transport") == "unix" { return true }
    switch name {
    case "https", "ftps", "ssh": return true
    case "nbd", "vxhs": return source.attribute("tls").map { $0 == "yes" }
    case "rbd": return nil
    default: return false
    }
  }

  // MARK: TPM

  /// Only an emulator's version is said. TPM-CRB is an interface of TPM 2.0 alone.
  private mutating func readTPM(_ element: XMLElement) {
    let backend = element["backend"]
    let isCRB = element.attribute("model") == "tpm-crb"
    machine.tpms.append(
      MachineTPM(
        version: backend?.attribute("version") ?? (isCRB ? "2.0" : nil),
        isHosts: backend?.attribute("type") == "passthrough",
        origin: backend.map { origin($0, "backend", "type", "version") } ?? origin(element, "tpm", "model")))
  }

  // MARK: Displays

  private mutating func readDisplay(_ element: XMLElement, hasAgent: Bool) {
    let kind = element.attribute("type") ?? ""
    guard ["vnc", "spice", "rdp"].contains(kind), let listening = listening(element) else { return }
    var display = MachineDisplay(
      kind: kind, listening: listening.value,
      origin: origin(element, "graphics", "type", "listen", "port", "tlsPort", "defaultMode"))
    display.isDefaultAddress = listening.isDefault
    // Without --security-info virsh dumpxml leaves the password out, and qemu.conf can give one to all.
    display.hasPassword = element.attribute("passwd") != nil ? true : nil
    if kind == "spice" { display.usesTLS = usesTLS(element) }
    // The TLS of VNC is that of qemu.conf.
    machine.displays.append(display)
    if element.attribute("passwd")?.isEmpty == false {
      machine.secrets.append(
        MachineSecret(
          name: "password of the \(kind.uppercased()) display", origin: origin(element, "graphics", "type")))
    }
    guard kind == "spice" else { return }
    // Clipboard and files pass through the agent's channel.
    guard hasAgent else { return }
    let clipboard = element["clipboard"], transfer = element["filetransfer"]
    machine.exchanges.append(
      MachineExchange(
        .clipboard, name: "SPICE clipboard", isAllowed: clipboard?.attribute("copypaste") != "no",
        origin: clipboard.map { origin($0, "clipboard", "copypaste") }
          ?? .compiledDefault("libvirt, formatdomain: copypaste is on unless it is switched off")))
    machine.exchanges.append(
      MachineExchange(
        .files, name: "SPICE file transfer", isAllowed: transfer?.attribute("enable") != "no",
        origin: transfer.map { origin($0, "filetransfer", "enable") }
          ?? .compiledDefault("libvirt, formatdomain: filetransfer is on unless it is switched off")))
  }

  /// Nil where nothing is served. Without an address that of qemu.conf counts, by default 127.0.0.1.
  private func listening(_ element: XMLElement) -> (value: MachineDisplay.Listening, isDefault: Bool)? {
    let listen = element["listen"]
    if element.attribute("socket") != nil || listen?.attribute("type") == "socket" { return (.local, false) }
    switch listen?.attribute("type") {
    case "none": return nil
    case "network": return (.network(listen?.attribute("network") ?? ""), false)
    default: break
    }
    guard let address = listen?.attribute("address") ?? element.attribute("listen") else {
      return (.loopback, true)
    }
    return (MachineDisplay.listening(at: address), false)
  }

  /// Whether every channel of SPICE is encrypted.
  private func usesTLS(_ element: XMLElement) -> Bool {
    if element.children("channel").contains(where: { $0.attribute("mode") == "insecure" }) { return false }
    return element.attribute("defaultMode") == "secure"
  }

  /// `qemu-vdagent` gives VNC a clipboard; it is off unless it is switched on.
  private mutating func readClipboard(_ devices: XMLElement) {
    for channel in devices.children("channel") where channel.attribute("type") == "qemu-vdagent" {
      let clipboard = channel["source"]?["clipboard"]
      machine.exchanges.append(
        MachineExchange(
          .clipboard, name: "QEMU clipboard", isAllowed: clipboard?.attribute("copypaste") == "yes",
          origin: clipboard.map { origin($0, "clipboard", "copypaste") } ?? origin(channel, "channel", "type")
        ))
    }
  }

  // MARK: The host's folders and devices

  private mutating func readShare(_ element: XMLElement) {
    let name =
      element["target"]?.attribute("dir") ?? element["source"]?.attribute("dir") ?? "line \(element.line)"
    let kind = element["driver"]?.attribute("type") == "virtiofs" ? "virtiofs" : "9p"
    machine.shares.append(
      MachineShare(
        name: name, kind: kind, isReadOnly: element["readonly"] != nil,
        origin: element["source"].map { origin($0, "source", "dir", "socket") }
          ?? origin(element, "filesystem", "type")))
  }

  private mutating func readHostDevices(_ devices: XMLElement) {
    for element in devices.children("hostdev") {
      let type = element.attribute("type") ?? element.attribute("mode") ?? "device"
      machine.devices.append(
        MachineDevice(
          .passthrough, name: "\(type) \(Self.address(element["source"]))",
          origin: origin(element, "hostdev", "mode", "type")))
    }
    for element in devices.children("smartcard") where (element.attribute("mode") ?? "").hasPrefix("host") {
      machine.devices.append(
        MachineDevice(
          .passthrough, name: "smart card of the host", origin: origin(element, "smartcard", "mode")))
    }
    for element in devices.children("redirdev") {
      machine.devices.append(
        MachineDevice(
          .redirection, name: "USB redirection", origin: origin(element, "redirdev", "bus", "type")))
    }
  }

  private static func address(_ source: XMLElement?) -> String {
    guard let source else { return "" }
    if let vendor = source["vendor"]?.attribute("id"), let product = source["product"]?.attribute("id") {
      return "\(vendor):\(product)"
    }
    let address = source["address"]
    let parts = ["uuid", "domain", "bus", "slot", "function", "device"].compactMap { address?.attribute($0) }
    return parts.isEmpty ? source["adapter"]?.attribute("name") ?? "" : parts.joined(separator: ":")
  }

  private mutating func readLegacy(_ devices: XMLElement) {
    let hasScreen = !devices.children("graphics").isEmpty
    for element in devices.children("input") where element.attribute("type") == "tablet" && !hasScreen {
      machine.devices.append(
        MachineDevice(
          .legacy, name: "tablet without a display", origin: origin(element, "input", "type", "bus")))
    }
    for element in devices.children("video") where element["model"]?.attribute("type") == "cirrus" {
      machine.devices.append(
        MachineDevice(.legacy, name: "video card cirrus", origin: origin(element, "<model type='cirrus'>")))
    }
    for element in devices.children("sound") where ["sb16", "pcspk"].contains(element.attribute("model")) {
      machine.devices.append(
        MachineDevice(
          .legacy, name: "sound card \(element.attribute("model") ?? "")",
          origin: origin(element, "sound", "model")))
    }
    let hasFloppy = machine.disks.contains { $0.kind == "floppy" }
    for element in devices.children("controller") where element.attribute("type") == "fdc" && !hasFloppy {
      machine.devices.append(
        MachineDevice(.legacy, name: "floppy controller", origin: origin(element, "controller", "type")))
    }
  }

  // MARK: Network

  private mutating func readInterface(_ element: XMLElement) {
    let type = element.attribute("type") ?? ""
    let name = element["mac"]?.attribute("address") ?? "line \(element.line)"
    let source = element["source"]
    let connection: MachineInterface.Connection =
      switch type {
      case "user": .translated("user-mode network")
      case "null": .disconnected
      case "network": .bridged("network \(source?.attribute("network") ?? "")")
      case "bridge": .bridged("bridge \(source?.attribute("bridge") ?? "")")
      case "direct": .bridged("macvtap on \(source?.attribute("dev") ?? "")")
      default: .bridged(type)
      }
    var card = MachineInterface(
      name: name, connection: connection, origin: origin(element, "interface", "type", "trustGuestRxFilters"))
    if let filter = element["filterref"], let rule = filter.attribute("filter") {
      card.filter = Effective(rule, origin: origin(filter, "filterref", "filter"))
    }
    if element.attribute("trustGuestRxFilters") == "yes" {
      card.trust = origin(element, "interface", "type", "trustGuestRxFilters")
    }
    machine.interfaces.append(card)
    if type == "hostdev" {
      machine.devices.append(
        MachineDevice(.passthrough, name: "network card \(Self.address(source))", origin: card.origin))
    }
    if let model = element["model"], let kind = model.attribute("type"),
      MachineDevice.legacyCards.contains(kind.lowercased())
    {
      machine.devices.append(
        MachineDevice(.legacy, name: "network card \(kind)", origin: origin(model, "model", "type")))
    }
  }

  // MARK: Character devices

  private mutating func readChannel(_ element: XMLElement, _ kind: String) {
    // The first console is the first serial port once more.
    if kind == "console", element["target"]?.attribute("type") ?? "serial" == "serial" { return }
    let purpose: MachineChannel.Purpose
    switch kind {
    case "parallel": purpose = .parallel
    case "channel":
      guard let name = element["target"]?.attribute("name") else { return }
      purpose = .named(name)
    default: purpose = .serial
    }
    let place = origin(element, kind, "type")
    machine.channels.append(MachineChannel(purpose, backend(element), origin: place))
    if kind == "parallel" {
      machine.devices.append(MachineDevice(.legacy, name: "parallel port", origin: place))
    }
  }

  private func backend(_ element: XMLElement) -> MachineChannel.Backend {
    let source = element["source"]
    switch element.attribute("type") ?? "pty" {
    case "dev": return .device(source?.attribute("path") ?? "")
    case "tcp", "udp":
      // A connection goes out; for binding the host's address counts.
      let bound = element.children("source").first { $0.attribute("mode") == "bind" } ?? source
      return .network(
        MachineDisplay.listening(at: bound?.attribute("host") ?? ""),
        usesTLS: bound?.attribute("tls").map { $0 == "yes" })
    case let type: return .local(type)
    }
  }
}

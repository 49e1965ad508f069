/// Reads the domain XML of libvirt, after "Domain XML format" (formatdomain) of libvirt's documentation.
struct LibvirtDefinition {
  let path: String
  let domain: XMLElement
  var machine: MachineDefinition

  static func read(_ domain: XMLElement, path: String) throws(MachineError) -> MachineDefinition {
    guard domain.attribute("type") != nil else {
      throw MachineError(path: path, line: domain.line, "<domain> lacks its type")
    }
    var reader = LibvirtDefinition(
      path: path, domain: domain, machine: MachineDefinition(.libvirt, path: path))
    reader.readMachine()
    reader.readDevices()
    reader.readRawArguments()
    return reader.machine
  }

  func origin(_ element: XMLElement, _ text: String) -> Origin {
    Origin(path: path, line: element.line, kind: .explicit, text: text)
  }

  /// `<name a='b'>` with the attributes that matter.
  func origin(_ element: XMLElement, _ name: String, _ attributes: String...) -> Origin {
    let shown = attributes.compactMap { key in element.attribute(key).map { " \(key)='\($0.prefix(100))'" } }
    return origin(element, "<\(name)\(shown.joined())>")
  }

  // MARK: The machine

  private mutating func readMachine() {
    let type = domain["os"]?["type"]
    machine.architecture = type?.attribute("arch")
    let kind = domain.attribute("type") ?? ""
    // Only type qemu is translated; the others are hypervisors or containers of their own.
    machine.acceleration = Effective(kind != "qemu", origin: origin(domain, "domain", "type"))
    machine.firmware = firmware()
    if ["kvm", "qemu"].contains(kind) {
      machine.processor = processor()
    } else {
      machine.silences[.processor] =
        "what a domain of the type \(kind.prefix(40)) shows of the processor is not known"
      machine.silences[.nesting] = machine.silences[.processor]
    }
    readLabels()
    readMemory()
  }

  private func firmware() -> MachineFirmware {
    guard let os = domain["os"] else { return MachineFirmware(kind: .bios, origin: machine.origin) }
    let loader = os["loader"]
    var firmware = MachineFirmware(kind: .bios, origin: origin(os, "os", "firmware"))
    let store = os["nvram"]
    firmware.keys =
      [store?.attribute("template"), loader == nil ? nil : store?.text].lazy.compactMap(\.self)
      .compactMap(MachineFirmware.keys(inStore:)).first
    if os.attribute("firmware") == "efi" {
      return selected(firmware, os, isSecure: loader?.attribute("secure"))
    }
    // Without a type the loader is a ROM, as Xen's hvmloader is.
    guard let loader, loader.attribute("type") == "pflash" || isUEFI(loader.text) else { return firmware }
    firmware.kind = .efi
    firmware.origin = origin(
      loader, "<loader secure='\(loader.attribute("secure") ?? "no")'>\(loader.text.prefix(120))")
    guard machine.architecture ?? "x86_64" == "x86_64" else { return firmware }
    firmware.hasSecureBoot = loader.attribute("secure") == "yes"
    // qemuValidateDomainDefBoot in libvirt's qemu_validate.c refuses a secure loader without SMM.
    if firmware.hasSecureBoot == true, domain["features"]?["smm"]?.attribute("state") != "on" {
      firmware.obstacle = "<smm state='on'/> is missing, without which the variables are open to the guest"
    }
    return firmware
  }

  /// Firmware that libvirt selects at the start by the features asked for.
  private func selected(_ base: MachineFirmware, _ os: XMLElement, isSecure: String?) -> MachineFirmware {
    var firmware = base
    firmware.kind = .efi
    for feature in os["firmware"]?.children("feature") ?? [] {
      let isEnabled = feature.attribute("enabled") == "yes"
      if feature.attribute("name") == "secure-boot" {
        firmware.hasSecureBoot = isEnabled
        firmware.origin = origin(feature, "feature", "enabled", "name")
      }
      if feature.attribute("name") == "enrolled-keys" {
        firmware.keys = isEnabled ? .enrolled : MachineFirmware.Keys.none
      }
    }
    if firmware.hasSecureBoot == nil, let isSecure { firmware.hasSecureBoot = isSecure == "yes" }
    return firmware
  }

  private func isUEFI(_ path: String) -> Bool {
    let name = path.lowercased()
    return ["ovmf", "aavmf", "efi", "edk2"].contains(where: name.contains)
  }

  private func processor() -> MachineProcessor? {
    guard let cpu = domain["cpu"] else {
      return machine.architecture.map(Self.isX86) ?? true
        ? MachineProcessor(
          .named("qemu64"), origin: .compiledDefault("qemu-cpu-models(7): without a model QEMU gives qemu64"))
        : nil
    }
    let mode = cpu.attribute("mode") ?? "custom"
    var features: [String: Bool] = [:]
    for feature in cpu.children("feature") {
      guard let name = feature.attribute("name") else { continue }
      let isAdded = ["force", "require", nil].contains(feature.attribute("policy"))
      let isRemoved = ["disable", "forbid"].contains(feature.attribute("policy"))
      if isAdded || isRemoved { features[MachineProcessor.featureName(name)] = isAdded }
    }
    if mode != "custom" {
      return MachineProcessor(.host(mode), features: features, origin: origin(cpu, "cpu", "mode"))
    }
    guard let model = cpu["model"], !model.text.isEmpty else {
      // A topology alone leaves the model to QEMU.
      return MachineProcessor(.named("qemu64"), features: features, origin: origin(cpu, "cpu", "mode"))
    }
    return MachineProcessor(
      .named(model.text), features: features, origin: origin(model, "<model>\(model.text.prefix(100))"))
  }

  static func isX86(_ architecture: String) -> Bool { ["x86_64", "i686", "i386"].contains(architecture) }

  private mutating func readLabels() {
    for label in domain.children("seclabel") {
      let type = label.attribute("type") ?? (label["baselabel"] == nil ? "default" : "dynamic")
      machine.labels.append(
        MachineLabel(
          driver: label.attribute("model"), type: type, origin: origin(label, "seclabel", "type", "model")))
    }
  }

  private mutating func readMemory() {
    let backing = domain["memoryBacking"]
    if let element = backing?["nosharepages"] {
      machine.memory.mayMerge = Effective(false, origin: origin(element, "<nosharepages/>"))
    } else {
      machine.memory.mayMerge = Effective(
        true, origin: .compiledDefault("libvirt, formatdomain: only <nosharepages/> keeps KSM away"))
    }
    if let memory = domain["memory"], memory.attribute("dumpCore") == "on" {
      machine.dumps.append(origin(memory, "memory", "dumpCore"))
    }
    for name in ["on_crash", "on_reboot", "on_poweroff"] {
      if let action = domain[name], action.text.hasPrefix("coredump") {
        machine.dumps.append(origin(action, "<\(name)>\(action.text.prefix(40))"))
      }
    }
  }

  /// `<qemu:commandline>`: arguments that libvirt hands on unread.
  private mutating func readRawArguments() {
    let arguments = domain["commandline"]?.children("arg") ?? []
    guard !arguments.isEmpty else { return }
    let words = arguments.map { argument in
      CommandWord(text: argument.attribute("value") ?? "", line: argument.line)
    }
    machine.rawArguments = words.prefix(32).map { word in
      Origin(path: path, line: word.line, kind: .explicit, text: QEMUDefinition.redacted(word.text))
    }
    var extra = QEMUDefinition(path: path, isComplete: false)
    extra.take(words)
    extra.finishReferences()
    machine.add(extra.machine)
  }
}

extension MachineDefinition {
  /// Takes over what arguments add to a domain.
  fileprivate mutating func add(_ other: MachineDefinition) {
    disks += other.disks
    displays += other.displays
    exchanges += other.exchanges
    shares += other.shares
    devices += other.devices
    interfaces += other.interfaces
    channels += other.channels
    incoming = other.incoming ?? incoming
    secrets += other.secrets
    tpms += other.tpms
  }
}

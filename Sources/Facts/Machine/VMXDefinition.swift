import Evidence

/// Reads a configuration file of VMware: `name = "value"`, names in either case.
///
/// What the settings mean is in VMware's "vSphere Security" ("Virtual Machine Security Best Practices") and its Security
/// Configuration Guide; defaults that ESXi and Workstation do not share are not assumed.
struct VMXDefinition {
  private let path: String
  private var machine: MachineDefinition

  private static let marks: Set<String> = [
    ".encoding", "config.version", "virtualhw.version", "guestos", "displayname",
  ]

  /// Whether one of the settings that every such file has is among the first.
  static func matches(_ file: TextFile) -> Bool {
    file.lines.prefix(2_000).contains { line in
      guard let equals = line.text.firstIndex(of: "=") else { return false }
      return marks.contains(line.text[..<equals].trimmingBlanks().lowercased())
    }
  }

  static func read(_ file: TextFile) throws(MachineError) -> MachineDefinition {
    var reader = VMXDefinition(path: file.path, machine: MachineDefinition(.vmx, path: file.path))
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      if text.isEmpty || text.first == "#" { continue }
      guard let equals = text.firstIndex(of: "=") else {
        throw MachineError(path: file.path, line: line.number, "not of the form name = \"value\"")
      }
      let name = text[..<equals].trimmingBlanks()
      let raw = text[text.index(after: equals)...].trimmingBlanks()
      guard let value = value(raw) else {
        throw MachineError(
          path: file.path, line: line.number, "the quote after \(name.prefix(60)) is not closed")
      }
      let key = name.lowercased()
      guard reader.machine.settings[key] == nil else {
        throw MachineError(
          path: file.path, line: line.number, "\(name.prefix(60)) is set twice, which VMware refuses to open")
      }
      let shown =
        MachineSecret.isNamed(by: key) || key.hasPrefix("guestinfo.") ? "…" : String(value.prefix(120))
      reader.machine.settings[key] = Effective(
        value,
        origin: Origin(
          path: file.path, line: line.number, kind: .explicit, text: "\(name.prefix(80)) = \"\(shown)\""))
    }
    reader.machine.readVMwareSettings()
    reader.machine.readVMXDevices()
    return reader.machine
  }

  /// Takes the quotes away and reads `|22`, the form of a character by number. Nil for a quote without end.
  private static func value(_ text: Substring) -> String? {
    guard text.first == "\"" else { return String(text) }
    guard text.count > 1, text.last == "\"" else { return nil }
    let inner = text.dropFirst().dropLast()
    guard inner.contains("|") else { return String(inner) }
    var value: [UInt8] = []
    var rest = Substring(inner).utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "|"),
        let number = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        value.append(number)
        rest = rest.dropFirst(2)
      } else {
        value.append(byte)
      }
    }
    return String(decoding: value, as: UTF8.self)
  }
}

/// What VMX files and the extra settings of OVF descriptors have in common.
extension MachineDefinition {
  /// The value of a setting in lower case.
  func setting(_ name: String) -> Effective<String>? { settings[name.lowercased()] }

  /// Whether a setting is TRUE; nil if it is not set.
  func flag(_ name: String) -> Bool? {
    setting(name).map { ["true", "yes", "1", "on"].contains($0.value.lowercased()) }
  }

  mutating func readVMwareSettings() {
    readVMwareFirmware()
    if let version = setting("virtualHW.version"), let number = Int(version.value) {
      hardwareVersion = Effective(number, origin: version.origin)
    }
    var features: [String: Bool] = [:]
    if let nested = flag("vhv.enable") { features["vmx"] = nested }
    processor = MachineProcessor(
      .host("the host's"), features: features,
      origin: setting("vhv.enable")?.origin ?? .compiledDefault("VMware shows the guest the host's processor")
    )
    readVMwareExchanges()
    readVMwareMemory()
    readVMwareSecrets()
    acceleration = Effective(true, origin: .compiledDefault("VMware's hypervisors translate nothing"))
    silences[.confinement] = "VMware confines its processes by itself; the file has no label"
    silences[.entropy] = "VMware shows the guest the processor's own random numbers"
  }

  /// Without `firmware` a machine starts a BIOS; with Secure Boot, VMware's firmware has Microsoft's keys enrolled.
  private mutating func readVMwareFirmware() {
    guard let kind = setting("firmware") else {
      firmware = MachineFirmware(
        kind: .bios,
        origin: .compiledDefault("VMware's vim.vm.FirmwareType: bios unless the machine says efi"))
      return
    }
    firmware = MachineFirmware(kind: kind.value.lowercased() == "efi" ? .efi : .bios, origin: kind.origin)
    guard firmware.kind == .efi else { return }
    let secure = setting("uefi.secureBoot.enabled")
    firmware.hasSecureBoot = flag("uefi.secureBoot.enabled") ?? false
    firmware.keys = .enrolled
    if let secure { firmware.origin = secure.origin }
  }

  private mutating func readVMwareExchanges() {
    // ESXi has these off, Workstation and Fusion on.
    for (name, key) in [
      ("copying out of the guest", "isolation.tools.copy.disable"),
      ("pasting into the guest", "isolation.tools.paste.disable"),
    ] { exchanges.append(exchange(.clipboard, name, key)) }
    exchanges.append(exchange(.files, "drag and drop", "isolation.tools.dnd.disable"))
  }

  private func exchange(_ kind: MachineExchange.Kind, _ name: String, _ key: String) -> MachineExchange {
    MachineExchange(
      kind, name: name, isAllowed: flag(key).map { !$0 },
      origin: setting(key)?.origin ?? Origin(path: path, kind: .explicit, text: "\(key) is not set"))
  }

  /// Since 2014 pages are merged between machines only if they have the same salt (VMware KB 2097593).
  private mutating func readVMwareMemory() {
    if let share = setting("sched.mem.pshare.enable"), flag("sched.mem.pshare.enable") == false {
      memory.mayMerge = Effective(false, origin: share.origin)
    } else if let salt = setting("sched.mem.pshare.salt") {
      memory.mayMerge = Effective(true, origin: salt.origin)
    } else {
      memory.mayMerge = Effective(
        false, origin: .compiledDefault("VMware KB 2097593: pages are merged within one machine alone"))
    }
  }

  private mutating func readVMwareSecrets() {
    for (key, value) in settings.sorted(by: { $0.key < $1.key }) where !value.value.isEmpty {
      let isVNC = key.hasPrefix("remotedisplay.vnc.") && (key.hasSuffix(".password") || key.hasSuffix(".key"))
      let isGuestInfo = key.hasPrefix("guestinfo.") && MachineSecret.isNamed(by: key)
      if isVNC || isGuestInfo { secrets.append(MachineSecret(name: key, origin: value.origin)) }
    }
  }
}

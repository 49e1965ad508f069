/// What QEMU does where its arguments say nothing.
extension QEMUDefinition {
  mutating func finish() {
    finishReferences()
    finishAcceleration()
    machine.firmware = firmware()
    if machine.processor == nil, machine.architecture.map(LibvirtDefinition.isX86) ?? true {
      machine.processor = MachineProcessor(
        .named("qemu64"), origin: .compiledDefault("qemu-cpu-models(7): without -cpu QEMU gives qemu64"))
    }
    if machine.memory.mayMerge == nil {
      machine.memory.mayMerge = Effective(
        true, origin: .compiledDefault("qemu-system(1): mem-merge is on by default"))
    }
    machine.sandbox =
      machine.sandbox
      ?? Effective(false, origin: .compiledDefault("qemu-system(1): -sandbox is off by default"))
    machine.silences[.confinement] =
      "a command line of QEMU does not say in which domain the host confines the process"
  }

  /// What names something that can stand behind it.
  mutating func finishReferences() {
    finishBlockDevices()
    finishMigration()
  }

  /// The first accelerator that works is taken; by default TCG.
  private mutating func finishAcceleration() {
    guard let named = accelerators.last else {
      machine.acceleration = Effective(false, origin: .compiledDefault("qemu-system(1): the default is tcg"))
      return
    }
    let names = accelerators.flatMap { $0.name.split(separator: ":").map(String.init) }
    let isMixed = names.contains("tcg") && names.contains { $0 != "tcg" }
    if isMixed {
      machine.silences[.acceleration] = "QEMU falls back to translation where the accelerator cannot be used"
    }
    machine.acceleration = Effective(names.contains { $0 != "tcg" }, origin: named.origin)
  }

  private func firmware() -> MachineFirmware {
    let isX86 = machine.architecture.map(LibvirtDefinition.isX86) ?? true
    guard let code = flash.first else {
      let origin = bios?.origin ?? .compiledDefault("qemu-system(1): without firmware QEMU starts its BIOS")
      var firmware = MachineFirmware(kind: isX86 || bios != nil ? .bios : nil, origin: origin)
      if let bios, ["ovmf", "efi", "edk2", "aavmf"].contains(where: bios.file.lowercased().contains) {
        firmware.kind = .efi
        firmware.hasSecureBoot = false
        firmware.obstacle = "firmware by -bios has no place for variables"
      }
      return firmware
    }
    var firmware = MachineFirmware(kind: .efi, origin: code.origin)
    firmware.keys = flash.dropFirst().compactMap { MachineFirmware.keys(inStore: $0.file) }.first
    guard isX86 else { return firmware }
    firmware.hasSecureBoot = true
    let flag = globals[GlobalProperty(driver: "cfi.pflash01", name: "secure")]
    if !["on", "yes", "true", "y"].contains(flag) {
      firmware.obstacle = "the flash is not secure (-global driver=cfi.pflash01,property=secure,value=on)"
    } else if !machineOptions.isOn("smm") && machineOptions["smm"] != nil {
      firmware.obstacle = "smm is off, without which the variables are open to the guest"
    }
    return firmware
  }
}

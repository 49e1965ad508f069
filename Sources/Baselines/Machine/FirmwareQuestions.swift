import Facts

/// Whether the guest has a TPM 2.0, which measured boot and sealed keys need.
enum TPMQuestion: MachineQuestion {
  static let name = "tpm"
  static let expected = "a TPM 2.0"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    guard let tpm = machine.tpms.first(where: { $0.version == "2.0" }) ?? machine.tpms.first else {
      return silence(machine, .tpm, "TPM") ?? [fail("TPM", "none", machine.origin)]
    }
    switch tpm.version {
    case "2.0"?: return [pass("TPM", "2.0", tpm.origin)]
    case let version?: return [fail("TPM", version, tpm.origin)]
    case nil:
      let reason = tpm.isHosts ? "it is the host's own" : "the definition does not say its version"
      return [undecided("TPM", reason, tpm.origin)]
    }
  }
}

/// Whether the firmware starts nothing but what is signed: UEFI, Secure Boot, and keys in its variables.
enum SecureBootQuestion: MachineQuestion {
  static let name = "secure-boot"
  static let expected = "UEFI with Secure Boot and enrolled keys"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    let firmware = machine.firmware
    func undecided(_ reason: String) -> [Outcome] { [Self.undecided("firmware", reason, firmware.origin)] }
    func fail(_ actual: String) -> [Outcome] { [Self.fail("firmware", actual, firmware.origin)] }
    guard let kind = firmware.kind else {
      return silence(machine, .firmware, "firmware")
        ?? undecided("the definition does not say which firmware starts")
    }
    if kind == .bios { return fail("BIOS, which verifies nothing") }
    if firmware.hasSecureBoot == false { return fail(firmware.obstacle ?? "UEFI without Secure Boot") }
    if let obstacle = firmware.obstacle { return fail(obstacle) }
    switch firmware.keys {
    case MachineFirmware.Keys.none?: return fail("no keys are enrolled, so everything boots")
    case .published?: return fail("test keys whose private half is public")
    case .enrolled? where firmware.hasSecureBoot == true:
      return [pass("firmware", "UEFI with Secure Boot and enrolled keys", firmware.origin)]
    case .enrolled?: return undecided("the definition does not say whether the firmware has Secure Boot")
    case nil:
      return undecided(
        firmware.hasSecureBoot == true
          ? "whether keys are in the firmware's variables is not said"
          : "which UEFI firmware starts, and whether it has Secure Boot, is not said")
    }
  }
}

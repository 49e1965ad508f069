import Facts

/// Devices of the host in the guest: they reach the host's memory and firmware, and bind the guest to this host.
enum DevicePassthroughQuestion: MachineQuestion {
  static let name = "device-passthrough"
  static let expected = "no device of the host is in the guest"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    answer(machine, .passthrough, "handed to the guest")
  }
}

/// Whoever is at the display can plug USB devices into the guest.
enum USBRedirectionQuestion: MachineQuestion {
  static let name = "usb-redirection"
  static let expected = "no USB devices are redirected"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    let found = answer(machine, .redirection, "possible")
    // One finding however many ports there are.
    return found.first.map { [$0] } ?? []
  }
}

/// Emulations of old devices: code that hardly anybody reads, of which VENOM (CVE-2015-3456, floppy), CVE-2015-5165
/// (rtl8139) and CVE-2015-7504 (pcnet) are known.
enum LegacyDevicesQuestion: MachineQuestion {
  static let name = "legacy-devices"
  static let expected = "no devices of another age"

  static func answer(_ machine: MachineDefinition) -> [Outcome] { answer(machine, .legacy, "present") }
}

extension MachineQuestion {
  fileprivate static func answer(
    _ machine: MachineDefinition, _ kind: MachineDevice.Kind, _ actual: String
  ) -> [Outcome] {
    machine.devices.filter { $0.kind == kind }.map { fail($0.name, actual, $0.origin) }
  }
}

/// Folders of the host that the guest sees.
enum SharedFoldersQuestion: MachineQuestion {
  static let name = "shared-folders"
  static let expected = "no folder of the host is in the guest"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    machine.shares.map {
      fail("share \($0.name)", "\($0.kind), \($0.isReadOnly ? "read only" : "writable")", $0.origin)
    }
  }
}

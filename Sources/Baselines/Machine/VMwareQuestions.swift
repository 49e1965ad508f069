import Facts

/// What VMware's tools let users within the guest do to the machine ("vSphere Security", "Virtual Machine Security Best
/// Practices").
enum VMwareIsolationQuestion: MachineQuestion {
  static let name = "vmware-isolation"
  static let expected = "users of the guest change nothing of the machine"

  /// A setting, the value that closes the hole, and whether it is closed where the setting is missing.
  private static let settings: [(key: String, isSafe: Bool, isSafeByDefault: Bool, effect: String)] = [
    ("isolation.tools.diskShrink.disable", true, false, "users of the guest can shrink its disks"),
    ("isolation.tools.diskWiper.disable", true, false, "users of the guest can fill its disks on the host"),
    ("isolation.device.connectable.disable", true, false, "users of the guest can disconnect devices"),
    ("isolation.tools.setGUIOptions.enable", false, true, "the guest can change settings of the display"),
    ("tools.guestlib.enableHostInfo", false, true, "the guest can ask how the host is doing"),
  ]

  /// Bytes of information that a guest may write into the VMX file; 1 MiB is also the default.
  private static let informationLimit = 1 << 20

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    var outcomes = settings.map { setting -> Outcome in
      let value = machine.settings[setting.key.lowercased()]
      guard let value else {
        let origin = Origin(path: machine.path, kind: .explicit, text: "\(setting.key) is not set")
        return setting.isSafeByDefault
          ? pass(setting.key, "not set", origin) : fail(setting.key, "not set: \(setting.effect)", origin)
      }
      let isTrue = value.value.lowercased() == "true"
      return isTrue == setting.isSafe
        ? pass(setting.key, value.value, value.origin)
        : fail(setting.key, "\(value.value): \(setting.effect)", value.origin)
    }
    if let size = machine.settings["tools.setinfo.sizelimit"] {
      let number = Int(size.value) ?? 0
      let isBounded = number > 0 && number <= informationLimit
      outcomes.append(
        isBounded
          ? pass("tools.setInfo.sizeLimit", size.value, size.origin)
          : fail("tools.setInfo.sizeLimit", "\(size.value): the guest can fill the host's disk", size.origin))
    }
    return outcomes
  }
}

/// Logs of the machine: kept, and bounded.
enum VMwareLoggingQuestion: MachineQuestion {
  static let name = "vmware-logging"
  static let expected = "the machine's log is kept and bounded"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let logging = machine.settings["logging"], logging.value.lowercased() == "false" {
      return [fail("logging", "off", logging.origin)]
    }
    return ["log.keepOld", "vmx.log.keepOld"].compactMap { key in
      guard let value = machine.settings[key.lowercased()], let number = Int(value.value) else { return nil }
      return number >= 1 && number <= 100
        ? pass("logging", "\(number) old logs", value.origin)
        : fail("logging", "\(number) old logs", value.origin)
    }
  }
}

import Facts

/// What VMware's tools let users within the guest do to the machine ("vSphere Security", "Virtual Machine Security Best
/// Practices").
enum VMwareIsolationQuestion: MachineQuestion {
  static let name = "vmware-isolation"
  static let expected = "users of the guest change nothing of the machine"

  /// A setting, the value that closes the hole, and what is open otherwise.
  private static let settings: [(key: String, isSafe: Bool, effect: String)] = [
    ("isolation.tools.diskShrink.disable", true, "users of the guest can shrink its disks"),
    ("isolation.tools.diskWiper.disable", true, "users of the guest can fill its disks on the host"),
    ("isolation.device.connectable.disable", true, "users of the guest can disconnect devices"),
    ("isolation.tools.setGUIOptions.enable", false, "the guest can change settings of the display"),
    ("tools.guestlib.enableHostInfo", false, "the guest can ask how the host is doing"),
  ]

  /// The virtual hardware that only vSphere 8 and later run; its Security Configuration Guide has every setting closed
  /// by default, where the manual of vSphere 6 says that users of the guest can do these things.
  private static let closedByDefault = 20

  /// Bytes of information that a guest may write into the VMX file; 1 MiB is also the default.
  private static let informationLimit = 1 << 20

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    var outcomes = settings.map { key, isSafe, effect -> Outcome in
      guard let value = machine.settings[key.lowercased()] else {
        return unset(key, isSafe: isSafe, effect, machine)
      }
      let isTrue = value.value.lowercased() == "true"
      return isTrue == isSafe
        ? pass(key, value.value, value.origin) : fail(key, "\(value.value): \(effect)", value.origin)
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

  private static func unset(_ key: String, isSafe: Bool, _ effect: String, _ machine: MachineDefinition)
    -> Outcome
  {
    let origin = Origin(path: machine.path, kind: .explicit, text: "\(key) is not set")
    if !isSafe || machine.hardwareVersion?.value ?? 0 >= closedByDefault {
      return pass(key, "not set", origin)
    }
    return undecided(key, "not set, and before vSphere 8 \(effect)", origin)
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

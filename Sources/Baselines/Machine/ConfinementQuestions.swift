import Facts

/// Whether sVirt keeps the guest's process apart from other guests and from the host.
///
/// Without a label, qemu.conf's `security_default_confined` counts, which is 1. `dac` is about users, not labels.
enum ConfinementQuestion: MachineQuestion {
  static let name = "confinement"
  static let expected = "the guest's process has a label of its own"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let silent = silence(machine, .confinement, "label") { return silent }
    let labels = machine.labels.filter { $0.driver != "dac" }
    if let none = labels.first(where: { $0.type == "none" }) {
      return [fail("label", "confinement is switched off", none.origin)]
    }
    if let fixed = labels.first(where: { $0.type == "static" }) {
      return [pass("label", "a fixed label", fixed.origin)]
    }
    return [
      pass(
        "label", "a label of its own",
        labels.first?.origin ?? .compiledDefault("libvirt's qemu.conf: security_default_confined is 1"))
    ]
  }
}

/// The system call filter of QEMU; libvirt switches it on by itself.
enum SandboxQuestion: MachineQuestion {
  static let name = "sandbox"
  static let expected = "QEMU's system call filter is on"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    guard let sandbox = machine.sandbox else { return [] }
    return sandbox.value
      ? [pass("sandbox", "on", sandbox.origin)] : [fail("sandbox", "off", sandbox.origin)]
  }
}

/// Arguments that libvirt hands to QEMU unread make the domain tainted: what they do is neither checked nor labelled.
enum RawArgumentsQuestion: MachineQuestion {
  static let name = "raw-arguments"
  static let expected = "no arguments go to QEMU past libvirt"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    guard let first = machine.rawArguments.first else { return [] }
    return [
      Outcome(
        .fail, subject: "qemu:commandline", expected: expected,
        actual: machine.rawArguments.compactMap(\.text).joined(separator: " "),
        evidence: [EvidenceLine(first)])
    ]
  }
}

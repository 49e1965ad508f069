import Facts

/// QEMU's documentation of its security ("Non-virtualization Use Case") takes no bug of TCG for a hole: translated
/// guests are not isolated from the host.
enum AccelerationQuestion: MachineQuestion {
  static let name = "acceleration"
  static let expected = "the guest runs on a hypervisor"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let silent = silence(machine, .acceleration, "accelerator") { return silent }
    guard let acceleration = machine.acceleration else { return [] }
    return acceleration.value
      ? [pass("accelerator", "a hypervisor", acceleration.origin)]
      : [fail("accelerator", "translated by TCG, which is no barrier", acceleration.origin)]
  }
}

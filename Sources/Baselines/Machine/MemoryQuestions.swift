import Facts

/// Pages that several guests share tell one of them, by the time that a write takes, what is in another's memory.
enum MemoryMergingQuestion: MachineQuestion {
  static let name = "memory-merging"
  static let expected = "the host merges no pages with other guests"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let silent = silence(machine, .memory, "memory") { return silent }
    guard let merge = machine.memory.mayMerge else { return [] }
    return merge.value
      ? [fail("memory", "the host may merge pages", merge.origin)]
      : [pass("memory", "not merged", merge.origin)]
  }
}

/// A dump has every key and password that was in the guest's memory.
enum MemoryDumpQuestion: MachineQuestion {
  static let name = "memory-dump"
  static let expected = "the guest's memory is not dumped"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    machine.dumps.map { fail("memory dump", $0.text ?? "asked for", $0) }
  }
}

/// Random numbers of the host, for guests on processors without an instruction for them and for their first seconds.
enum EntropyQuestion: MachineQuestion {
  static let name = "entropy"
  static let expected = "the guest has a random number device"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let silent = silence(machine, .entropy, "random numbers") { return silent }
    return [
      machine.entropySource.map { pass("random numbers", "a device", $0) }
        ?? fail("random numbers", "no device", machine.origin)
    ]
  }
}

/// Passwords that everybody reads who gets the definition.
enum PlainSecretsQuestion: MachineQuestion {
  static let name = "plain-secrets"
  static let expected = "no password stands in the definition"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    machine.secrets.map { fail($0.name, "in the clear", $0.origin) }
  }
}

import Facts

/// Whether the guest's kernel gets the processor's features against speculative execution.
///
/// After qemu-cpu-models(7), "Important CPU features": `spec-ctrl` or `ibpb` against Spectre v2, `ssbd` in one of its
/// forms against Spectre v4, `md-clear` against MDS on Intel's processors before Cascade Lake. Which models have them by
/// themselves is in QEMU's target/i386/cpu.c; a name without version is version 1 on versioned machine types.
enum ProcessorMitigationsQuestion: MachineQuestion {
  static let name = "cpu-mitigations"
  static let expected = "the processor has the features against speculative execution"

  /// Models that have all of it in version 1.
  private static let complete = [
    "Cascadelake-Server", "Cooperlake", "Icelake-Server", "Snowridge", "SapphireRapids", "GraniteRapids",
    "SierraForest", "ClearwaterForest", "EPYC-Milan", "EPYC-Genoa", "EPYC-Turin",
  ]
  private static let old = [
    "qemu64", "qemu32", "kvm64", "kvm32", "486", "pentium", "athlon", "phenom", "core2duo", "coreduo", "n270",
    "Conroe", "Penryn", "Nehalem", "Westmere", "SandyBridge", "IvyBridge", "Haswell", "Broadwell",
    "Skylake-Client",
    "Skylake-Server", "Opteron_G", "EPYC", "Dhyana", "cpu64-rhel", "KnightsMill", "Denverton",
    "Icelake-Client",
  ]
  private static let ofAMD = ["Opteron_G", "EPYC", "Dhyana", "athlon", "phenom"]

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let silent = silence(machine, .processor, "processor") { return silent }
    if let version = machine.hardwareVersion, version.value < 9 {
      // VMware KB 52085: the features reach the guest from virtual hardware 9 on.
      return [fail("processor", "virtual hardware \(version.value), which hides them", version.origin)]
    }
    guard let processor = machine.processor else { return [] }
    switch processor.model {
    case .host(let mode):
      let removed = ["spec-ctrl", "ssbd", "md-clear", "ibpb"].filter { processor.features[$0] == false }
      return removed.isEmpty
        ? [pass("processor", mode, processor.origin)]
        : [fail("processor", "\(mode) without \(removed.joined(separator: ", "))", processor.origin)]
    case .named(let model): return [judge(model, processor)]
    }
  }

  private static func judge(_ model: String, _ processor: MachineProcessor) -> Outcome {
    let (base, version) = split(model)
    let missing = missing(base, version, processor.features)
    if missing.isEmpty { return pass("processor", model, processor.origin) }
    if !old.contains(where: base.hasPrefix) && !complete.contains(where: base.hasPrefix) {
      return undecided(
        "processor", "the features of the model \(model.prefix(60)) are not known", processor.origin)
    }
    if version > 1 {
      return undecided("processor", "what version \(version) of \(base) adds is not known", processor.origin)
    }
    return fail("processor", "\(model) without \(missing.joined(separator: ", "))", processor.origin)
  }

  /// `Skylake-Server-v2`: the name and the version, 1 if there is none.
  private static func split(_ model: String) -> (String, Int) {
    guard let mark = model.lastIndex(of: "-"), model[mark...].hasPrefix("-v"),
      let version = Int(model[model.index(mark, offsetBy: 2)...])
    else { return (model, 1) }
    return (String(model[..<mark]), version)
  }

  private static func missing(_ base: String, _ version: Int, _ features: [String: Bool]) -> [String] {
    let isComplete = complete.contains(where: base.hasPrefix) || base == "EPYC-Rome" && version >= 2
    func has(_ names: [String], byModel: Bool) -> Bool {
      if names.contains(where: { features[$0] == true }) { return true }
      return byModel && !names.contains { features[$0] == false }
    }
    let hasBranches = isComplete || ["IBRS", "IBPB"].contains(where: base.contains) || base == "EPYC-Rome"
    var missing: [String] = []
    if !has(["spec-ctrl", "ibpb", "ibrs", "amd-ibpb"], byModel: hasBranches) {
      missing.append("spec-ctrl or ibpb")
    }
    if !has(["ssbd", "amd-ssbd", "virt-ssbd", "amd-no-ssb", "ssb-no"], byModel: isComplete) {
      missing.append("ssbd")
    }
    let isAMD = ofAMD.contains(where: base.hasPrefix)
    if !isAMD, !has(["md-clear", "mds-no"], byModel: isComplete) { missing.append("md-clear") }
    return missing
  }
}

/// A guest that can start guests of its own has much more of the hypervisor's code to attack.
enum NestedVirtualisationQuestion: MachineQuestion {
  static let name = "nested-virtualisation"
  static let expected = "the guest cannot be a hypervisor"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let silent = silence(machine, .nesting, "processor") { return silent }
    guard let processor = machine.processor else { return [] }
    let flags = ["vmx", "svm"]
    if flags.contains(where: { processor.features[$0] == true }) {
      return [fail("processor", "virtualisation is shown to the guest", processor.origin)]
    }
    let isOpen = flags.allSatisfy { processor.features[$0] != false }
    if case .host(let mode) = processor.model, isOpen, machine.format == .libvirt || machine.format == .qemu {
      return [
        undecided(
          "processor", "\(mode) shows what the host has, and the host's kvm module decides (nested=)",
          processor.origin)
      ]
    }
    return [pass("processor", "virtualisation is not shown", processor.origin)]
  }
}

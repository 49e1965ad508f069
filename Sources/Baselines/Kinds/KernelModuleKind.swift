import Evidence
import Facts

/// `kernel_module`: whether kernel modules can be loaded.
public struct KernelModuleKind: CheckKind {
  public static let name = "kernel_module"
  public static let summary =
    "Decides whether kernel modules can be loaded, from modprobe.d, the kernel's command line and what the kernels "
    + "in the image ship and have built in."
  public static let parameters: [ParameterSpecification] = [
    .init("names", .textList, required: true, "the modules; - and _ are the same"),
    .init(
      "availability", .choice(["blocked", "absent"]),
      "blocked: no kernel has it, modprobe.d puts a command that loads nothing in its place, or the boot entry "
        + "names it in module_blacklist= (usual); absent: no kernel has it"),
    .init("require_blacklist", .boolean, "a module that is shipped has to be blacklisted as well"),
  ]

  private enum Availability: String { case blocked, absent }

  private let names: [String]
  private let availability: Availability
  private let requiresBlacklist: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    names = parameters.list("names")
    if names.isEmpty { throw ParameterError("names", "'names' is missing") }
    for name in names {
      guard !name.isEmpty, name.utf8.allSatisfy({ Self.isPlain($0) }) else {
        throw ParameterError("names", "'\(name)' is not the name of a kernel module")
      }
    }
    availability = parameters.text("availability").flatMap(Availability.init) ?? .blocked
    requiresBlacklist = parameters.boolean("require_blacklist") ?? false
    if availability == .absent, requiresBlacklist {
      throw ParameterError("require_blacklist", "a module that no kernel has needs no blacklist")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([KernelModules.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let modules: KernelModules = try facts.model()
    return names.map { judge($0, modules.module($0), modules.releases) }
  }

  private func judge(_ name: String, _ module: KernelModules.Module, _ releases: [String]) -> Outcome {
    let answer =
      availability == .absent ? absence(of: module, releases) : blockage(of: module, releases)
    var evidence: [EvidenceLine] = []
    if let install = module.install { evidence += install.evidenceLines }
    if let refused = module.refused { evidence.append(EvidenceLine(refused)) }
    if let blacklist = module.blacklist { evidence.append(EvidenceLine(blacklist)) }
    evidence += module.loadable.sorted { $0.key < $1.key }.prefix(4).map {
      EvidenceLine(path: $0.value, text: "module of kernel \($0.key)", origin: "shipped")
    }
    if let load = module.loadedAtBoot { evidence.append(EvidenceLine(load, note: "asks for it at boot")) }
    evidence += module.aliases.prefix(2).map { EvidenceLine($0) }
    let expected: String =
      switch availability {
      case .absent: "\(name) in no kernel"
      case .blocked: "\(name) cannot be loaded" + (requiresBlacklist ? " and is blacklisted" : "")
      }
    return Outcome(
      answer.verdict, subject: name, expected: expected, actual: answer.words, evidence: evidence)
  }

  private typealias Answer = (verdict: Outcome.Verdict, words: String)

  private func absence(of module: KernelModules.Module, _ releases: [String]) -> Answer {
    if !module.builtIn.isEmpty { return builtIn(module) }
    if !module.loadable.isEmpty { return (.fail, "shipped with kernel \(newest(with: module, releases))") }
    return releases.isEmpty ? noKernel : notShipped
  }

  private func blockage(of module: KernelModules.Module, _ releases: [String]) -> Answer {
    if !module.builtIn.isEmpty { return builtIn(module) }
    if !releases.isEmpty, module.loadable.isEmpty { return notShipped }
    if module.refused != nil { return (.pass, "the kernel refuses it (module_blacklist=)") }
    if let install = module.install {
      guard module.isBlocked else {
        return (.fail, "modprobe runs '\(install.value)' in its place, which may load it")
      }
      if requiresBlacklist, module.blacklist == nil {
        return (.fail, "modprobe runs \(install.value) in its place, but it is not blacklisted")
      }
      return (.pass, "modprobe runs \(install.value) in its place")
    }
    if releases.isEmpty { return noKernel }
    let load = module.loadedAtBoot == nil ? "" : "; modules-load.d asks for it at boot"
    if module.blacklist != nil {
      return (.fail, "only blacklisted, which stops aliases but not modprobe \(module.name)\(load)")
    }
    return (.fail, "can be loaded (kernel \(newest(with: module, releases)))\(load)")
  }

  private var notShipped: Answer { (.pass, "no kernel in the image has it") }

  private var noKernel: Answer {
    (.undecided(reason: "the image has no kernel, so its modules are not known"), "unknown")
  }

  private func builtIn(_ module: KernelModules.Module) -> Answer {
    (.fail, "built into kernel \(module.builtIn[0]), where modprobe.d has no say")
  }

  private func newest(with module: KernelModules.Module, _ releases: [String]) -> String {
    releases.first { module.loadable[$0] != nil } ?? ""
  }

  /// One file for each module, whose name sorts before others, since the first `install` of a module counts.
  public var fix: Fix? {
    guard availability == .blocked else { return nil }
    let path = "/etc/modprobe.d/00-block-\(names[0]).conf"
    let lines = names.flatMap { name in
      ["install \(name) /bin/false"] + (requiresBlacklist ? ["blacklist \(name)"] : [])
    }
    return .file(path, lines: lines)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

import Binaries
import Evidence
import Facts

/// What protects programs and libraries: lost PIE, a new RPATH.
public enum HardeningTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.executables
  public static let name = "hardening"
  public static let title = "protection of programs"
  public static let models: [any FactModel.Type] = [Executables.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try facts.model(Executables.self).items.compactMap { item in
      item.elf.map { DiffItem(item.file.path, DiffChange.Value(words($0), path: item.file.path)) }
    }
  }

  public static func told(_ changes: [DiffChange]) -> [DiffChange] {
    folded(changes.map { $0.reduced(separator: ", ") }, "programs and libraries")
  }

  /// Programs that have come or gone are told by packages and files; libraries change their names with every version.
  public static func churn(_ change: DiffChange) -> String? {
    change.kind == .changed ? nil : "programs and libraries that have come or gone"
  }

  private static func words(_ elf: ELFProperties) -> String {
    var words = [elf.isPositionIndependent ? "PIE" : "no PIE", "RELRO \(elf.relro.rawValue)"]
    if elf.bindsNow { words.append("binds now") }
    if elf.stackIsExecutable { words.append("executable stack") }
    if elf.hasWritableCode { words.append("writable code") }
    if elf.hasTextRelocations { words.append("text relocations") }
    if elf.hasCanary == false { words.append("without canary") }
    if elf.isStatic { words.append("static") }
    if !elf.rpath.isEmpty { words.append("RPATH \(elf.rpath.joined(separator: ":"))") }
    if !elf.runpath.isEmpty { words.append("RUNPATH \(elf.runpath.joined(separator: ":"))") }
    return words.joined(separator: ", ")
  }
}

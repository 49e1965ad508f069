import Evidence
import Facts

/// Programs and libraries that no package brought.
public enum UnownedProgramsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.executables
  public static let name = "unowned-programs"
  public static let title = "programs of no package"
  public static let models: [any FactModel.Type] = [Executables.self, PackagedFiles.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let executables: Executables = try facts.model()
    guard executables.knowsPackages else {
      throw EvidenceGap(path: "/", reason: "no list of packaged files that is known")
    }
    return executables.items.filter { executables.owner(of: $0.file) == nil }.map { item in
      DiffItem(item.file.path, DiffChange.Value("\(item.file.metadata.size) bytes", path: item.file.path))
    }
  }
}

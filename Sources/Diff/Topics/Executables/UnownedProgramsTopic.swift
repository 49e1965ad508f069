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
    guard executables.knowsPackages else { return [] }
    return executables.items.filter { executables.owner(of: $0.file) == nil }.map { item in
      DiffItem(item.file.path, DiffChange.Value("\(item.file.metadata.size) bytes", path: item.file.path))
    }
  }
}

/// Packaged programs whose content is not what the package database records.
public enum AlteredProgramsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.executables
  public static let name = "altered-programs"
  public static let title = "programs altered outside packages"
  public static let models: [any FactModel.Type] = [Executables.self]

  public static var plan: CollectionPlan {
    var plan = CollectionPlan(models)
    plan.add(DigestProbe(scope: .executables))
    return plan
  }

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let answer = try facts.evidence.answer(of: DigestProbe.self)
    return answer.records.compactMap { id, record in
      guard !record.isUnaltered, let file = facts.evidence.index.entry(id: id) else { return nil }
      return DiffItem(file.path, DiffChange.Value("altered", path: file.path))
    }
  }
}

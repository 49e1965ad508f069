import Evidence
import Facts

/// Packaged programs whose content is not what the package database records.
public enum AlteredProgramsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.executables
  public static let name = "altered-programs"
  public static let title = "programs altered outside packages"
  public static let models: [any FactModel.Type] = [RecordedFiles.self, Executables.self]

  public static var plan: CollectionPlan {
    var plan = CollectionPlan(models)
    plan.add(DigestProbe(scope: .executables))
    return plan
  }

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    // Where the database cannot be read, the probe had nothing to compare with.
    let records: RecordedFiles = try facts.model()
    guard records.hasDigests else {
      throw EvidenceGap(path: "/", reason: "the package database records no digests")
    }
    let answer = try facts.evidence.answer(of: DigestProbe.self)
    return answer.records.compactMap { id, record in
      guard !record.isUnaltered, let file = facts.evidence.index.entry(id: id) else { return nil }
      return DiffItem(file.path, DiffChange.Value("altered", path: file.path))
    }
  }
}

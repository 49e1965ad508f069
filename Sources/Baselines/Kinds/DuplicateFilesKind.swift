import DiskImages
import Evidence
import Facts

/// Judges large files that are there more than once.
public struct DuplicateFilesKind: CheckKind {
  public static let name = "duplicate_files"
  public static let summary =
    "Compares files of 1 MiB and more by their digests and lists those whose content is there more than once; several "
    + "links of one file are one file."
  public static let parameters: [ParameterSpecification] = [
    .init("exclude", .textList, "patterns of paths that are not compared, with what lies below them"),
    .init("min_bytes", .integer, "smaller files are let pass"),
  ]

  private let exclude: PathPatterns
  private let minimum: Int64

  public init(_ parameters: Parameters) throws(ParameterError) {
    exclude = PathPatterns(parameters.list("exclude"))
    minimum = Int64(parameters.integer("min_bytes") ?? 0)
  }

  public var plan: CollectionPlan { CollectionPlan([DuplicateFiles.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let duplicates: DuplicateFiles = try facts.model()
    let expected = "one copy"
    var findings = CappedOutcomes()
    for group in duplicates.groups where group[0].metadata.size >= minimum {
      let files = exclude.isEmpty ? group : group.filter { !exclude.matchOrHold($0.path) }
      guard files.count > 1 else { continue }
      let size = files[0].metadata.size
      let wasted = size.multipliedReportingOverflow(by: Int64(files.count - 1))
      findings.add(
        Outcome(
          .fail, subject: files[0].path, expected: expected,
          actual: "\(files.count) copies of \(sizeWords(size)), "
            + "\(sizeWords(wasted.overflow ? .max : wasted.partialValue)) more than one takes",
          evidence: files.prefix(8).map { .init(path: $0.path, text: sizeWords(size), origin: "copy") }))
    }
    let gaps = duplicates.unread.prefix(20).map { path, reason in
      Outcome(.undecided(reason: reason), subject: path, expected: expected, actual: "could not be compared")
    }
    if findings.isEmpty, gaps.isEmpty {
      return [Outcome(.pass, subject: "/", expected: expected, actual: "no large file is there twice")]
    }
    return gaps + findings.all(subject: "/")
  }

  public var fix: Fix? { nil }
}

import DiskImages

/// Carries out a plan on one guest, in one pass.
public struct Collector {
  let plan: CollectionPlan
  let progress: (Progress) -> Void

  /// How far a pass has come.
  public enum Progress: Sendable, Hashable {
    case indexing
    /// Reading `count` files in the given round, counted from 1.
    case reading(count: Int, round: Int)
  }

  /// A collector for the plan; `progress` is called when a stage begins.
  public init(plan: CollectionPlan, progress: @escaping (Progress) -> Void = { _ in }) {
    self.plan = plan
    self.progress = progress
  }

  /// Reads the index and then, round by round, the files that are wanted and the files that those name.
  public func collect(
    _ filesystem: any GuestFilesystem, storage: [StorageDevice] = [], root: String = "/"
  ) throws(GuestReadError) -> Evidence {
    progress(.indexing)
    var evidence = Evidence(index: try filesystem.readIndex(), storage: storage, rootDevice: root)
    var needs = plan.needs
    var budget = plan.totalLimit
    var seen: Set<ContentNeed> = []
    for round in 1...plan.roundLimit {
      let files = wantedFiles(needs.subtracting(seen), in: evidence)
      seen.formUnion(needs)
      if !files.isEmpty {
        progress(.reading(count: files.count, round: round))
        try read(files, from: filesystem, into: &evidence, budget: &budget)
      }
      let further = (plan.follow + plan.followByModel.values).flatMap { $0(evidence) }
      needs = Set(further).subtracting(seen)
      if needs.isEmpty { break }
    }
    return evidence
  }

  /// Regular files behind the needs that have not been read yet, with the largest limit that was asked.
  private func wantedFiles(_ needs: Set<ContentNeed>, in evidence: Evidence) -> [FileEntry: Int] {
    var wanted: [FileEntry: Int] = [:]
    for need in needs {
      for match in evidence.index.matches(need.pattern) {
        guard case .found(let file) = evidence.index.target(of: match), file.type == .regular else {
          continue
        }
        if case .bytes = evidence.contents[file.id] { continue }
        wanted[file] = max(wanted[file] ?? 0, need.limit)
      }
    }
    return wanted
  }

  private func read(
    _ wanted: [FileEntry: Int], from filesystem: any GuestFilesystem, into evidence: inout Evidence,
    budget: inout Int64
  ) throws(GuestReadError) {
    for (limit, files) in Dictionary(grouping: wanted, by: \.value).sorted(by: { $0.key < $1.key }) {
      var affordable: [FileEntry] = []
      for file in files.map(\.key).sorted(by: { $0.id < $1.id }) {
        // What is too large is not read, so that it costs nothing.
        let size = file.metadata.size <= Int64(limit) ? max(0, file.metadata.size) : 0
        if size > budget {
          evidence.contents[file.id] = .unreadable(reason: "the limit for all contents together is used up")
        } else {
          budget -= size
          affordable.append(file)
        }
      }
      var contents: [UInt32: FileContent] = [:]
      try filesystem.readContents(of: affordable, limit: limit) { file, content in
        contents[file.id] = reduced(content, of: file)
      }
      evidence.contents.merge(contents) { _, new in new }
    }
  }

  private func reduced(_ content: FileContent, of file: FileEntry) -> FileContent {
    guard case .bytes(let bytes) = content else { return content }
    return .bytes(SecretReduction.reduce(path: file.path, bytes: bytes))
  }
}

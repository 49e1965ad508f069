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
    /// A probe looks at contents; its words for people.
    case probing(name: String, words: String)
  }

  /// A collector for the plan; `progress` is called when a stage begins.
  public init(plan: CollectionPlan, progress: @escaping (Progress) -> Void = { _ in }) {
    self.plan = plan
    self.progress = progress
  }

  /// Reads the index and then, round by round, the files that are wanted and the files that those name; then asks the
  /// probes.
  ///
  /// - Parameter answers: what probes said of the guest when it was open; they are not asked again.
  public func collect(
    _ filesystem: any GuestFilesystem, storage: [StorageDevice] = [], root: String = "/",
    answers: ProbeAnswers? = nil
  ) throws(GuestReadError) -> Evidence {
    progress(.indexing)
    var evidence = Evidence(index: try filesystem.readIndex(), storage: storage, rootDevice: root)
    var needs = plan.needs
    var budget = plan.totalLimit
    var seen: Set<ContentNeed> = []
    var heads: Set<UInt32> = []
    for round in 1...plan.roundLimit {
      let files = wantedFiles(needs.subtracting(seen), in: evidence, readAsHeads: heads)
      seen.formUnion(needs)
      if !files.isEmpty {
        progress(.reading(count: files.count, round: round))
        try read(files, from: filesystem, into: &evidence, budget: &budget)
        heads.formUnion(files.lazy.filter { $0.value.isHead }.map { $0.key.id })
      }
      let further = (plan.follow + plan.followByModel.values).flatMap { $0(evidence) }
      needs = Set(further).subtracting(seen)
      if needs.isEmpty { break }
    }
    if let answers {
      evidence.answers = answers
    } else {
      for (_, probe) in plan.probes.sorted(by: { $0.key < $1.key }) {
        try ask(probe, filesystem, &evidence)
      }
    }
    return evidence
  }

  private func ask<Probe: ContentProbe>(
    _ probe: Probe, _ filesystem: any GuestFilesystem, _ evidence: inout Evidence
  ) throws(GuestReadError) {
    progress(.probing(name: Probe.name, words: probe.words))
    evidence.answers.set(try probe.answer(evidence, filesystem), of: Probe.self)
  }

  /// How much of a file is wanted.
  private struct Extent: Hashable {
    var limit: Int
    var isHead: Bool
  }

  /// Regular files behind the needs that have not been read yet, with the largest limit that was asked. A file
  /// that somebody wants as a whole is read as a whole, unless it is too large for that.
  private func wantedFiles(
    _ needs: Set<ContentNeed>, in evidence: Evidence, readAsHeads heads: Set<UInt32>
  ) -> [FileEntry: Extent] {
    var whole: [FileEntry: Int] = [:]
    var head: [FileEntry: Int] = [:]
    for need in needs {
      for match in evidence.index.matches(need.pattern) {
        guard case .found(let file) = evidence.index.target(of: match), file.type == .regular else {
          continue
        }
        if case .bytes = evidence.contents[file.id], need.isHead || !heads.contains(file.id) { continue }
        if need.isHead {
          head[file] = max(head[file] ?? 0, need.limit)
        } else {
          whole[file] = max(whole[file] ?? 0, need.limit)
        }
      }
    }
    var wanted = whole.mapValues { Extent(limit: $0, isHead: false) }
    for (file, length) in head where whole[file].map({ Int64($0) < file.metadata.size }) ?? true {
      wanted[file] = Extent(limit: length, isHead: true)
    }
    return wanted
  }

  private func read(
    _ wanted: [FileEntry: Extent], from filesystem: any GuestFilesystem, into evidence: inout Evidence,
    budget: inout Int64
  ) throws(GuestReadError) {
    let groups = Dictionary(grouping: wanted, by: \.value).sorted {
      ($0.key.limit, $0.key.isHead ? 1 : 0) < ($1.key.limit, $1.key.isHead ? 1 : 0)
    }
    for (extent, files) in groups {
      var affordable: [FileEntry] = []
      for file in files.map(\.key).sorted(by: { $0.id < $1.id }) {
        // What is too large is not read, so that it costs nothing.
        var size = max(0, file.metadata.size)
        if size > Int64(extent.limit) { size = extent.isHead ? Int64(extent.limit) : 0 }
        if size > budget {
          evidence.contents[file.id] = .unreadable(reason: "the limit for all contents together is used up")
        } else {
          budget -= size
          affordable.append(file)
        }
      }
      var contents: [UInt32: FileContent] = [:]
      let take = { (file: FileEntry, content: FileContent) in
        contents[file.id] = reduced(content, of: file)
      }
      if extent.isHead {
        try filesystem.readHeads(of: affordable, length: extent.limit, take)
      } else {
        try filesystem.readContents(of: affordable, limit: extent.limit, take)
      }
      evidence.contents.merge(contents) { _, new in new }
    }
  }

  private func reduced(_ content: FileContent, of file: FileEntry) -> FileContent {
    guard case .bytes(let bytes) = content else { return content }
    return .bytes(SecretReduction.reduce(path: file.path, bytes: bytes))
  }
}

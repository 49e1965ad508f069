/// Chooses between one archive of a directory and a request for each file.
///
/// The costs are those measured on an appliance without hardware virtualisation; with it all are lower by about
/// the same factor, so that the choice stays right.
struct ReadPlanner {
  /// What is to be done.
  struct Plan: Equatable {
    /// Directories that are read as one archive each.
    var archives: [UInt32] = []
    /// Files that are read one by one.
    var single: [UInt32] = []
  }

  /// What requests take, in seconds.
  struct Costs {
    /// One request for a file.
    var request: Double
    /// A request for a directory, without what is in it.
    var archive: Double
    /// Each inode below the directory.
    var member: Double
    /// A byte of content.
    var byte: Double

    /// Content: pread, and tar_out.
    static let contents = Costs(request: 0.0013, archive: 0.12, member: 0.0002, byte: 0.1 / 1_000_000)
    /// Digests: checksum, which starts a program for each file, and checksums_out, which starts find(1), xargs(1) and
    /// one program besides.
    static let digests = Costs(request: 0.03, archive: 0.05, member: 0.0001, byte: 0.03 / 1_000_000)
  }

  private let costs: Costs
  private let index: FileIndex
  private var wanted: Set<UInt32>
  private var totals: [UInt32: (members: Int, bytes: Int64, wanted: Int, wantedBytes: Int64)] = [:]

  /// Plans for regular files of one index.
  init(_ files: [FileEntry], index: FileIndex, costs: Costs = .contents) {
    self.index = index
    self.costs = costs
    wanted = Set(files.map(\.id))
    var interesting: Set<UInt32> = [0]
    for file in files {
      var directory = file.parent
      while interesting.insert(directory.id).inserted { directory = directory.parent }
    }
    // Children have been added after their parents, so that one pass backwards sums up every subtree.
    for entry in index.entries.reversed() {
      let size = entry.type == .regular ? entry.metadata.size : 0
      let isWanted = wanted.contains(entry.id)
      var own = totals[entry.id] ?? (0, 0, 0, 0)
      own.members += 1
      own.bytes = own.bytes.addingReportingOverflow(max(0, size)).partialValue
      if isWanted {
        own.wanted += 1
        own.wantedBytes += max(0, size)
      }
      totals[entry.id] = interesting.contains(entry.id) ? own : nil
      guard entry.id != 0, interesting.contains(entry.parent.id) else { continue }
      var parent = totals[entry.parent.id] ?? (0, 0, 0, 0)
      parent.members += own.members
      parent.bytes = parent.bytes.addingReportingOverflow(own.bytes).partialValue
      parent.wanted += own.wanted
      parent.wantedBytes += own.wantedBytes
      totals[entry.parent.id] = parent
    }
  }

  /// The cheapest way to read all files.
  func plan() -> Plan {
    var plan = Plan()
    _ = choose(0, depth: 0, &plan)
    plan.single.sort()
    return plan
  }

  /// Adds the cheapest way to read what is wanted below a directory and returns its cost.
  private func choose(_ directory: UInt32, depth: Int, _ plan: inout Plan) -> Double {
    guard let total = totals[directory], total.wanted > 0 else { return 0 }
    var parts = Plan()
    var partsCost = 0.0
    for child in FileEntry(index: index, id: directory).children {
      if wanted.contains(child.id) {
        parts.single.append(child.id)
        partsCost += costs.request + Double(max(0, child.metadata.size)) * costs.byte
      } else if child.type == .directory, depth < 256 {
        partsCost += choose(child.id, depth: depth + 1, &parts)
      }
    }
    let archive =
      costs.archive + Double(total.members) * costs.member + Double(total.bytes) * costs.byte
    if archive < partsCost, directory != 0 {
      plan.archives.append(directory)
      return archive
    }
    plan.archives += parts.archives
    plan.single += parts.single
    return partsCost
  }
}

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
  struct Costs: Sendable {
    /// A request for a directory, without what is in it.
    var archive: Double
    /// Each inode below the directory.
    var member: Double
    /// A byte of content below the directory.
    var byte: Double
    /// A file by itself, by its size in bytes.
    var single: @Sendable (Int64) -> Double

    /// Content: tar_out, and pread.
    static let contents = Costs(archive: 0.12, member: 0.0002, byte: 0.1 / 1_000_000, single: transfer)
    /// Digests: checksums_out, which starts find(1), xargs(1) and one program besides, and the cheaper of the two
    /// ways for a single file.
    static let digests = Costs(archive: 0.1, member: 0.0001, byte: 0.03 / 1_000_000) {
      min(transfer($0), checksum($0))
    }

    /// Whether a file's content gets here sooner than the appliance has its digest.
    static func isSoonerTransferred(_ size: Int64) -> Bool { transfer(size) < checksum(size) }

    /// pread.
    private static func transfer(_ size: Int64) -> Double { 0.0013 + Double(max(0, size)) * 0.1 / 1_000_000 }

    /// The request checksum, which starts a program.
    private static func checksum(_ size: Int64) -> Double { 0.04 + Double(max(0, size)) * 0.03 / 1_000_000 }
  }

  private let costs: Costs
  private let index: FileIndex
  private let wanted: Set<UInt32>
  /// Directories with something wanted below them.
  private let interesting: Set<UInt32>
  /// Inodes and bytes of each subtree, by the number of its top.
  private var members: [UInt32]
  private var bytes: [Int64]

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
    // Children have been added after their parents, so that one pass backwards sums up every subtree. What lies where
    // nothing is wanted counts too: an archive holds it.
    members = [UInt32](repeating: 1, count: index.count)
    bytes = [Int64](repeating: 0, count: index.count)
    for entry in index.entries.reversed() {
      let id = Int(entry.id)
      if entry.type == .regular { bytes[id] = max(0, entry.metadata.size) }
      if id == 0 { continue }
      let parent = Int(entry.parent.id)
      members[parent] += members[id]
      let (sum, isTooLarge) = bytes[parent].addingReportingOverflow(bytes[id])
      bytes[parent] = isTooLarge ? .max : sum
    }
    self.interesting = interesting
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
    guard interesting.contains(directory) else { return 0 }
    var parts = Plan()
    var partsCost = 0.0
    for child in FileEntry(index: index, id: directory).children {
      if wanted.contains(child.id) {
        parts.single.append(child.id)
        partsCost += costs.single(child.metadata.size)
      } else if child.type == .directory, depth < 256 {
        partsCost += choose(child.id, depth: depth + 1, &parts)
      }
    }
    let archive =
      costs.archive + Double(members[Int(directory)]) * costs.member
      + Double(bytes[Int(directory)]) * costs.byte
    if archive < partsCost, directory != 0 {
      plan.archives.append(directory)
      return archive
    }
    plan.archives += parts.archives
    plan.single += parts.single
    return partsCost
  }
}

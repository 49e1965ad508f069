import DiskImages
import Facts

/// How many files lie somewhere and how much they take.
///
/// Sizes are those that the files claim (`st_size`), which is more than a sparse file takes on the disk. What has
/// several names counts once.
struct SpaceTally {
  private(set) var files = 0
  private(set) var bytes: Int64 = 0
  private var largest: [(entry: FileEntry, size: Int64)] = []
  private var counted: Set<[UInt64]> = []

  var isEmpty: Bool { files == 0 }

  mutating func add(_ entry: FileEntry) {
    let metadata = entry.metadata
    let isFile = metadata.type == .regular
    if isFile, metadata.links > 1, metadata.inode != 0,
      !counted.insert([metadata.device, metadata.inode]).inserted
    {
      return
    }
    files += 1
    let size = isFile ? max(0, metadata.size) : 0
    bytes = bytes.addingReportingOverflow(size).overflow ? .max : bytes + size
    guard largest.count < 3 || size > largest[largest.count - 1].size else { return }
    let position = largest.firstIndex { $0.size < size } ?? largest.count
    largest.insert((entry, size), at: position)
    if largest.count > 3 { largest.removeLast() }
  }

  /// `14 files, 212 MB`.
  var words: String { "\(files) \(files == 1 ? "file" : "files"), \(sizeWords(bytes))" }

  /// The largest files.
  var evidence: [EvidenceLine] {
    largest.map {
      EvidenceLine(path: $0.entry.path, text: sizeWords($0.size), origin: $0.entry.type.rawValue)
    }
  }
}

/// A size for people: `212 MB`, decimal as disks are sold and as apt writes it.
func sizeWords(_ bytes: Int64) -> String {
  if bytes < 1000 { return bytes == 1 ? "1 byte" : "\(bytes) bytes" }
  var value = bytes
  for unit in ["kB", "MB", "GB", "TB"] {
    // Below, rounding would give 1000 of the unit.
    if value < 999_500 { return "\((value + 500) / 1000) \(unit)" }
    value /= 1000
  }
  return "\(value / 1000) PB"
}

import DiskImages
import Evidence

/// What is asked of every entry of PATH.
enum PathRule: String, CaseIterable {
  /// Neither empty nor relative: both mean the directory in which one happens to be.
  case absolute
  /// There is a directory.
  case directory
  case rootOwned = "root_owned"
  case notGroupWritable = "not_group_writable"
  case notWorldWritable = "not_world_writable"

  /// In words after "entries that are".
  var words: String {
    switch self {
    case .absolute: "absolute"
    case .directory: "directories"
    case .rootOwned: "owned by root"
    case .notGroupWritable: "not writable for a group"
    case .notWorldWritable: "not writable for everyone"
    }
  }

  enum Objection: Hashable {
    case fails(String)
    case unknown(String)
  }

  /// What is wrong with an entry. One that does not exist breaks no rule about its owner and mode.
  static func objection(to entry: String, _ rules: [PathRule], _ evidence: Evidence) -> Objection? {
    if !entry.hasPrefix("/") {
      if entry.contains("…") { return .unknown("computed by a command") }
      let what =
        entry.isEmpty ? "an empty entry, the current directory" : "relative, below the current directory"
      return rules.contains(.absolute) ? .fails(what) : nil
    }
    if entry.contains("…") { return .unknown("computed by a command") }
    let found: FileEntry?
    do {
      found = try evidence.entry(at: entry)
    } catch {
      return .unknown("\(error)")
    }
    guard let found, found.type == .directory else {
      return rules.contains(.directory) ? .fails(found == nil ? "does not exist" : "not a directory") : nil
    }
    let metadata = found.metadata
    var faults: [String] = []
    if rules.contains(.rootOwned), metadata.uid != 0 { faults.append("owned by uid \(metadata.uid)") }
    if rules.contains(.notGroupWritable), metadata.permissions & 0o020 != 0 {
      faults.append("writable for its group")
    }
    if rules.contains(.notWorldWritable), metadata.permissions & 0o002 != 0 {
      faults.append("writable for everyone")
    }
    return faults.isEmpty
      ? nil : .fails("\(faults.joined(separator: ", ")), mode \(octal(metadata.permissions))")
  }
}

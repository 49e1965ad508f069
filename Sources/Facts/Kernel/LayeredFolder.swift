import DiskImages
import Evidence

/// A folder of configuration files that exists in several places, such as `sysctl.d` or `modprobe.d`.
///
/// A file of an earlier place masks the files of the same name in later ones, a link to /dev/null included;
/// the rest is read in the order of the names, whatever place they lie in (systemd's `conf_files_list()`,
/// libkmod's `conf_files_list()`).
struct LayeredFolder {
  /// The places, the strongest first.
  var places: [String]
  /// Endings of the names that count.
  var suffixes: [String] = [".conf"]
  /// Whether a link to nothing or to a folder masks too: systemd-sysctl, systemd-modules-load and procps list
  /// the names before they open the files, libkmod drops such names (`conf_files_filter_out()`).
  var brokenLinksMask = true

  /// The contents that reading the folder needs.
  var needs: [ContentNeed] {
    places.flatMap { place in suffixes.map { ContentNeed("\(place)/*\($0)") } }
  }

  /// The files that count, in the order in which they are read.
  func files(_ evidence: Evidence) throws(EvidenceGap) -> [FileEntry] {
    var chosen: [[UInt8]: FileEntry] = [:]
    for place in places {
      guard let folder = try directory(place, evidence) else { continue }
      for entry in folder.children where counts(entry) {
        let name = Array(entry.nameBytes)
        if chosen[name] != nil { continue }
        if !brokenLinksMask, try isBroken(entry, evidence) { continue }
        chosen[name] = entry
      }
    }
    var files: [FileEntry] = []
    for (_, entry) in chosen.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) })
    where try isReadable(entry, evidence) {
      files.append(entry)
    }
    return files
  }

  private func directory(_ path: String, _ evidence: Evidence) throws(EvidenceGap) -> FileEntry? {
    let folder: FileEntry
    switch evidence.index.resolve(path) {
    case .found(let entry): folder = entry
    // Opening such a folder fails and the program goes on.
    case .absent, .loop: return nil
    case .unknown(let gap): throw EvidenceGap(path: path, reason: gap.reason)
    }
    if let gap = evidence.index.gap(hiding: folder.path) {
      throw EvidenceGap(path: gap.path, reason: gap.reason)
    }
    return folder.type == .directory ? folder : nil
  }

  private func counts(_ entry: FileEntry) -> Bool {
    guard entry.type != .directory, entry.nameBytes.first != UInt8(ascii: ".") else { return false }
    return suffixes.contains { suffix in
      entry.nameBytes.count > suffix.utf8.count
        && entry.nameBytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
  }

  private func isBroken(_ entry: FileEntry, _ evidence: Evidence) throws(EvidenceGap) -> Bool {
    switch evidence.index.target(of: entry) {
    case .found(let file): return file.type == .directory
    case .absent, .loop: return true
    case .unknown(let gap): throw EvidenceGap(path: entry.path, reason: gap.reason)
    }
  }

  private func isReadable(_ entry: FileEntry, _ evidence: Evidence) throws(EvidenceGap) -> Bool {
    switch evidence.index.target(of: entry) {
    case .found(let file): return file.type == .regular
    case .absent, .loop: return false
    case .unknown(let gap): throw EvidenceGap(path: entry.path, reason: gap.reason)
    }
  }
}

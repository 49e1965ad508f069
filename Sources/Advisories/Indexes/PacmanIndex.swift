/// A repository's `.db`, a tar archive with a folder for each package and in it a file `desc`: names of fields between
/// percent signs, each followed by its values and an empty line (libalpm, be_sync.c: sync_db_read).
public enum PacmanIndex {
  /// Reads the archive as it is downloaded.
  ///
  /// - Throws: if it is not whole, or no such index.
  public static func read(
    _ packed: [UInt8], selection: IndexSelection = .all
  ) throws(IndexError) -> PackageIndex {
    var index = PackageIndex()
    try PackedIndex.readTar(packed, wants: { $0.hasSuffix("/desc") }) { _, bytes throws(IndexError) in
      index.total += 1
      guard bytes.count <= PackageIndex.recordLimit, let package = package(bytes) else {
        index.skipped += 1
        return
      }
      if selection.holds(package.name) { index.packages.append(package) }
    }
    if index.total > 0, index.skipped == index.total { throw IndexError("not an index of packages") }
    return index
  }

  private static func package(_ bytes: [UInt8]) -> IndexedPackage? {
    var fields: [String: String] = [:]
    var field: String?
    for line in String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      if line.isEmpty {
        field = nil
      } else if field == nil, line.hasPrefix("%"), line.hasSuffix("%") {
        field = String(line)
      } else if let name = field, fields[name] == nil {
        fields[name] = String(line)
      }
    }
    guard let name = fields["%NAME%"], let version = fields["%VERSION%"],
      max(name.utf8.count, version.utf8.count) <= PackageIndex.textLimit
    else { return nil }
    return IndexedPackage(
      name: name, version: version, architecture: fields["%ARCH%"] ?? "any", sourceName: fields["%BASE%"])
  }
}

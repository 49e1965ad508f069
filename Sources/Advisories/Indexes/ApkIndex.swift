/// `APKINDEX.tar.gz`, the index of one Alpine repository: lines `P:name`, `V:version`, `A:architecture`, `o:origin`, a
/// record each package, parted by empty lines (apk-v2(5), "Index format").
public enum ApkIndex {
  /// Reads the archive as it is downloaded.
  ///
  /// - Throws: if it is not whole, or no such index.
  public static func read(
    _ packed: [UInt8], selection: IndexSelection = .all
  ) throws(IndexError) -> PackageIndex {
    var content: [UInt8]?
    try PackedIndex.readTar(packed, wants: { $0 == "APKINDEX" }) { _, bytes throws(IndexError) in
      content = bytes
    }
    guard let content else { throw IndexError("not an index of apk: no file APKINDEX in it") }
    var result: Result<PackageIndex, IndexError> = .success(PackageIndex())
    content.withUnsafeBytes { buffer in
      guard let text = IndexText(buffer) else { return }
      result = Result { () throws(IndexError) in try read(text, selection) }
    }
    return try result.get()
  }

  private static func read(_ text: IndexText, _ selection: IndexSelection) throws(IndexError) -> PackageIndex
  {
    var index = PackageIndex()
    try text.forEachRecord { start, end throws(IndexError) in
      index.total += 1
      func value(_ field: StaticString) -> String? {
        text.value(field, from: start, before: end).flatMap {
          $0.isEmpty || $0.utf8.count > PackageIndex.textLimit ? nil : $0
        }
      }
      guard end - start <= PackageIndex.recordLimit, let name = value("P:"), let version = value("V:") else {
        index.skipped += 1
        return
      }
      guard selection.holds(name) else { return }
      index.packages.append(
        IndexedPackage(
          name: name, version: version, architecture: value("A:") ?? "noarch", sourceName: value("o:")))
    }
    if index.total > 0, index.skipped == index.total { throw IndexError("not an index of packages") }
    return index
  }
}

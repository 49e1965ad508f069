/// `Packages`, the index of a suite's component for one architecture: stanzas as in deb-control(5)
/// (wiki.debian.org/DebianRepository/Format, "Packages Indices").
public enum DebianPackagesIndex {
  /// Reads an unpacked index.
  ///
  /// - Throws: if it is not whole as far as it shows, or no such index. One that ends between two packages shows only
  ///   by its size; see `PackageIndex.requireSize(_:)`.
  public static func read(
    _ bytes: [UInt8], selection: IndexSelection = .all
  ) throws(IndexError) -> PackageIndex {
    var result: Result<PackageIndex, IndexError> = .success(PackageIndex())
    bytes.withUnsafeBytes { buffer in
      guard let text = IndexText(buffer) else { return }
      result = Result { () throws(IndexError) in try read(text, selection) }
    }
    return try result.get()
  }

  private static func read(_ text: IndexText, _ selection: IndexSelection) throws(IndexError) -> PackageIndex
  {
    guard text[text.count - 1] == 0x0a else { throw IndexError("cut short: its last line does not end") }
    var index = PackageIndex()
    index.size = text.count
    var last = (start: 0, end: 0)
    try text.forEachRecord { start, end throws(IndexError) in
      last = (start, end)
      index.total += 1
      guard end - start <= PackageIndex.recordLimit, let name = name(text, start, end) else {
        index.skipped += 1
        return
      }
      guard selection.holds(name) else { return }
      if let package = package(name, text, start, end) {
        index.packages.append(package)
      } else {
        index.skipped += 1
      }
    }
    if index.total > 0, index.skipped == index.total { throw IndexError("not an index of packages") }
    // Every stanza of an archive says where the package lies; one that was cut at a line does not yet.
    if last.end > 0, name(text, last.start, last.end) != nil,
      text.value("Filename:", from: last.start, before: last.end) == nil
        || text.value("Size:", from: last.start, before: last.end) == nil
    {
      throw IndexError("cut short: its last package is not complete")
    }
    return index
  }

  private static func name(_ text: IndexText, _ start: Int, _ end: Int) -> String? {
    usable(text.value("Package:", from: start, before: end))
  }

  private static func usable(_ value: String?) -> String? {
    guard let value, !value.isEmpty, value.utf8.count <= PackageIndex.textLimit else { return nil }
    return value
  }

  private static func package(_ name: String, _ text: IndexText, _ start: Int, _ end: Int) -> IndexedPackage?
  {
    guard let version = usable(text.value("Version:", from: start, before: end)),
      let architecture = usable(text.value("Architecture:", from: start, before: end))
    else { return nil }
    var source: (name: String?, version: String?)
    if let field = usable(text.value("Source:", from: start, before: end)) {
      let parts = field.split(separator: " ", maxSplits: 1)
      source.name = parts.first.map(String.init)
      source.version = parts.count > 1 ? String(parts[1].drop { $0 == "(" }.prefix { $0 != ")" }) : nil
    }
    let phase = text.value("Phased-Update-Percentage:", from: start, before: end).flatMap { Int($0) }
    return IndexedPackage(
      name: name, version: version, architecture: architecture, sourceName: source.name,
      sourceVersion: source.version, phase: phase.flatMap { (0..<100).contains($0) ? $0 : nil })
  }
}

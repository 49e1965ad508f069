/// `primary.xml`, the index of an rpm repository: an element `package` each (createrepo_c, "primary"). Versions are
/// `epoch:version-release`, the epoch left out where it is 0.
public enum RpmPrimary {
  /// Reads an unpacked index.
  ///
  /// - Throws: if it is not whole, or no such index.
  public static func read(
    _ bytes: [UInt8], selection: IndexSelection = .all
  ) throws(IndexError) -> PackageIndex {
    var result: Result<PackageIndex, IndexError> = .failure(IndexError("empty"))
    bytes.withUnsafeBytes { buffer in
      guard let text = IndexText(buffer) else { return }
      result = Result { () throws(IndexError) in try read(text, selection) }
    }
    return try result.get()
  }

  private static func read(_ text: IndexText, _ selection: IndexSelection) throws(IndexError) -> PackageIndex
  {
    guard let root = text.first("<metadata", from: 0, before: text.count) else {
      throw IndexError("not an index of packages")
    }
    guard let close = text.first("</metadata>", from: max(root, text.count - 4096), before: text.count) else {
      throw IndexError("cut short: its last element does not end")
    }
    var index = PackageIndex()
    index.size = text.count
    var position = root
    while let start = text.first("<package ", from: position, before: close) {
      let end = text.first("</package>", from: start, before: close) ?? close
      position = end
      index.total += 1
      let record = XMLRecord(text, start, end)
      guard end - start <= PackageIndex.recordLimit, record.isPlain, let name = record.content("<name>"),
        !name.isEmpty
      else {
        index.skipped += 1
        continue
      }
      guard selection.holds(name) else { continue }
      if let package = package(name, record) { index.packages.append(package) } else { index.skipped += 1 }
    }
    let stated = XMLRecord(text, root, min(root + 4096, close)).attribute("packages", of: "<metadata")
    if let stated = stated.flatMap({ Int($0) }), stated != index.total {
      throw IndexError("has \(index.total) packages of the \(stated) that it names")
    }
    if index.total > 0, index.skipped == index.total { throw IndexError("not an index of packages") }
    return index
  }

  private static func package(_ name: String, _ record: XMLRecord) -> IndexedPackage? {
    guard let version = record.attribute("ver", of: "<version "),
      let release = record.attribute("rel", of: "<version "), let architecture = record.content("<arch>")
    else { return nil }
    let epoch = record.attribute("epoch", of: "<version ") ?? "0"
    return IndexedPackage(
      name: name, version: (epoch == "0" ? "" : epoch + ":") + "\(version)-\(release)",
      architecture: architecture,
      sourceName: record.content("<rpm:sourcerpm>").flatMap(sourceName))
  }

  /// `bash-5.1.8-6.el9.src.rpm` without version and release.
  private static func sourceName(_ file: String) -> String? {
    let parts = file.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count > 2 ? parts.dropLast(2).joined(separator: "-") : nil
  }
}

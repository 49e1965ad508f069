import Evidence
import Facts
import Foundation

/// Indexes that the user gives beside the image, in a folder: as apt keeps them in /var/lib/apt/lists, or as an archive
/// has them, below `dists`; that of another package manager as its cache or its mirrors have it.
public struct SuppliedIndexes: Sendable {
  public let folder: String
  private static let limit = 256 << 20

  /// - Throws: one line for people if there is no such folder.
  public init(folder: String) throws(IndexError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
      throw IndexError("\(folder): no such folder; name one with package indexes")
    }
    self.folder = folder
  }

  /// The first of several files that is there, compressed or not; nil if none is.
  ///
  /// - Parameter paths: below the folder, or below any folder in it.
  func record(_ paths: [String], _ selection: IndexSelection) throws(EvidenceGap) -> IndexRecord? {
    for path in paths {
      for place in places {
        for ending in [""] + PackedIndex.endings {
          let file = "\(place)/\(path)\(ending)"
          guard FileManager.default.fileExists(atPath: file) else { continue }
          return try read(file, selection)
        }
      }
    }
    return nil
  }

  /// The folder itself and those in it, for several archives side by side.
  private var places: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return [folder] + names.sorted().prefix(200).map { "\(folder)/\($0)" }
  }

  private func read(_ file: String, _ selection: IndexSelection) throws(EvidenceGap) -> IndexRecord {
    let size = (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
    guard size <= Self.limit else {
      throw EvidenceGap(path: file, reason: "too large to read: \(size) bytes")
    }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw EvidenceGap(path: file, reason: "could not be read")
    }
    do throws(IndexError) {
      let name = String(file.split(separator: "/").last ?? "")
      return try IndexRecord(name: name, bytes: Array(data), selection: selection)
    } catch {
      throw EvidenceGap(path: file, reason: error.description)
    }
  }
}

/// Suites that the user names beside those that a guest has enabled.
public struct NamedSuites: Sendable {
  let sources: [AptSource]

  /// - Parameter lines: as in sources.list(5): `deb http://deb.debian.org/debian-security bookworm-security main`.
  /// - Throws: one line for people.
  public init(_ lines: [String]) throws(IndexError) {
    var sources: [AptSource] = []
    for line in lines {
      guard let source = AptSources.source(inLine: line), source.type == "deb" else {
        throw IndexError("'\(line)' is not a line of sources.list: write 'deb URI SUITE COMPONENT'")
      }
      sources.append(source)
    }
    self.sources = sources
  }
}

/// Index files of one guest: those in a folder that the user gives, the guest's own, and those that were imported.
struct IndexShelf {
  let evidence: Evidence
  let supplied: SuppliedIndexes?
  let store: AdvisoryStore?
  let selection: IndexSelection

  /// A file that lies in the guest; nil if it does not.
  func ofGuest(_ path: String) throws(EvidenceGap) -> IndexRecord? {
    guard let entry = try evidence.entry(at: path), entry.type == .regular else { return nil }
    let answer = try evidence.answer(of: PackageIndexProbe.self)
    if let reason = answer.unread[entry.id] { throw EvidenceGap(path: path, reason: reason) }
    return answer.records[entry.id]
  }

  /// The first of several files that lies in the guest.
  func ofGuest(firstOf paths: [String]) throws(EvidenceGap) -> IndexRecord? {
    for path in paths {
      if let record = try ofGuest(path) { return record }
    }
    return nil
  }

  /// A file that the user gives; nil if it is not among them.
  func supplied(firstOf paths: [String]) throws(EvidenceGap) -> IndexRecord? {
    try supplied?.record(paths, selection)
  }

  /// A file that was imported into the database of advisories; nil if none was.
  ///
  /// - Parameter paths: ends of its path, specific enough to tell the repository.
  func stored(firstOf paths: [String]) throws(EvidenceGap) -> IndexRecord? {
    do {
      return try store?.index(firstOf: paths, selection)
    } catch {
      throw EvidenceGap(path: "advisories", reason: error.description)
    }
  }
}

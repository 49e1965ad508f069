import DiskImages
import Evidence

/// What the package databases say about files, with what lies there.
public struct RecordedFiles: FactModel {
  public static let needs: [ContentNeed] = FileManifests.all.flatMap { $0.needs }

  /// One file that a package brought.
  public struct Item: Sendable {
    public var record: RecordedFile
    public var place: Place
  }

  /// What lies at a recorded path.
  public enum Place: Sendable {
    /// Symbolic links in the last component are not followed.
    case entry(FileEntry)
    case absent
    case unknown(FileIndex.Gap)
    /// Below /proc, /sys, /dev or /run, which a boot mounts over.
    case transient
  }

  public private(set) var items: [Item] = []
  /// Kinds of databases that the guest has: `dpkg`, `rpm` …
  public private(set) var formats: Set<String> = []
  /// Whether the guest has a database that says which files packages brought.
  public var isKnown: Bool { !formats.isEmpty }
  /// Whether any file has a digest, a mode.
  public private(set) var hasDigests = false
  public private(set) var hasModes = false
  private var positions: [UInt32: [Int32]] = [:]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let index = facts.evidence.index
    var items: [Item] = []
    formats = try FileManifests.read(facts.evidence, namesOnly: false) { record in
      items.append(Item(record: record, place: Self.place(of: record, index)))
    }
    for (position, item) in items.enumerated() {
      if item.record.digest != nil { hasDigests = true }
      if item.record.mode != nil { hasModes = true }
      if case .entry(let entry) = item.place { positions[entry.id, default: []].append(Int32(position)) }
    }
    self.items = items
  }

  private static func place(of record: RecordedFile, _ index: FileIndex) -> Place {
    switch index.resolve(record.path, followLast: false) {
    case .found(let entry): return isTransient(entry.pathBytes) ? .transient : .entry(entry)
    case .absent(let at): return isTransient(Array(at.utf8)) ? .transient : .absent
    case .unknown(let gap): return .unknown(gap)
    case .loop: return .absent
    }
  }

  private static func isTransient(_ path: [UInt8]) -> Bool {
    ["/proc/", "/sys/", "/dev/", "/run/"].contains { path.starts(with: $0.utf8) }
      || ["/proc", "/sys", "/dev", "/run"].contains { path.elementsEqual($0.utf8) }
  }

  /// What packages record of the inode.
  public func records(of entry: FileEntry) -> [RecordedFile] {
    (positions[entry.id] ?? []).map { items[Int($0)].record }
  }
}

extension FileEntry {
  /// A regular file that somebody can execute, or a shared object, which others load without that right: what of a
  /// package runs as machine code or as a script of its own.
  public var isProgram: Bool {
    guard type == .regular else { return false }
    return permissions & 0o111 != 0 || Self.isSharedObject(nameBytes)
  }

  /// `libc.so`, `libc.so.6`, `libc-2.36.so`; not `ld.so.cache`.
  private static func isSharedObject(_ name: ArraySlice<UInt8>) -> Bool {
    let suffix = Array(".so".utf8)
    if name.count > suffix.count, name.suffix(suffix.count).elementsEqual(suffix) { return true }
    // Versions follow as in `.so.1.2`.
    let stem = name.reversed().drop { isDigit($0) || $0 == suffix[0] }
    let version = name.dropFirst(stem.count)
    guard stem.count > suffix.count, version.count > 1, version.first == suffix[0] else { return false }
    return stem.prefix(suffix.count).elementsEqual(suffix.reversed())
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

import DiskImages
import Foundation

/// The file that keeps evidence: a tar archive, compressed with zstd, readable by its owner alone.
///
///     bundle.json              what was collected, of what
///     guests/0/index.tsv       every inode, see `IndexText`
///     guests/0/contents.tsv    number of the inode, what is known of its content
///     guests/0/files/NUMBER    the content, reduced
///     guests/0/answers/NAME    what the probe of the name has found out, see `ProbeAnswers`
public enum Bundle {
  /// The version of the layout; a bundle of another one is refused.
  public static let schema = "brinell.bundle/1"

  private struct Manifest: Codable {
    struct Guest: Codable {
      var rootDevice: String
    }
    var schema: String
    var target: String
    var collectedAt: Int64
    var disks: [DiskDescription]
    var storage: [StorageDevice]
    var guests: [Guest]
  }

  /// Whether the file starts like a bundle: zstd's magic number (RFC 8878, 3.1.1), then a tar archive whose
  /// first member is the manifest.
  public static func isBundle(_ path: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? handle.close() }
    guard let magic = try? handle.read(upToCount: 4), Array(magic) == [0x28, 0xb5, 0x2f, 0xfd] else {
      return false
    }
    var first: String?
    try? ArchiveReader.read(path) { (name, _) throws(ArchiveFailure) in
      first = name
      throw ArchiveFailure(description: "")
    }
    // A bundle cut off in its first block cannot be told from one; its name decides.
    return first == "bundle.json" || (first == nil && path.hasSuffix(".brinell"))
  }

  /// Writes what was collected.
  ///
  /// - Parameter collectedAt: seconds since 1970-01-01 UTC.
  public static func write(
    _ target: CollectedTarget, to path: String, collectedAt: Int64
  ) throws(CollectionError) {
    do {
      let archive = try ArchiveWriter(path: path)
      let manifest = Manifest(
        schema: schema, target: target.target, collectedAt: collectedAt, disks: target.disks,
        storage: target.storage, guests: target.guests.map { .init(rootDevice: $0.evidence.rootDevice) })
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      let json = (try? encoder.encode(manifest)) ?? Data()
      try archive.add("bundle.json", Array(json), modified: collectedAt)
      for (number, guest) in target.guests.enumerated() {
        try write(guest.evidence, to: archive, below: "guests/\(number)/", modified: collectedAt)
      }
      try archive.finish()
    } catch {
      throw CollectionError("the evidence bundle could not be written: \(error)")
    }
  }

  private static func write(
    _ evidence: Evidence, to archive: ArchiveWriter, below prefix: String, modified: Int64
  ) throws(ArchiveFailure) {
    try archive.add(prefix + "index.tsv", IndexText.write(evidence.index), modified: modified)
    var list = ""
    for (id, content) in evidence.contents.sorted(by: { $0.key < $1.key }) {
      switch content {
      case .bytes: list += "\(id)\tbytes\n"
      case .tooLarge(let size): list += "\(id)\ttoo-large\t\(size)\n"
      case .unreadable(let reason): list += "\(id)\tunreadable\t\(displayText(reason.utf8))\n"
      case .notCollected: continue
      }
    }
    try archive.add(prefix + "contents.tsv", Array(list.utf8), modified: modified)
    for (id, content) in evidence.contents.sorted(by: { $0.key < $1.key }) {
      if case .bytes(let bytes) = content {
        try archive.add("\(prefix)files/\(id)", bytes, modified: modified)
      }
    }
    for (name, text) in evidence.answers.texts.sorted(by: { $0.key < $1.key }) {
      try archive.add("\(prefix)answers/\(name)", text, modified: modified)
    }
  }

  /// Reads a bundle.
  ///
  /// - Throws: with one line for people if it is damaged or of another version.
  public static func read(_ path: String) throws(CollectionError) -> CollectedTarget {
    var reading = BundleReading()
    var manifest: Manifest?
    do {
      try ArchiveReader.read(path) { (name, bytes) throws(ArchiveFailure) in
        if name == "bundle.json" {
          manifest = try decode(bytes)
        } else {
          try reading.take(name, bytes)
        }
      }
    } catch {
      throw CollectionError("\(error)")
    }
    guard let manifest else { throw CollectionError("damaged evidence bundle: it has no bundle.json") }
    var target = CollectedTarget(target: manifest.target, disks: manifest.disks, storage: manifest.storage)
    for (number, guest) in manifest.guests.enumerated() {
      guard let part = reading.guests[number], let index = part.index, part.isComplete else {
        throw CollectionError("damaged evidence bundle: guest \(number) is incomplete")
      }
      target.guests.append(
        CollectedGuest(
          evidence: Evidence(
            index: index, contents: part.contents, answers: part.answers, storage: manifest.storage,
            rootDevice: guest.rootDevice)))
    }
    return target
  }

  private static func decode(_ bytes: [UInt8]) throws(ArchiveFailure) -> Manifest {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard bytes.count <= 16 << 20, let manifest = try? decoder.decode(Manifest.self, from: Data(bytes)) else {
      throw ArchiveFailure(description: "damaged evidence bundle: bundle.json cannot be read")
    }
    guard manifest.schema == schema else {
      throw ArchiveFailure(
        description: "the bundle is a '\(manifest.schema)', this version reads '\(schema)'; collect it again")
    }
    return manifest
  }
}

/// What has been read of a bundle so far.
private struct BundleReading {
  struct Guest {
    var index: FileIndex?
    var contents: [UInt32: FileContent] = [:]
    var answers = ProbeAnswers()
    /// Files that the list promises and that have not come yet.
    var awaited: Set<UInt32> = []
    var hasList = false
    var isComplete: Bool { hasList && awaited.isEmpty }
  }

  var guests: [Int: Guest] = [:]

  mutating func take(_ name: String, _ bytes: [UInt8]) throws(ArchiveFailure) {
    let parts = name.split(separator: "/")
    guard parts.count >= 3, parts[0] == "guests", let number = Int(parts[1]), (0..<256).contains(number)
    else {
      throw ArchiveFailure(description: "damaged evidence bundle: unknown member '\(displayText(name.utf8))'")
    }
    var guest = guests[number] ?? Guest()
    switch (parts[2], parts.count) {
    case ("index.tsv", 3):
      do {
        guest.index = try IndexText.read(bytes)
      } catch {
        throw ArchiveFailure(description: "damaged evidence bundle: line \(error.line) of the index")
      }
    case ("contents.tsv", 3): try takeList(bytes, &guest)
    case ("files", 4):
      guard let id = UInt32(parts[3]), guest.awaited.remove(id) != nil else {
        throw ArchiveFailure(description: "damaged evidence bundle: a file that its list does not name")
      }
      guest.contents[id] = .bytes(bytes)
    case ("answers", 4): guest.answers.texts[String(parts[3])] = bytes
    default:
      throw ArchiveFailure(description: "damaged evidence bundle: unknown member '\(displayText(name.utf8))'")
    }
    guests[number] = guest
  }

  private func takeList(_ bytes: [UInt8], _ guest: inout Guest) throws(ArchiveFailure) {
    guest.hasList = true
    for line in TextFile(path: "contents.tsv", bytes: bytes).lines {
      let fields = line.text.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count >= 2, let id = UInt32(fields[0]), id < guest.index?.count ?? 0 else {
        throw ArchiveFailure(
          description: "damaged evidence bundle: line \(line.number) of the list of contents")
      }
      switch fields[1] {
      case "bytes": guest.awaited.insert(id)
      case "too-large": guest.contents[id] = .tooLarge(size: fields.count > 2 ? Int64(fields[2]) ?? 0 : 0)
      default:
        guest.contents[id] = .unreadable(reason: fields.count > 2 ? String(fields[2]) : "unknown reason")
      }
    }
  }
}

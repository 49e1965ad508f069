import DiskImages
import Evidence
import Foundation

/// The import of one path: a file, an archive, or a folder with any of these.
final class PathImport {
  private static let batchFiles = 512
  private static let batchBytes = 4 << 20
  /// Batches that are parsed while others are stored.
  private static let batchesAhead = 3
  /// A larger file is parsed straight into the database.
  private static let largeFile = 8 << 20
  private static let examplesKept = 5

  private let path: String
  private let name: String
  private let options: AdvisoryImport
  private var feeds: [String: Open] = [:]
  private var files: [AdvisoryFile] = []
  private var bytes = 0
  private var ahead: [ParsedBatch] = []
  private var usual: (any AdvisorySource.Type)?
  private var unknown: [String] = []
  private var newestFile: Date?
  private var hash = RunningDigest(.sha256)

  /// A source of which something was found.
  private struct Open {
    var feed: StoreWriter.Feed
    var replaced: StoredSource?
    var examples: [String] = []
  }

  init(_ path: String, name: String?, of options: AdvisoryImport) {
    self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    self.options = options
    self.name = name ?? self.path.split(separator: "/").suffix(2).joined(separator: "/")
  }

  func run(_ writer: StoreWriter) throws(AdvisoryError) -> [AdvisoryImport.Outcome] {
    for file in try paths() {
      try digest(file)
      try PackedFiles(path: file, limits: options.limits).forEach { file throws(AdvisoryError) in
        try take(file, writer)
      }
    }
    try startBatch(writer)
    while !ahead.isEmpty { try storeFirst(writer) }
    return try finish(writer)
  }

  /// Regular files below the path in a fixed order, hidden ones and symbolic links left out.
  private func paths() throws(AdvisoryError) -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw AdvisoryError("\(path): no such file or folder")
    }
    guard isDirectory.boolValue else { return [path] }
    guard
      let walk = FileManager.default.enumerator(
        at: URL(fileURLWithPath: path), includingPropertiesForKeys: [.isRegularFileKey],
        options: [.skipsHiddenFiles])
    else { throw AdvisoryError("\(path): cannot be read") }
    var found: [String] = []
    for case let url as URL in walk
    where (try? url.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true {
      found.append(url.path)
      if found.count > options.limits.members {
        throw AdvisoryError("\(path): more than \(options.limits.members) files")
      }
    }
    return found.sorted()
  }

  /// Digests are of the files as they are, so that `sha256sum` gives the one of a single file.
  private func digest(_ file: String) throws(AdvisoryError) {
    guard let handle = FileHandle(forReadingAtPath: file) else {
      throw AdvisoryError("\(file): cannot be read")
    }
    defer { try? handle.close() }
    if let date = try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date {
      newestFile = max(newestFile ?? date, date)
    }
    if let size = try? handle.seekToEnd(), size > UInt64(options.limits.file), !isPacked(file) {
      throw AdvisoryError(
        "\(file): more than \(options.limits.file >> 20) MiB in one file; import the archive that the source"
          + " offers")
    }
    try? handle.seek(toOffset: 0)
    while let part = try? handle.read(upToCount: 1 << 20), !part.isEmpty {
      part.withUnsafeBytes { hash.update($0) }
    }
  }

  private func isPacked(_ file: String) -> Bool {
    [".zip", ".gz", ".xz", ".zst", ".bz2", ".tar", ".tgz"].contains { file.hasSuffix($0) }
  }

  // MARK: Batches

  private func take(_ file: AdvisoryFile, _ writer: StoreWriter) throws(AdvisoryError) {
    if file.bytes.count > Self.largeFile { return try takeLarge(file, writer) }
    files.append(file)
    bytes += file.bytes.count
    if files.count >= Self.batchFiles || bytes >= Self.batchBytes { try startBatch(writer) }
  }

  private func startBatch(_ writer: StoreWriter) throws(AdvisoryError) {
    guard !files.isEmpty else { return }
    ahead.append(ParsedBatch(files, usual: usual))
    files = []
    bytes = 0
    if ahead.count >= Self.batchesAhead { try storeFirst(writer) }
  }

  private func storeFirst(_ writer: StoreWriter) throws(AdvisoryError) {
    if options.isInterrupted() { throw AdvisoryError("interrupted; the database is as it was") }
    let content = ahead.removeFirst().wait()
    if let failure = content.failure { throw failure }
    unknown += content.unknown
    for part in content.parts {
      usual = part.source
      var receiver = try receiver(of: part.source, writer)
      try receiver.take(part.receiver)
      close(receiver)
    }
    options.progress(path, feeds.values.reduce(0) { $0 + $1.feed.source.records })
  }

  /// So that no more than the file itself is in memory.
  private func takeLarge(_ file: AdvisoryFile, _ writer: StoreWriter) throws(AdvisoryError) {
    guard let source = AdvisorySources.source(of: file) else {
      unknown.append(file.name)
      return
    }
    var receiver = try receiver(of: source, writer)
    defer { close(receiver) }
    try source.read(file, into: &receiver)
  }

  private func receiver(
    of source: any AdvisorySource.Type, _ writer: StoreWriter
  ) throws(AdvisoryError) -> StoreReceiver {
    if let open = feeds[source.name] {
      return StoreReceiver(kind: source.name, feed: open.feed, writer: writer, examples: open.examples)
    }
    let (feed, replaced) = try wrapped(options.database) {
      try writer.begin(kind: source.name, origin: path, name: "\(source.name) \(name)")
    }
    feeds[source.name] = Open(feed: feed, replaced: replaced)
    return StoreReceiver(kind: source.name, feed: feed, writer: writer, examples: [])
  }

  private func close(_ receiver: StoreReceiver) {
    feeds[receiver.kind]?.feed = receiver.feed
    feeds[receiver.kind]?.examples = Array(receiver.examples.prefix(Self.examplesKept))
  }

  // MARK: The end

  private func finish(_ writer: StoreWriter) throws(AdvisoryError) -> [AdvisoryImport.Outcome] {
    if feeds.isEmpty {
      let forms = AdvisorySources.all.map { $0.name }.joined(separator: ", ")
      throw AdvisoryError("\(path): no advisories in a form that is known (\(forms))")
    }
    let digest = "sha256:" + hexText(hash.finalize())
    var outcomes: [AdvisoryImport.Outcome] = []
    for kind in feeds.keys.sorted() {
      guard var open = feeds[kind] else { continue }
      open.feed.source.digest = digest
      open.feed.source.importedAt = options.now
      if open.feed.source.date.isEmpty {
        let file = newestFile.map { Int64($0.timeIntervalSince1970) } ?? options.now
        open.feed.source.date = AdvisoryDate.day(file)
      }
      if kind == feeds.keys.sorted().first, !unknown.isEmpty {
        open.feed.source.skipped["not a form of advisories that is known"] = unknown.count
        open.examples += unknown.prefix(Self.examplesKept).map {
          "\($0): not a form of advisories that is known"
        }
      }
      if open.feed.source.records == 0 {
        let reason = open.examples.first.map { ": \($0)" } ?? ""
        throw AdvisoryError("\(path): no record that can be used\(reason)")
      }
      try wrapped(options.database) { try writer.finish(open.feed) }
      outcomes.append(
        .init(source: open.feed.source, replaced: open.replaced, examples: open.examples))
    }
    return outcomes
  }
}

extension StoredSource {
  /// Records of all kinds that were taken.
  public var records: Int { advisories + exploited + probabilities }
}

/// Stores what a source hands over.
struct StoreReceiver: AdvisoryReceiver {
  let kind: String
  private(set) var feed: StoreWriter.Feed
  private let writer: StoreWriter
  private(set) var examples: [String]

  init(kind: String, feed: StoreWriter.Feed, writer: StoreWriter, examples: [String]) {
    self.kind = kind
    self.feed = feed
    self.writer = writer
    self.examples = examples
  }

  mutating func take(_ batch: BatchReceiver) throws(AdvisoryError) {
    if let date = batch.date { takeDate(date) }
    for (record, reason) in batch.skipped { skip(record, reason: reason) }
    for advisory in batch.advisories { try take(advisory) }
    for entry in batch.exploited {
      try takeExploited(
        cve: entry.cve, added: entry.added, due: entry.due, ransomware: entry.ransomware)
    }
    for entry in batch.probabilities { try takeProbability(cve: entry.cve, probability: entry.value) }
  }

  mutating func take(_ advisory: Advisory) throws(AdvisoryError) {
    do {
      if let reason = try writer.write(advisory, &feed) {
        skip(String(advisory.id.prefix(100)), reason: reason)
      }
    } catch {
      throw AdvisoryError("the database cannot be written: \(error)")
    }
  }

  mutating func skip(_ record: String, reason: String) {
    feed.source.skipped[reason, default: 0] += 1
    if examples.count < 5 { examples.append("\(record): \(reason)") }
  }

  mutating func takeExploited(
    cve: String, added: String, due: String?, ransomware: Bool
  ) throws(AdvisoryError) {
    do {
      try writer.writeExploited(cve, added: added, due: due, ransomware: ransomware, &feed)
    } catch {
      throw AdvisoryError("the database cannot be written: \(error)")
    }
  }

  mutating func takeProbability(cve: String, probability: Double) throws(AdvisoryError) {
    do {
      try writer.writeProbability(cve, probability, &feed)
    } catch {
      throw AdvisoryError("the database cannot be written: \(error)")
    }
  }

  /// The newest counts; a time is cut to its day.
  mutating func takeDate(_ date: String) {
    guard AdvisoryDate.start(of: date) != nil else { return }
    feed.source.date = max(feed.source.date, String(date.prefix(10)))
  }
}

import Evidence
import Foundation
internal import GRDB

/// Brings files of advisories into a database.
///
/// All of it happens in a copy beside the database, which takes its place in the end: an import that is cut off leaves
/// the old data, and whoever reads at the same time reads the old data to the end.
public struct AdvisoryImport {
  /// What an import of one path came to, by source.
  public struct Outcome: Sendable, Hashable {
    public var source: StoredSource
    /// What was there of the same path before.
    public var replaced: StoredSource?
    /// The first records that were left out, with the reason.
    public var examples: [String]
  }

  public var database: String
  public var limits = ImportLimits()
  /// Seconds since 1970-01-01 UTC.
  public var now: Int64
  /// Asked now and then; the import ends if it says yes.
  public var isInterrupted: () -> Bool = { false }
  /// Told now and then: the path, and how many records were taken of it.
  public var progress: (String, Int) -> Void

  public init(
    database: String, now: Int64 = Int64(Date().timeIntervalSince1970),
    progress: @escaping (String, Int) -> Void = { _, _ in }
  ) {
    self.database = database
    self.now = now
    self.progress = progress
  }

  /// Imports files, folders and archives. What a path brought before is replaced.
  ///
  /// - Parameter names: what a path is called in listings; by default the last two parts of it.
  /// - Throws: an `AdvisoryError` of one line; the database is then as it was.
  public func run(_ paths: [String], names: [String: String] = [:]) throws(AdvisoryError) -> [Outcome] {
    try change { writer throws(AdvisoryError) in
      var outcomes: [Outcome] = []
      for path in paths {
        outcomes += try PathImport(path, name: names[path], of: self).run(writer)
      }
      return outcomes
    }
  }

  /// Takes sources out, by their names or paths.
  ///
  /// - Throws: an `AdvisoryError` for a name that the database does not have.
  public func remove(_ names: [String]) throws(AdvisoryError) {
    try change { writer throws(AdvisoryError) in
      for name in names where try !wrapped(database, { try writer.remove(named: name) }) {
        throw AdvisoryError("\(database): no source '\(name)'; see: brinell advisories status")
      }
    }
  }

  private func change<Value>(
    _ body: (StoreWriter) throws(AdvisoryError) -> Value
  ) throws(AdvisoryError) -> Value {
    let workplace = try ImportWorkplace(database: database)
    let value: Value = try wrapped(database) {
      let queue = try DatabaseQueue(path: workplace.path, configuration: Self.configuration)
      defer { try? queue.close() }
      if workplace.isNew {
        try queue.write { try StoreSchema.create($0) }
      } else {
        try queue.read { try StoreSchema.check($0, database) }
      }
      let value = try queue.write { db in
        try StoreSchema.dropIndexes(db)
        let value = try body(try StoreWriter(db))
        try StoreSchema.createIndexes(db)
        return value
      }
      try queue.writeWithoutTransaction { db in
        if try Self.isMostlyFree(db) { try db.execute(sql: "VACUUM") }
        try db.execute(sql: "ANALYZE")
      }
      try queue.close()
      return value
    }
    try workplace.finish()
    return value
  }

  /// The copy is thrown away if anything goes wrong, so nothing need be safe before the end.
  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536")
    }
    return configuration
  }

  private static func isMostlyFree(_ db: Database) throws -> Bool {
    let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
    let all = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
    return free > all / 2
  }
}

/// The copy of a database that an import works in.
final class ImportWorkplace {
  let path: String
  /// Whether there was no database yet.
  let isNew: Bool
  private let database: String
  private let folder: Int32

  /// - Throws: an `AdvisoryError` if the folder cannot be written or another import is at work there.
  init(database: String) throws(AdvisoryError) {
    self.database = database
    path = database + ".new"
    let parent = URL(fileURLWithPath: database).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    } catch {
      throw AdvisoryError("\(parent): the folder cannot be made")
    }
    folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw AdvisoryError("\(parent): the folder cannot be opened") }
    guard flock(folder, LOCK_EX | LOCK_NB) == 0 else {
      close(folder)
      throw AdvisoryError("\(database): another import is at work; wait for its end")
    }
    isNew = !FileManager.default.fileExists(atPath: database)
    try copy()
  }

  private func copy() throws(AdvisoryError) {
    do {
      for leftover in [path, path + "-journal", path + "-wal", path + "-shm"]
      where FileManager.default.fileExists(atPath: leftover) {
        try FileManager.default.removeItem(atPath: leftover)
      }
      if !isNew { try FileManager.default.copyItem(atPath: database, toPath: path) }
    } catch {
      throw AdvisoryError("\(path): cannot be written; is there room, and may you write there?")
    }
  }

  deinit {
    unlink(path)
    close(folder)
  }

  /// The copy takes the database's place.
  func finish() throws(AdvisoryError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    let isSafe = file >= 0 && fsync(file) == 0
    if file >= 0 { close(file) }
    guard isSafe, rename(path, database) == 0 else {
      throw AdvisoryError("\(database): cannot be written: \(String(cString: strerror(errno)))")
    }
    fsync(folder)
  }
}

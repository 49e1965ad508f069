import Foundation
internal import GRDB

extension StoreWriter {
  /// Stores an index of a repository, or a file that names indexes.
  ///
  /// - Parameter path: where it was imported from, without the ending of its compression.
  func write(_ index: IndexRecord, path: String, _ feed: inout Feed) throws {
    var head = index
    head.packages?.packages = []
    try db.execute(
      sql: "INSERT INTO index_file (source, path, record) VALUES (?, ?, ?)",
      arguments: [feed.id, path, String(decoding: try JSONEncoder().encode(head), as: UTF8.self)])
    let file = db.lastInsertedRowID
    let insert = try db.cachedStatement(
      sql:
        "INSERT INTO indexed_package (file, name, version, architecture, source_name, source_version, phase)"
        + " VALUES (?, ?, ?, ?, ?, ?, ?)")
    for package in index.packages?.packages ?? [] {
      try insert.execute(arguments: [
        file, package.name, package.version, package.architecture, package.sourceName, package.sourceVersion,
        package.phase,
      ])
    }
    feed.source.indexed += index.packages?.packages.count ?? 0
  }
}

extension AdvisoryStore {
  /// The first of several index files that was imported; nil if none was. Of several imports the last one counts.
  ///
  /// - Parameter paths: ends of the paths that they were imported from, whole components, without the ending of
  ///   compression.
  func index(firstOf paths: [String], _ selection: IndexSelection) throws(AdvisoryError) -> IndexRecord? {
    guard sources.contains(where: { $0.indexed > 0 }) else { return nil }
    return try wrapped(path) {
      try queue.read { db in
        for path in paths {
          let row = try Row.fetchOne(
            db,
            sql: "SELECT id, record FROM index_file WHERE substr(path, -length(?1)) = ?1 ORDER BY id DESC",
            arguments: ["/" + path])
          guard let row else { continue }
          let text: String = row["record"]
          var record = try JSONDecoder().decode(IndexRecord.self, from: Data(text.utf8))
          record.packages?.packages = try Self.packages(db, row["id"], selection)
          return record
        }
        return nil
      }
    }
  }

  private static func packages(
    _ db: Database, _ file: Int64, _ selection: IndexSelection
  ) throws -> [IndexedPackage] {
    let fields = "name, version, architecture, source_name, source_version, phase"
    guard let names = selection.names else {
      let rows = try Row.fetchAll(
        db, sql: "SELECT \(fields) FROM indexed_package WHERE file = ?", arguments: [file])
      return rows.map(package)
    }
    let statement = try db.cachedStatement(
      sql: "SELECT \(fields) FROM indexed_package WHERE file = ? AND name = ?")
    return try names.flatMap { try Row.fetchAll(statement, arguments: [file, $0]).map(package) }
  }

  private static func package(_ row: Row) -> IndexedPackage {
    IndexedPackage(
      name: row[0], version: row[1], architecture: row[2], sourceName: row[3], sourceVersion: row[4],
      phase: row[5])
  }
}

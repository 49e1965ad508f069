import Foundation
internal import GRDB

/// Fills a database of advisories, within one transaction.
final class StoreWriter {
  /// Longest version or name that is stored; real ones have less than 100 bytes.
  static let textLimit = 1024
  /// Packages and ranges of one advisory; a kernel's of openSUSE has some thousands.
  static let packageLimit = 100_000

  private let db: Database
  private let insertAdvisory: Statement
  private let insertAffected: Statement
  private let insertRating: Statement
  private let insertExploited: Statement
  private let insertProbability: Statement
  private var ecosystems: [String: Int64] = [:]
  private var lastAdvisory: Int64
  private var lastSource: Int64

  init(_ db: Database) throws {
    self.db = db
    insertAdvisory = try db.makeStatement(
      sql: "INSERT INTO advisory (id, source, name, aliases, summary, published, cvss, stated, links)"
        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    insertAffected = try db.makeStatement(
      sql: "INSERT INTO affected (advisory, ecosystem, name, status, ranges, versions, architectures, module,"
        + " stated, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    insertRating = try db.makeStatement(sql: "INSERT INTO rating (cve, advisory) VALUES (?, ?)")
    insertExploited = try db.makeStatement(
      sql: "INSERT INTO exploited (source, cve, added, due, ransomware) VALUES (?, ?, ?, ?, ?)")
    insertProbability = try db.makeStatement(
      sql: "INSERT INTO probability (source, cve, value) VALUES (?, ?, ?)")
    for row in try Row.fetchAll(db, sql: "SELECT id, name FROM ecosystem") {
      ecosystems[row["name"]] = row["id"]
    }
    lastAdvisory = try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM advisory") ?? 0
    lastSource = try Int64.fetchOne(db, sql: "SELECT MAX(id) FROM source") ?? 0
  }

  /// A source that is being imported.
  struct Feed {
    let id: Int64
    var source: StoredSource
  }

  /// Takes the data of the same kind and origin out, if there is any, and begins anew.
  ///
  /// - Returns: the feed, and what it replaces.
  func begin(kind: String, origin: String, name: String) throws -> (feed: Feed, replaced: StoredSource?) {
    let old = try StoreWriter.source(db, kind, origin)
    if let old { try remove(old.id) }
    lastSource += 1
    let source = StoredSource(
      kind: kind, name: name, origin: origin, date: "", digest: "", importedAt: 0)
    return (Feed(id: lastSource, source: source), old?.source)
  }

  private static func source(
    _ db: Database, _ kind: String, _ origin: String
  ) throws -> (id: Int64, source: StoredSource)? {
    guard
      let id = try Int64.fetchOne(
        db, sql: "SELECT id FROM source WHERE kind = ? AND origin = ?", arguments: [kind, origin]),
      let source = try AdvisoryStore.sources(db).first(where: { $0.kind == kind && $0.origin == origin })
    else { return nil }
    return (id, source)
  }

  private func remove(_ source: Int64) throws {
    for table in ["affected", "rating"] {
      try db.execute(
        sql: "DELETE FROM \(table) WHERE advisory IN (SELECT id FROM advisory WHERE source = ?)",
        arguments: [source])
    }
    for table in ["advisory", "exploited", "probability"] {
      try db.execute(sql: "DELETE FROM \(table) WHERE source = ?", arguments: [source])
    }
    try db.execute(sql: "DELETE FROM source WHERE id = ?", arguments: [source])
  }

  /// Takes a source out by its name or path.
  func remove(named name: String) throws -> Bool {
    let ids = try Int64.fetchAll(
      db, sql: "SELECT id FROM source WHERE name = ? OR origin = ?", arguments: [name, name])
    for id in ids { try remove(id) }
    return !ids.isEmpty
  }

  /// Writes what the feed came to.
  func finish(_ feed: Feed) throws {
    let source = feed.source
    let skipped = String(decoding: try JSONEncoder().encode(source.skipped), as: UTF8.self)
    try db.execute(
      sql: "INSERT INTO source VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        feed.id, source.kind, source.origin, source.name, source.date, source.digest, source.importedAt,
        source.advisories, source.packages, source.exploited, source.probabilities, skipped,
      ])
  }

  /// Stores an advisory.
  ///
  /// - Returns: why it is left out; nil if it is stored.
  func write(_ advisory: Advisory, _ feed: inout Feed) throws -> String? {
    if let objection = Self.objection(to: advisory) { return objection }
    lastAdvisory += 1
    try insertAdvisory.execute(arguments: [
      lastAdvisory, feed.id, StoredList.clean(advisory.id), StoredList.text(advisory.aliases),
      StoredList.clean(String(advisory.summary.prefix(300))), advisory.published,
      StoredList.text(advisory.cvss), advisory.statedSeverity, StoredList.text(advisory.references),
    ])
    for package in advisory.affected {
      try insertAffected.execute(arguments: [
        lastAdvisory, try ecosystem(package.ecosystem),
        StoredList.clean(Ecosystem(package.ecosystem).normalized(package.name)), package.status.rawValue,
        StoredList.text(package.ranges), StoredList.text(package.versions),
        StoredList.text(package.architectures), package.module, package.statedSeverity, package.note,
      ])
    }
    let cves = advisory.cves
    // A vector of an advisory on several vulnerabilities is the worst of them, not that of each.
    if cves.count == 1, !advisory.cvss.isEmpty {
      try insertRating.execute(arguments: [cves[0], lastAdvisory])
    }
    feed.source.advisories += 1
    feed.source.packages += advisory.affected.count
    return nil
  }

  func writeExploited(
    _ cve: String, added: String, due: String?, ransomware: Bool, _ feed: inout Feed
  ) throws {
    try insertExploited.execute(arguments: [feed.id, cve, added, due, ransomware])
    feed.source.exploited += 1
  }

  func writeProbability(_ cve: String, _ value: Double, _ feed: inout Feed) throws {
    try insertProbability.execute(arguments: [feed.id, cve, value])
    feed.source.probabilities += 1
  }

  private func ecosystem(_ name: String) throws -> Int64 {
    if let known = ecosystems[name] { return known }
    try db.execute(sql: "INSERT INTO ecosystem (name) VALUES (?)", arguments: [StoredList.clean(name)])
    let id = db.lastInsertedRowID
    ecosystems[name] = id
    return id
  }

  private static func objection(to advisory: Advisory) -> String? {
    if advisory.id.isEmpty { return "no id" }
    if advisory.id.utf8.count > textLimit { return "an id of more than \(textLimit) bytes" }
    if advisory.affected.count > packageLimit { return "more than \(packageLimit) packages" }
    for package in advisory.affected {
      if package.name.utf8.count > textLimit || package.ecosystem.utf8.count > textLimit {
        return "a name of more than \(textLimit) bytes"
      }
      if package.versions.count > packageLimit || package.ranges.count > packageLimit {
        return "more than \(packageLimit) versions"
      }
      let isLong: (String?) -> Bool = { ($0?.utf8.count ?? 0) > textLimit }
      if package.versions.contains(where: isLong)
        || package.ranges.contains(where: {
          isLong($0.introduced) || isLong($0.fixed) || isLong($0.lastAffected)
        })
      {
        return "a version of more than \(textLimit) bytes"
      }
    }
    return nil
  }
}

import GRDB

/// The questions that judging asks of a database.
struct StoreReader {
  private let db: Database
  /// Every ecosystem of the database with its number.
  let ecosystems: [(ecosystem: Ecosystem, id: Int64)]

  /// What an advisory says of one package.
  struct Affected {
    /// The advisory's number.
    var advisory: Int64
    var package: AffectedPackage
  }

  init(_ db: Database) throws {
    self.db = db
    ecosystems = try Row.fetchAll(db, sql: "SELECT id, name FROM ecosystem").map { row in
      (Ecosystem(row["name"]), row["id"])
    }
  }

  /// Everything about the packages of a name in one ecosystem.
  func affected(_ ecosystem: Int64, _ ecosystemName: String, _ name: String) throws -> [Affected] {
    let statement = try db.cachedStatement(
      sql: "SELECT advisory, status, ranges, versions, architectures, module, stated, note FROM affected"
        + " WHERE ecosystem = ? AND name = ?")
    var result: [Affected] = []
    let rows = try Row.fetchCursor(statement, arguments: [ecosystem, name])
    while let row = try rows.next() {
      var package = AffectedPackage(ecosystem: ecosystemName, name: name)
      package.status = AffectedPackage.Status(rawValue: row[1]) ?? .underInvestigation
      package.ranges = StoredList.ranges(row[2])
      package.versions = StoredList.values(row[3])
      package.architectures = StoredList.values(row[4])
      package.module = row[5]
      package.statedSeverity = row[6]
      package.note = row[7]
      result.append(Affected(advisory: row[0], package: package))
    }
    return result
  }

  /// An advisory without its packages, and the kind of its source.
  func advisory(_ id: Int64) throws -> Advisory? {
    let statement = try db.cachedStatement(
      sql: "SELECT name, aliases, summary, published, cvss, stated, links FROM advisory WHERE id = ?")
    guard let row = try Row.fetchOne(statement, arguments: [id]) else { return nil }
    var advisory = Advisory(id: row[0])
    advisory.aliases = StoredList.values(row[1])
    advisory.summary = row[2]
    advisory.published = row[3]
    advisory.cvss = StoredList.values(row[4])
    advisory.statedSeverity = row[5]
    advisory.references = StoredList.values(row[6])
    return advisory
  }

  /// The vectors that any record gives a CVE.
  func vectors(of cve: String) throws -> [String] {
    let statement = try db.cachedStatement(
      sql:
        "SELECT advisory.cvss FROM rating JOIN advisory ON advisory.id = rating.advisory WHERE rating.cve = ?"
        + " LIMIT 50")
    return try String.fetchAll(statement, arguments: [cve]).flatMap(StoredList.values)
  }

  func exploitation(of cve: String) throws -> KnownExploitation? {
    let statement = try db.cachedStatement(
      sql: "SELECT added, due, ransomware FROM exploited WHERE cve = ? ORDER BY ransomware DESC LIMIT 1")
    return try Row.fetchOne(statement, arguments: [cve]).map { row in
      KnownExploitation(added: row[0], due: row[1], ransomware: row[2])
    }
  }

  func probability(of cve: String) throws -> Double? {
    let statement = try db.cachedStatement(sql: "SELECT MAX(value) FROM probability WHERE cve = ?")
    return try Double.fetchOne(statement, arguments: [cve])
  }
}

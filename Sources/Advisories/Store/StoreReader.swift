internal import GRDB

/// The questions that judging asks of a database.
struct StoreReader {
  private let db: Database
  /// Every ecosystem of the database with its number.
  let ecosystems: [(ecosystem: Ecosystem, id: Int64)]

  /// CISA's catalogue by CVE.
  private let exploited: [String: KnownExploitation]
  private let hasProbabilities: Bool

  init(_ db: Database) throws {
    self.db = db
    ecosystems = try Row.fetchAll(db, sql: "SELECT id, name FROM ecosystem").map { row in
      (Ecosystem(row["name"]), row["id"])
    }
    var exploited: [String: KnownExploitation] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT cve, added, due, ransomware FROM exploited") {
      let entry = KnownExploitation(added: row[1], due: row[2], ransomware: row[3])
      if entry.ransomware || exploited[row[0]] == nil { exploited[row[0]] = entry }
    }
    self.exploited = exploited
    hasProbabilities = try Int.fetchOne(db, sql: "SELECT 1 FROM probability LIMIT 1") != nil
  }

  /// Hands over everything about the packages of a name in one ecosystem.
  ///
  /// - Parameter body: gets what an advisory says of the package, and a way to the advisory itself, without its
  ///   packages.
  func forEachAffected(
    _ ecosystem: Int64, _ ecosystemName: String, _ name: String,
    _ body: (AffectedPackage, () -> Advisory) throws -> Void
  ) throws {
    let statement = try db.cachedStatement(
      sql: "SELECT affected.status, ranges, versions, architectures, module, affected.stated, note,"
        + " advisory.name, aliases, summary, published, cvss, advisory.stated, links FROM affected"
        + " JOIN advisory ON advisory.id = affected.advisory WHERE ecosystem = ? AND affected.name = ?")
    let rows = try Row.fetchCursor(statement, arguments: [ecosystem, name])
    while let row = try rows.next() {
      var package = AffectedPackage(ecosystem: ecosystemName, name: name)
      package.status = AffectedPackage.Status(rawValue: row[0]) ?? .underInvestigation
      package.ranges = StoredList.ranges(row[1])
      package.versions = StoredList.values(row[2])
      package.architectures = StoredList.values(row[3])
      package.module = row[4]
      package.statedSeverity = row[5]
      package.note = row[6]
      try body(package) { Self.advisory(row) }
    }
  }

  private static func advisory(_ row: Row) -> Advisory {
    var advisory = Advisory(id: row[7])
    advisory.aliases = StoredList.values(row[8])
    advisory.summary = row[9]
    advisory.published = row[10]
    advisory.cvss = StoredList.values(row[11])
    advisory.statedSeverity = row[12]
    advisory.references = StoredList.values(row[13])
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

  func exploitation(of cve: String) -> KnownExploitation? { exploited[cve] }

  func probability(of cve: String) throws -> Double? {
    guard hasProbabilities else { return nil }
    let statement = try db.cachedStatement(sql: "SELECT MAX(value) FROM probability WHERE cve = ?")
    return try Double.fetchOne(statement, arguments: [cve])
  }
}

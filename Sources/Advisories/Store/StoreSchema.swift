internal import GRDB

/// The tables of a database of advisories.
enum StoreSchema {
  /// `PRAGMA application_id`: "Brin".
  static let application = 0x4272_696e
  /// `PRAGMA user_version`; a database of another one is refused and has to be imported anew.
  static let version = 1

  static func create(_ db: Database) throws {
    try db.execute(
      sql: """
        PRAGMA application_id = \(application);
        PRAGMA user_version = \(version);
        CREATE TABLE source (
          id INTEGER PRIMARY KEY, kind TEXT NOT NULL, origin TEXT NOT NULL, name TEXT NOT NULL,
          date TEXT NOT NULL, digest TEXT NOT NULL, imported_at INTEGER NOT NULL,
          advisories INTEGER NOT NULL, packages INTEGER NOT NULL, exploited INTEGER NOT NULL,
          probabilities INTEGER NOT NULL, skipped TEXT NOT NULL,
          UNIQUE (kind, origin));
        CREATE TABLE ecosystem (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE advisory (
          id INTEGER PRIMARY KEY, source INTEGER NOT NULL, name TEXT NOT NULL, aliases TEXT NOT NULL,
          summary TEXT NOT NULL, published TEXT, cvss TEXT NOT NULL, stated TEXT, links TEXT NOT NULL);
        CREATE TABLE affected (
          id INTEGER PRIMARY KEY, advisory INTEGER NOT NULL, ecosystem INTEGER NOT NULL, name TEXT NOT NULL,
          status TEXT NOT NULL, ranges TEXT NOT NULL, versions TEXT NOT NULL, architectures TEXT NOT NULL,
          module TEXT, stated TEXT, note TEXT);
        CREATE TABLE rating (id INTEGER PRIMARY KEY, cve TEXT NOT NULL, advisory INTEGER NOT NULL);
        CREATE TABLE exploited (
          id INTEGER PRIMARY KEY, source INTEGER NOT NULL, cve TEXT NOT NULL, added TEXT NOT NULL, due TEXT,
          ransomware INTEGER NOT NULL);
        CREATE TABLE probability (
          id INTEGER PRIMARY KEY, source INTEGER NOT NULL, cve TEXT NOT NULL, value REAL NOT NULL);
        """)
    try createIndexes(db)
  }

  private static let indexes = [
    "affected_name": "affected (ecosystem, name)", "rating_cve": "rating (cve)",
    "exploited_cve": "exploited (cve)", "probability_cve": "probability (cve)",
  ]

  /// Sorted once, an index costs a part of what it costs to keep it during a long import.
  static func createIndexes(_ db: Database) throws {
    for (name, columns) in indexes.sorted(by: { $0.key < $1.key }) {
      try db.execute(sql: "CREATE INDEX IF NOT EXISTS \(name) ON \(columns)")
    }
  }

  static func dropIndexes(_ db: Database) throws {
    for name in indexes.keys.sorted() { try db.execute(sql: "DROP INDEX IF EXISTS \(name)") }
  }

  /// - Throws: an `AdvisoryError` if the file is something else or of another version.
  static func check(_ db: Database, _ path: String) throws {
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id")
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version")
    guard application == Self.application else {
      throw AdvisoryError(
        "\(path): not a database of advisories; make one with: brinell advisories import PATH")
    }
    guard version == Self.version else {
      throw AdvisoryError(
        "\(path): made by another version of Brinell; remove it and import the advisories again")
    }
  }
}

/// Lists of texts in one column. The separators do not occur: control characters are cut out of what is stored.
enum StoredList {
  private static let element: UInt8 = 0x1e
  private static let part: UInt8 = 0x1f

  static func text(_ values: [String]) -> String {
    values.isEmpty ? "" : values.map(clean).joined(separator: "\u{1e}")
  }

  static func values(_ text: String) -> [String] {
    text.isEmpty ? [] : text.utf8.split(separator: element).map { String(Substring($0)) }
  }

  static func text(_ ranges: [AffectedPackage.Range]) -> String {
    ranges.map { range in
      [range.introduced, range.fixed, range.lastAffected].map { clean($0 ?? "") }.joined(separator: "\u{1f}")
    }.joined(separator: "\u{1e}")
  }

  static func ranges(_ text: String) -> [AffectedPackage.Range] {
    text.utf8.split(separator: element).map { range in
      let parts = range.split(separator: part, omittingEmptySubsequences: false).map {
        $0.isEmpty ? nil : String(Substring($0))
      }
      return AffectedPackage.Range(
        introduced: parts.first ?? nil, fixed: parts.count > 1 ? parts[1] : nil,
        lastAffected: parts.count > 2 ? parts[2] : nil)
    }
  }

  static func clean(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 }) { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 0x20 }))
  }
}

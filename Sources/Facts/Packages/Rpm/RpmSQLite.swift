/// The SQLite database of Fedora, RHEL 9 and later (`rpmdb.sqlite`), with its write-ahead log: the table
/// `Packages(hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)` holds the headers.
enum RpmSQLite: RpmBackend {
  static let fileName = "rpmdb.sqlite"
  static let logName = "rpmdb.sqlite-wal"

  static func read(_ files: RpmFiles, _ header: ([UInt8]) -> Void) throws(RpmDamage) -> [String] {
    let pages = try SQLitePages(files)
    var table = SQLiteTable(pages)
    guard let root = try packagesRoot(&table) else { throw RpmDamage("it has no table Packages") }
    var damaged = 0
    try table.rows(root: root) { row in
      if let values = SQLiteRecord.values(row, most: 2), values.count == 2, case .blob(let blob) = values[1] {
        header(blob)
      } else {
        damaged += 1
      }
    }
    var problems = table.problems
    if damaged > 0 { problems.append("\(damaged) rows of the table Packages hold no header") }
    if let problem = pages.problem { problems.append(problem) }
    return problems
  }

  /// From the table of tables: type, name, table, first page, SQL.
  private static func packagesRoot(_ table: inout SQLiteTable) throws(RpmDamage) -> Int? {
    var root: Int?
    try table.rows(root: 1) { row in
      guard let values = SQLiteRecord.values(row, most: 4), values.count == 4,
        values[0] == .text(Array("table".utf8)), values[1] == .text(Array("Packages".utf8)),
        case .integer(let page) = values[3]
      else { return }
      root = page
    }
    return root
  }
}

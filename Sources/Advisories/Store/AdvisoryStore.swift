import Evidence
import Foundation
internal import GRDB

/// A source of advisories in a database, as it was imported.
public struct StoredSource: Sendable, Hashable {
  /// The form: `osv`, `debian-tracker`.
  public var kind: String
  /// For people: the form and the file, `osv Debian/all.zip`.
  public var name: String
  /// The path that was imported.
  public var origin: String
  /// The day of the data, `2026-11-24`.
  public var date: String
  /// `sha256:` and the digest of the files.
  public var digest: String
  /// Seconds since 1970-01-01 UTC.
  public var importedAt: Int64
  public var advisories = 0
  /// Pairs of an advisory and a package.
  public var packages = 0
  /// Entries of the catalogue of known exploited vulnerabilities.
  public var exploited = 0
  /// Entries of EPSS.
  public var probabilities = 0
  /// Records that were left out, by reason.
  public var skipped: [String: Int] = [:]

  /// Whole days from the day of the data to a moment; nil if the date is not one.
  public func age(asOf moment: Int64) -> Int? {
    AdvisoryDate.start(of: date).map { Int(max(0, moment - $0) / 86_400) }
  }
}

/// Days as sources write them.
public enum AdvisoryDate {
  /// Days after which data is too old to rely on.
  public static let limit = 7

  /// The start of a day `YYYY-MM-DD`, whatever follows it, in seconds since 1970-01-01 UTC.
  public static func start(of text: String) -> Int64? {
    let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, let year = Int64(parts[0]), let month = Int64(parts[1]),
      let day = Int64(parts[2]), (1...12).contains(month), (1...31).contains(day), year >= 1970
    else { return nil }
    // Howard Hinnant's days_from_civil.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return days * 86_400
  }

  /// `YYYY-MM-DD` of a moment, UTC.
  public static func day(_ moment: Int64) -> String {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withFullDate]
    return formatter.string(from: Date(timeIntervalSince1970: TimeInterval(moment)))
  }
}

/// A database of advisories, one SQLite file, opened for reading alone. Nothing is written beside it, so that it can
/// lie on a medium that is read-only.
public final class AdvisoryStore: Sendable {
  public let path: String
  /// In the order of their names.
  public let sources: [StoredSource]
  private let queue: DatabaseQueue

  /// - Throws: an `AdvisoryError` of one line if the file cannot be read or is no database of advisories.
  public init(path: String) throws(AdvisoryError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw AdvisoryError("\(path): no such file; make it with: brinell advisories import PATH")
    }
    self.path = path
    (queue, sources) = try wrapped(path) {
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let sources = try queue.read { db in
        try StoreSchema.check(db, path)
        return try Self.sources(db)
      }
      return (queue, sources)
    }
  }

  /// Where the database is looked for if no path is given: the user's data folder, then the machine's.
  public static var standardPaths: [String] {
    let environment = ProcessInfo.processInfo.environment
    var folders: [String] = []
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") {
      folders.append(data)
    } else if let home = environment["HOME"], !home.isEmpty {
      folders.append(home + "/.local/share")
    }
    return (folders + ["/var/lib"]).map { $0 + "/brinell/advisories.sqlite" }
  }

  /// The first of the standard paths at which there is a file.
  public static var standardPath: String? {
    standardPaths.first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Asks the database; all questions of one guest in one go.
  func read<Value>(_ body: (StoreReader) throws -> Value) throws(AdvisoryError) -> Value {
    try wrapped(path) { try queue.read { try body(try StoreReader($0)) } }
  }

  static func sources(_ db: Database) throws -> [StoredSource] {
    try Row.fetchAll(db, sql: "SELECT * FROM source ORDER BY name, origin").map { row in
      var source = StoredSource(
        kind: row["kind"], name: row["name"], origin: row["origin"], date: row["date"],
        digest: row["digest"], importedAt: row["imported_at"])
      source.advisories = row["advisories"]
      source.packages = row["packages"]
      source.exploited = row["exploited"]
      source.probabilities = row["probabilities"]
      let skipped: String = row["skipped"]
      source.skipped = (try? JSONDecoder().decode([String: Int].self, from: Data(skipped.utf8))) ?? [:]
      return source
    }
  }
}

/// Runs what talks to SQLite, and brings its errors to one line.
func wrapped<Value>(_ path: String, _ body: () throws -> Value) throws(AdvisoryError) -> Value {
  do {
    return try body()
  } catch let error as AdvisoryError {
    throw error
  } catch let error as DatabaseError {
    let hint =
      error.resultCode == .SQLITE_NOTADB || error.resultCode == .SQLITE_CORRUPT
      ? "not a database of advisories, or damaged; import the advisories again"
      : error.message ?? "SQLite failed"
    throw AdvisoryError("\(path): \(hint)")
  } catch {
    throw AdvisoryError("\(path): \(error)")
  }
}

import Evidence
import Facts
import Foundation
import TestSupport
import Testing

/// Databases that the real SQLite has written, through Python's standard library.
@Suite struct RpmSQLiteTests {
  /// A database as it lies on the disk while it is open, with its log.
  private func database(_ script: String) throws -> (main: [UInt8], log: [UInt8])? {
    let folder = NSTemporaryDirectory() + "brinell-sqlite-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let frame = """
      import shutil, sqlite3, struct, sys
      folder = sys.argv[2]
      def header(name, padding=0):
          tags = [(1000, name), (1001, '1.0'), (1002, '1'), (1005, 'p' * padding)]
          index, data = b'', b''
          for tag, text in tags:
              index += struct.pack('>IIII', tag, 6, len(data), 1)
              data += text.encode() + b'\\0'
          return struct.pack('>II', len(tags), len(data)) + index + data
      db = sqlite3.connect(folder + '/rpmdb.sqlite', isolation_level=None)
      table = 'CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)'
      def add(name, padding=0): db.execute('INSERT INTO Packages (blob) VALUES (?)', (header(name, padding),))
      \(script)
      for name in ['', '-wal']:
          try: shutil.copy(folder + '/rpmdb.sqlite' + name, folder + '/copy' + name)
          except FileNotFoundError: pass
      """
    let result = try Python.run(frame, on: "", [folder])
    guard result.status == 0 else {
      print("skipped: no database of SQLite: \(result.output)")
      return nil
    }
    let read = { (name: String) in Array(FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data())
    }
    return (read("copy"), read("copy-wal"))
  }

  private func packages(_ main: [UInt8], _ log: [UInt8] = []) throws -> InstalledPackages {
    let guest = GuestFixture()
    guest.filesystem.addFile("/var/lib/rpm/rpmdb.sqlite", .bytes(main))
    if !log.isEmpty { guest.filesystem.addFile("/var/lib/rpm/rpmdb.sqlite-wal", .bytes(log)) }
    return try guest.model(InstalledPackages.self)
  }

  @Test(arguments: [512, 4096, 65_536]) func pagesOfAnySize(_ size: Int) throws {
    guard
      let files = try database(
        """
        db.execute('PRAGMA page_size = \(size)')
        db.execute('CREATE TABLE Name (key TEXT)')
        db.execute(table)
        db.execute('BEGIN')
        for number in range(1500): add('package%04d' % number, (number % 40) ** 2 * 10)
        db.execute('DELETE FROM Packages WHERE hnum % 3 = 0')
        db.execute('COMMIT')
        """)
    else { return }
    let model = try packages(files.main)
    #expect(model.packages.count == 1000 && model.problems.isEmpty)
    #expect(model.packages.first?.name == "package0000" && model.packages.last?.name == "package1498")
  }

  private let withLog = """
    db.execute('PRAGMA page_size = 4096')
    db.execute('PRAGMA journal_mode = WAL')
    db.execute(table)
    add('old')
    db.execute('PRAGMA wal_checkpoint(TRUNCATE)')
    for number in range(20): add('new%02d' % number, 5000)
    db.execute("DELETE FROM Packages WHERE hnum = 1")
    db.execute('BEGIN')
    add('never-committed', 3000)
    """

  @Test func theWriteAheadLogCounts() throws {
    guard let files = try database(withLog) else { return }
    #expect(!files.log.isEmpty)
    #expect(try packages(files.main).packages.map(\.name) == ["old"])
    let model = try packages(files.main, files.log)
    #expect(model.packages.map(\.name) == (0..<20).map { "new" + ($0 < 10 ? "0" : "") + "\($0)" })
    #expect(model.problems.isEmpty)
  }

  @Test func aDamagedLogIsNeverSilent() throws {
    guard let files = try database(withLog) else { return }
    var log = files.log
    log[log.count / 2] ^= 0xff
    #expect(!(try packages(files.main, log).problems.isEmpty))
    log = files.log
    log[3] = 0
    #expect(throws: EvidenceGap.self) { try packages(files.main, log) }
    #expect(try packages(files.main, Array(files.log.prefix(files.log.count / 2))).packages.count > 1)
  }

  @Test func aTableWithoutRowsOrNoTableIsAnError() throws {
    for script in ["db.execute(table)", "db.execute('CREATE TABLE other (a)')"] {
      guard let files = try database(script) else { return }
      #expect(throws: EvidenceGap.self) { try packages(files.main) }
    }
  }

  @Test func damagedBytes() throws {
    guard let files = try database("db.execute(table)\nfor n in range(60): add('p%d' % n, n * 90)") else {
      return
    }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<(isFullRun ? 10_000 : 100) {
      var bytes = files.main
      for _ in 0..<Int.random(in: 1...10, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          [0, 1, 5, 0x0d, 0x7f, 0xff].randomElement(using: &generator) ?? 0
      }
      if Bool.random(using: &generator) {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
      }
      _ = try? packages(bytes)
    }
  }

  @Test func everyPrefixOfARealDatabaseThatLacksPagesSaysSo() throws {
    guard let bytes = try testData("rpm/sqlite-129.rpmdb.sqlite") else { return }
    for part in [2, 3, 10] {
      let cut = Array(bytes.prefix(bytes.count / part))
      let model = try? packages(cut)
      #expect(model == nil || model?.problems.isEmpty == false)
    }
  }
}

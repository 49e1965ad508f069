/// rpm's own database of SUSE (`Packages.db`; rpmpkg.c of rpm): pages of 4096 bytes with slots, each of which names
/// the block where a package's header lies. Blocks are 16 bytes, numbers little-endian.
enum RpmNDB: RpmBackend {
  static let fileName = "Packages.db"

  private static let pageSize = 4096
  private static let blockSize = 16
  private static let fileMagic = magic("RpmP")
  private static let slotMagic = magic("Slot")
  private static let blobMagic = magic("BlbS")

  static func read(_ files: RpmFiles, _ header: ([UInt8]) -> Void) throws(RpmDamage) -> [String] {
    let bytes = RpmBytes(bytes: files.main, isBigEndian: false)
    guard bytes.uint32(0) == fileMagic else { throw RpmDamage("it does not begin as an NDB database does") }
    guard bytes.uint32(4) == 0 else {
      throw RpmDamage("version \(bytes.uint32(4) ?? -1) of the NDB format is unknown")
    }
    guard let pages = bytes.uint32(12), pages > 0, pages <= files.main.count / pageSize else {
      throw RpmDamage("its pages of slots lie beyond the end of the file")
    }
    var problems: [String] = []
    var budget = RpmBudget(files.main.count)
    // The header takes the place of the first two slots.
    for start in stride(from: 32, to: pages * pageSize, by: 16) {
      guard bytes.uint32(start) == slotMagic else {
        problems.append("the slot at byte \(start) is damaged")
        continue
      }
      guard let package = bytes.uint32(start + 4), package != 0 else { continue }
      guard let block = bytes.uint32(start + 8), let blob = blob(bytes, block * blockSize, package) else {
        problems.append("the record of package number \(package) is damaged")
        continue
      }
      try budget.spend(blob.count)
      header(Array(blob))
    }
    return problems
  }

  /// The record's magic, package number, checksum and length stand before it.
  private static func blob(_ bytes: RpmBytes, _ start: Int, _ package: Int) -> ArraySlice<UInt8>? {
    guard bytes.uint32(start) == blobMagic, bytes.uint32(start + 4) == package,
      let length = bytes.uint32(start + 12)
    else { return nil }
    return bytes.slice(start + 16, length)
  }

  private static func magic(_ text: String) -> Int {
    text.utf8.reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

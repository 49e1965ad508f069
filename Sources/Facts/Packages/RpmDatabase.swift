import DiskImages
import Evidence

/// The database of rpm, which cannot be read yet: that it is there makes the packages unknown, never none.
enum RpmDatabase: InstalledPackages.Database {
  static let name = "rpm"
  static let needs: [ContentNeed] = []

  /// Where distributions keep it; one is often a link to another.
  private static let folders = ["/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm"]
  /// SQLite, NDB, Berkeley DB.
  private static let files = ["rpmdb.sqlite", "Packages.db", "Packages"]

  static func read(_ evidence: Evidence) throws(EvidenceGap) -> (packages: [Package], problems: [Origin])? {
    for folder in folders {
      for file in files {
        let path = "\(folder)/\(file)"
        if try evidence.entry(at: path) != nil {
          throw EvidenceGap(path: path, reason: "databases of rpm cannot be read yet")
        }
      }
    }
    return nil
  }
}

import Evidence
import Foundation

/// What `cargo auditable` writes into a program: the section `.dep-v0`, JSON in a zlib stream
/// (github.com/rust-secure-code/cargo-auditable, PARSING.md and cargo-auditable.schema.json).
enum RustAuditData {
  static let section = ".dep-v0"
  /// Bytes of the section; large programs have 10 KB.
  static let sizeLimit: UInt64 = 4 << 20
  /// Bytes of the JSON text; PARSING.md recommends a limit.
  private static let textLimit = 16 << 20
  private static let packageLimit = 20_000

  private struct Document: Decodable {
    struct Package: Decodable {
      var name: String
      var version: String
      /// `crates.io`, `git`, `local`, `registry` or an address.
      var source: String
      /// `runtime` if it is left out.
      var kind: String?
    }
    var packages: [Package]
  }

  /// The crates of the program. Those that only ran while it was built are not in it, and local ones are its own parts:
  /// their names are nobody's but the builder's.
  static func packages(_ section: ArraySlice<UInt8>) throws(EmbeddedPackageError) -> [EmbeddedPackage] {
    let text: [UInt8]
    do {
      text = try MemoryArchive.inflate(zlib: section, limit: textLimit)
    } catch {
      throw EmbeddedPackageError("its audit data cannot be unpacked: \(error.description)")
    }
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(text)) else {
      throw EmbeddedPackageError("its audit data is not what cargo auditable writes")
    }
    guard document.packages.count <= packageLimit else {
      throw EmbeddedPackageError("its audit data names more than \(packageLimit) packages")
    }
    return document.packages
      .filter {
        $0.kind ?? "runtime" == "runtime" && $0.source != "local" && !$0.name.isEmpty && !$0.version.isEmpty
      }
      .map { EmbeddedPackage(.cargo, $0.name, $0.version) }
  }
}

import DiskImages
import Evidence

/// What a package database says of one file that a package brought.
public struct RecordedFile: Sendable, Hashable {
  /// A digest of the content, in lower-case hexadecimal.
  public struct Digest: Sendable, Hashable {
    public var algorithm: DigestAlgorithm
    public var hex: String
  }

  /// The name of the package, without architecture.
  public var package: String
  /// The absolute path as the package names it, where a diversion has not put it elsewhere.
  public var path: [UInt8]
  /// Of a regular file's content; nil where the database records none.
  public var digest: Digest?
  /// Whether the digest of a symbolic link is that of its target's path (apk).
  public var isLinkDigested = false
  /// What a symbolic link points at; nil where the database records none.
  public var target: [UInt8]?
  /// Type and permission bits; nil where the database records none.
  public var mode: UInt32?
  public var owner: String?
  public var group: String?
  /// As cap_from_text(3) reads it; nil where the database records none, which is what most files have.
  public var capabilities: String?
  /// The administrator may change it: a conffile, `%config`, what apk protects.
  public var isConfiguration = false
  /// Nobody misses it: `%ghost`, `%missingok`, documents that were left out when the package was installed.
  public var mayBeMissing = false
  /// Whether the package leaves the aspect to whoever installs it (rpm's `%verify`), or nothing is known of it.
  public var isModeFree = false
  public var isOwnerFree = false
  public var isContentFree = false
  /// Whether the database has no place for capabilities, so that a file may have some that its package gave it.
  public var areCapabilitiesFree = false

  init(package: String, path: [UInt8]) {
    self.package = package
    self.path = path
  }
}

/// Reads what one kind of package database says about files.
protocol FileManifest: SendableMetatype {
  /// The kind of database: `dpkg`, `rpm` …
  static var format: String { get }
  /// What the names alone are read from.
  static var nameNeeds: [ContentNeed] { get }
  /// What everything is read from.
  static var needs: [ContentNeed] { get }
  /// Hands over every file; false if the guest has no such database.
  ///
  /// - Parameter namesOnly: whether package and path suffice, which can need less of the evidence.
  /// - Throws: if there is one and it cannot be read: nothing is known then.
  static func read(
    _ evidence: Evidence, namesOnly: Bool, _ body: (RecordedFile) -> Void
  ) throws(EvidenceGap) -> Bool
}

extension FileManifest {
  static var nameNeeds: [ContentNeed] { needs }
}

enum FileManifests {
  /// A new kind of database adds a line.
  static let all: [any FileManifest.Type] = [
    ApkFileManifest.self,
    DpkgFileManifest.self,
    PacmanFileManifest.self,
    RpmFileManifest.self,
  ]

  /// Every file of every package, and the kinds of databases that the guest has.
  static func read(
    _ evidence: Evidence, namesOnly: Bool, _ body: (RecordedFile) -> Void
  ) throws(EvidenceGap) -> Set<String> {
    var formats: Set<String> = []
    for manifest in all where try manifest.read(evidence, namesOnly: namesOnly, body) {
      formats.insert(manifest.format)
    }
    return formats
  }
}

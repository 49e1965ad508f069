/// What is kept of one file of a repository.
public struct IndexRecord: Sendable, Hashable, Codable {
  public var release: DebianRelease?
  public var repomd: RpmRepomd?
  public var packages: PackageIndex?

  /// Reads a file by what its name says it is.
  ///
  /// - Parameters:
  ///   - name: the last component of its path.
  ///   - bytes: as they lie on the disk.
  public init(
    name: String, bytes: [UInt8], selection: IndexSelection = .all
  ) throws(IndexError) {
    switch Form(name: name) {
    case .release: release = try DebianRelease(bytes)
    case .repomd: repomd = try RpmRepomd(bytes)
    case .debian: packages = try DebianPackagesIndex.read(try PackedIndex.unpack(bytes), selection: selection)
    case .rpm: packages = try RpmPrimary.read(try PackedIndex.unpack(bytes), selection: selection)
    case .apk: packages = try ApkIndex.read(bytes, selection: selection)
    case .pacman: packages = try PacmanIndex.read(bytes, selection: selection)
    case nil: throw IndexError("its name is not that of an index")
    }
  }

  /// Forms of files, told by their names.
  enum Form {
    case release, debian, repomd, rpm, apk, pacman

    init?(name: String) {
      let plain =
        PackedIndex.endings.first { name.hasSuffix($0) }.map { name.dropLast($0.count) } ?? Substring(name)
      // apt writes the whole path into the name, with underlines.
      let last = plain.split(separator: "_").last ?? ""
      switch last {
      case "InRelease", "Release": self = .release
      case "Packages": self = .debian
      case "repomd.xml": self = .repomd
      case _ where plain.hasSuffix("primary.xml"): self = .rpm
      case _ where name.hasPrefix("APKINDEX.") && name.hasSuffix(".tar.gz"): self = .apk
      case _ where name.hasSuffix(".db"): self = .pacman
      default: return nil
      }
    }
  }
}

extension PackedIndex {
  /// Endings of names of compressed files, none first where a file is looked for.
  static let endings = [".gz", ".bz2", ".xz", ".zst", ".lz4"]
}

import Binaries
import DiskImages
import Evidence

/// The programs and libraries of a guest with what protects them; see `ExecutableProbe` for which files these are.
///
/// Of an inode with several names one is listed.
public struct Executables: FactModel {
  public static let needs: [ContentNeed] = PackagedFiles.needs + InterestingInodes.needs + IdentityNames.needs
  public static let probes: [any ContentProbe] = [ExecutableProbe()]

  /// One program or library.
  public struct Item: Sendable {
    public var file: FileEntry
    public var properties: ExecutableProbe.Record
    /// It runs with rights that whoever starts it does not have: set-id bits or file capabilities.
    public var isPrivileged: Bool

    /// What an ELF file says of itself; nil for PE.
    public var elf: ELFProperties? {
      if case .elf(let properties) = properties { properties } else { nil }
    }
  }

  /// A file that could not be looked at.
  public struct Unread: Sendable {
    public var file: FileEntry
    public var reason: String
    /// As of `Item`.
    public var isPrivileged: Bool
  }

  /// In the order of the index.
  public let items: [Item]
  /// In the order of the index.
  public let unread: [Unread]
  private let packages: PackagedFiles

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let answer = try evidence.answer(of: ExecutableProbe.self)
    let inodes = try facts.model(InterestingInodes.self)
    packages = try facts.model()
    items = answer.records.sorted { $0.key < $1.key }.compactMap { id, record in
      guard let file = evidence.index.entry(id: id) else { return nil }
      return Item(file: file, properties: record, isPrivileged: Self.isPrivileged(file, inodes))
    }
    unread = answer.unread.sorted { $0.key < $1.key }.compactMap { id, reason in
      evidence.index.entry(id: id).map {
        Unread(file: $0, reason: reason, isPrivileged: Self.isPrivileged($0, inodes))
      }
    }
  }

  /// Without a bit to execute for the group, set-group-id means mandatory locking, not privilege (inode(7)).
  private static func isPrivileged(_ file: FileEntry, _ inodes: InterestingInodes) -> Bool {
    let mode = inodes.permissions(of: file)
    return mode & 0o4000 != 0 && mode & 0o111 != 0 || mode & 0o2010 == 0o2010
      || mode & 0o111 != 0 && file.extendedAttributes.contains { $0.name == "security.capability" }
  }

  /// Whether the guest has lists of packaged files that Brinell can read.
  public var knowsPackages: Bool { packages.isKnown }

  /// The package that brought the file; nil if none did or the lists cannot be read.
  public func owner(of file: FileEntry) -> String? { packages.owner(of: file) }
}

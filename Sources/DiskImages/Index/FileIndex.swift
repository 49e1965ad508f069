/// Every inode of one guest, as a tree that is read once and never changes.
///
/// Nodes lie in one array and names in one byte buffer, so that a million files take about a hundred
/// bytes each. Names are bytes: what is not UTF-8 is kept and only escaped for display.
public final class FileIndex: Sendable {
  struct Node: Sendable {
    var parent: UInt32
    var nameStart: UInt32
    var nameLength: UInt16
    var firstChild: UInt32 = 0
    var childCount: UInt32 = 0
    var metadata: FileMetadata
  }

  /// A subtree that could not be read: what lies below is unknown, not absent.
  public struct Gap: Hashable, Sendable {
    /// What is missing.
    public enum Kind: String, Hashable, Sendable {
      /// A directory that could not be listed.
      case directory
      /// A file system that the guest mounts there and that could not be read.
      case mount
      /// A file system on the network, which is no part of the image.
      case networkMount = "network-mount"
    }

    /// Absolute path of the directory below which nothing is known.
    public var path: String
    public var reason: String
    public var kind: Kind

    /// Records why nothing below `path` is known.
    public init(path: String, reason: String, kind: Kind = .directory) {
      self.path = path
      self.reason = reason
      self.kind = kind
    }
  }

  let nodes: [Node]
  let names: [UInt8]
  /// Children of every directory, each run sorted by name bytes.
  let children: [UInt32]
  let linkTargets: [UInt32: [UInt8]]
  let attributes: [UInt32: [ExtendedAttribute]]
  /// Subtrees about which nothing is known.
  public let gaps: [Gap]

  init(
    nodes: [Node], names: [UInt8], children: [UInt32], linkTargets: [UInt32: [UInt8]],
    attributes: [UInt32: [ExtendedAttribute]], gaps: [Gap]
  ) {
    self.nodes = nodes
    self.names = names
    self.children = children
    self.linkTargets = linkTargets
    self.attributes = attributes
    self.gaps = gaps
  }

  /// Number of inodes, the root directory included.
  public var count: Int { nodes.count }

  /// The root directory.
  public var root: FileEntry { FileEntry(index: self, id: 0) }

  /// Every entry, parents before their children.
  public var entries: some Sequence<FileEntry> {
    nodes.indices.lazy.map { FileEntry(index: self, id: UInt32($0)) }
  }

  /// The entry with the number that `FileEntry.id` gave.
  public func entry(id: UInt32) -> FileEntry? {
    id < nodes.count ? FileEntry(index: self, id: id) : nil
  }

  /// The gap that hides `path`, if one does.
  public func gap(hiding path: String) -> Gap? {
    gaps.first { gap in
      gap.path == "/" || path == gap.path || path.hasPrefix(gap.path + "/")
    }
  }

  func nameBytes(_ id: UInt32) -> ArraySlice<UInt8> {
    let node = nodes[Int(id)]
    let start = Int(node.nameStart)
    return names[start..<start + Int(node.nameLength)]
  }

  func child(of id: UInt32, named name: some Collection<UInt8>) -> UInt32? {
    let node = nodes[Int(id)]
    var low = Int(node.firstChild)
    var high = low + Int(node.childCount)
    while low < high {
      let middle = (low + high) / 2
      if nameBytes(children[middle]).lexicographicallyPrecedes(name) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < Int(node.firstChild) + Int(node.childCount) else { return nil }
    return nameBytes(children[low]).elementsEqual(name) ? children[low] : nil
  }
}

/// One inode of a guest: a view into its index.
public struct FileEntry: Sendable, Hashable {
  let index: FileIndex
  /// Number of the inode's node within the index.
  public let id: UInt32

  init(index: FileIndex, id: UInt32) {
    self.index = index
    self.id = id
  }

  /// What lstat(2) says.
  public var metadata: FileMetadata { index.nodes[Int(id)].metadata }
  /// The type of the inode.
  public var type: FileType { metadata.type }
  /// Permission bits with set-id and sticky.
  public var permissions: UInt32 { metadata.permissions }

  /// The last component of the path as stored; empty for the root.
  public var nameBytes: ArraySlice<UInt8> { index.nameBytes(id) }
  /// The last component of the path, escaped for display where it is not plain text.
  public var name: String { displayText(nameBytes) }

  /// The absolute path as stored, without escapes.
  public var pathBytes: [UInt8] {
    if id == 0 { return [UInt8(ascii: "/")] }
    var components: [ArraySlice<UInt8>] = []
    var current = id
    while current != 0 {
      components.append(index.nameBytes(current))
      current = index.nodes[Int(current)].parent
    }
    var bytes: [UInt8] = []
    for component in components.reversed() {
      bytes.append(UInt8(ascii: "/"))
      bytes.append(contentsOf: component)
    }
    return bytes
  }

  /// The absolute path, escaped for display where it is not plain text (`\xff`, `\n`).
  public var path: String { displayText(pathBytes) }

  /// The directory that holds this entry; the root holds itself.
  public var parent: FileEntry { FileEntry(index: index, id: index.nodes[Int(id)].parent) }

  /// What a directory holds, sorted by name bytes; empty for everything else.
  public var children: some RandomAccessCollection<FileEntry> {
    let node = index.nodes[Int(id)]
    let start = Int(node.firstChild)
    return index.children[start..<start + Int(node.childCount)].lazy.map { FileEntry(index: index, id: $0) }
  }

  /// What a directory holds under the name, links not followed.
  public func child(named name: String) -> FileEntry? {
    index.child(of: id, named: name.utf8).map { FileEntry(index: index, id: $0) }
  }

  /// What a symbolic link points at, as stored.
  public var linkTargetBytes: [UInt8]? { index.linkTargets[id] }
  /// What a symbolic link points at, escaped for display.
  public var linkTarget: String? { linkTargetBytes.map(displayText) }

  /// The extended attributes that were read: `security.*` and POSIX ACLs.
  public var extendedAttributes: [ExtendedAttribute] { index.attributes[id] ?? [] }

  /// The entry and everything below it, parents first. Symbolic links are not followed.
  public var subtree: some Sequence<FileEntry> {
    sequence(state: [id]) { [index] stack -> FileEntry? in
      guard let next = stack.popLast() else { return nil }
      let node = index.nodes[Int(next)]
      let start = Int(node.firstChild)
      stack.append(contentsOf: index.children[start..<start + Int(node.childCount)].reversed())
      return FileEntry(index: index, id: next)
    }
  }

  /// Two views are equal when they show the same inode of the same index.
  public static func == (left: FileEntry, right: FileEntry) -> Bool {
    left.id == right.id && left.index === right.index
  }

  /// Feeds the number of the inode, which is unique within its index.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

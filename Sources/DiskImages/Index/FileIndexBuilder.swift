/// Collects inodes in any order in which parents come before their children, and makes an index of them.
public struct FileIndexBuilder {
  private var nodes: [FileIndex.Node]
  private var names: [UInt8] = []
  private var linkTargets: [UInt32: [UInt8]] = [:]
  private var attributes: [UInt32: [ExtendedAttribute]] = [:]
  private var gaps: [FileIndex.Gap] = []

  /// Starts an index whose root directory has the given metadata.
  public init(root: FileMetadata) {
    nodes = [.init(parent: 0, nameStart: 0, nameLength: 0, metadata: root)]
  }

  /// Adds an inode below `parent` and returns its number.
  ///
  /// A name that is empty, `.`, `..`, holds a slash or is longer than 4096 bytes is not one that a
  /// kernel would show; it is refused with nil.
  @discardableResult
  public mutating func add(
    _ name: some Collection<UInt8>, to parent: UInt32, metadata: FileMetadata,
    linkTarget: [UInt8]? = nil, attributes: [ExtendedAttribute] = []
  ) -> UInt32? {
    guard !name.isEmpty, name.count <= 4096, !name.contains(UInt8(ascii: "/")), !name.contains(0),
      !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8),
      nodes.count < Int(UInt32.max), names.count + name.count < Int(UInt32.max)
    else { return nil }
    let id = UInt32(nodes.count)
    nodes.append(
      .init(
        parent: parent, nameStart: UInt32(names.count), nameLength: UInt16(name.count),
        metadata: metadata))
    names.append(contentsOf: name)
    if let linkTarget { linkTargets[id] = linkTarget }
    if !attributes.isEmpty { self.attributes[id] = attributes }
    return id
  }

  /// Records that nothing below `path` is known.
  public mutating func addGap(_ path: String, reason: String, kind: FileIndex.Gap.Kind = .directory) {
    gaps.append(.init(path: path, reason: reason, kind: kind))
  }

  /// Replaces what is known of the inode itself, for a root that is seen late.
  public mutating func setMetadata(_ metadata: FileMetadata, of id: UInt32) {
    nodes[Int(id)].metadata = metadata
  }

  /// Sets the extended attributes of an inode that was added before.
  public mutating func setAttributes(_ attributes: [ExtendedAttribute], of id: UInt32) {
    self.attributes[id] = attributes.isEmpty ? nil : attributes
  }

  /// Sets the target of a symbolic link that was added before.
  public mutating func setLinkTarget(_ target: [UInt8], of id: UInt32) {
    linkTargets[id] = target
  }

  /// Orders the children of every directory and closes the index.
  public func finish() -> FileIndex {
    var nodes = nodes
    var counts = [UInt32](repeating: 0, count: nodes.count)
    for node in nodes.dropFirst() { counts[Int(node.parent)] += 1 }
    var start: UInt32 = 0
    for id in nodes.indices {
      nodes[id].firstChild = start
      nodes[id].childCount = 0
      start += counts[id]
    }
    var children = [UInt32](repeating: 0, count: Int(start))
    for id in nodes.indices.dropFirst() {
      let parent = Int(nodes[id].parent)
      children[Int(nodes[parent].firstChild + nodes[parent].childCount)] = UInt32(id)
      nodes[parent].childCount += 1
    }
    func name(_ id: UInt32) -> ArraySlice<UInt8> {
      let start = Int(nodes[Int(id)].nameStart)
      return names[start..<start + Int(nodes[Int(id)].nameLength)]
    }
    for node in nodes where node.childCount > 1 {
      let range = Int(node.firstChild)..<Int(node.firstChild + node.childCount)
      children[range].sort { name($0).lexicographicallyPrecedes(name($1)) }
    }
    return FileIndex(
      nodes: nodes, names: names, children: children, linkTargets: linkTargets,
      attributes: attributes, gaps: gaps)
  }
}

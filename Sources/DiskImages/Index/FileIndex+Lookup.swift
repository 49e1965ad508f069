extension FileIndex {
  /// The outcome of following a path as the guest's kernel would (path_resolution(7)).
  public enum Resolution: Sendable {
    case found(FileEntry)
    /// Nothing is there; `at` is the first path that does not exist.
    case absent(at: String)
    /// More than 40 symbolic links, as the kernel counts them.
    case loop
    /// The path leads into a subtree about which nothing is known.
    case unknown(Gap)
  }

  /// Follows `path` from the guest's root, symbolic links included. `..` stops at the root.
  ///
  /// - Parameter followLast: whether a symbolic link in the last component is followed.
  public func resolve(_ path: String, followLast: Bool = true) -> Resolution {
    resolve(Array(path.utf8), from: 0, followLast: followLast)
  }

  /// Follows a path that is given as stored, which need not be UTF-8.
  public func resolve(_ path: [UInt8], followLast: Bool = true) -> Resolution {
    resolve(path, from: 0, followLast: followLast)
  }

  /// Follows what a symbolic link points at; for everything else gives the entry itself.
  public func target(of entry: FileEntry) -> Resolution {
    guard entry.type == .symbolicLink, let target = entry.linkTargetBytes else { return .found(entry) }
    return resolve(target, from: nodes[Int(entry.id)].parent, followLast: true, linksFollowed: 1)
  }

  private func resolve(
    _ path: [UInt8], from start: UInt32, followLast: Bool, linksFollowed: Int = 0
  ) -> Resolution {
    var links = linksFollowed
    var current = path.first == UInt8(ascii: "/") ? 0 : start
    // Components still to walk, the next one last. A link's target is pushed on top.
    var pending = Array(path.split(separator: UInt8(ascii: "/")).reversed())
    while let component = pending.popLast() {
      if component.elementsEqual(".".utf8) { continue }
      if component.elementsEqual("..".utf8) {
        current = nodes[Int(current)].parent
        continue
      }
      guard let next = child(of: current, named: component) else {
        let directory = FileEntry(index: self, id: current).path
        let missing = (directory == "/" ? "" : directory) + "/" + displayText(component)
        if let gap = gap(hiding: missing) { return .unknown(gap) }
        return .absent(at: missing)
      }
      guard let target = linkTargets[next], followLast || !pending.isEmpty else {
        current = next
        continue
      }
      links += 1
      if links > 40 { return .loop }
      if target.first == UInt8(ascii: "/") { current = 0 }
      pending.append(contentsOf: target.split(separator: UInt8(ascii: "/")).reversed())
      if pending.count > 4096 { return .loop }
    }
    let entry = FileEntry(index: self, id: current)
    if let gap = gap(hiding: entry.path) { return .unknown(gap) }
    return .found(entry)
  }
}

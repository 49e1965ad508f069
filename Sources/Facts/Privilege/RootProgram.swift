import DiskImages
import Evidence

/// A file that root executes, or from which root takes what it executes.
public struct RootProgram: Sendable, Hashable {
  /// As it is named where it is executed; it need not exist.
  public var path: String
  /// What makes root execute it: `cron job`, `ExecStart of cron.service`.
  public var role: String
  /// Where it is named; nil for places that programs have built in.
  public var origin: Origin?

  /// Names a file.
  public init(_ path: String, role: String, origin: Origin? = nil) {
    self.path = path
    self.role = role
    self.origin = origin
  }
}

/// Every inode that decides what is found under a path: the links on the way and what is found at the end.
public struct PathPassage: Sendable {
  public private(set) var inodes: [FileEntry] = []
  /// The nearest directory where the path ends in nothing.
  public private(set) var vacancy: FileEntry?
  /// A subtree on the way about which nothing is known.
  public private(set) var gap: FileIndex.Gap?

  private static let linkLimit = 40

  /// Follows the path as the kernel does (path_resolution(7)).
  public init(_ path: String, _ index: FileIndex) {
    var links = 0
    var directory = index.root
    var pending = Array(path.utf8.split(separator: UInt8(ascii: "/")).map(Array.init).reversed())
    while let component = pending.popLast() {
      if component.elementsEqual(".".utf8) { continue }
      if component.elementsEqual("..".utf8) {
        directory = directory.parent
        continue
      }
      let place = directory.pathBytes + (directory.id == 0 ? [] : [UInt8(ascii: "/")]) + component
      switch index.resolve(place, followLast: false) {
      case .absent, .loop:
        vacancy = directory
        return
      case .unknown(let found):
        gap = found
        return
      case .found(let entry):
        guard entry.type == .symbolicLink, let target = entry.linkTargetBytes else {
          directory = entry
          continue
        }
        inodes.append(entry)
        links += 1
        if links > Self.linkLimit { return }
        if target.first == UInt8(ascii: "/") { directory = index.root }
        pending += target.split(separator: UInt8(ascii: "/")).map(Array.init).reversed()
        if pending.count > 4096 { return }
      }
    }
    inodes.append(directory)
  }
}

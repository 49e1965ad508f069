/// A guest that is mounted in an appliance.
final class ApplianceFilesystem: GuestFilesystem {
  let appliance: Appliance
  let system: GuestSystem
  private var contentBytes: Int64 = 0
  /// Small programs whose content has come along, of which more than one question is asked.
  private var passing = PassingFiles()

  init(_ appliance: Appliance, system: GuestSystem) {
    self.appliance = appliance
    self.system = system
  }

  var cost: ReadCost {
    var cost = ReadCost()
    cost.requests = appliance.guestfs.requests
    cost.contentBytes = contentBytes
    return cost
  }

  func readIndex() throws(GuestReadError) -> FileIndex {
    let paths = try listPaths()
    var builder = FileIndexBuilder(root: try rootMetadata())
    for missing in system.missing {
      builder.addGap(
        missing.target, reason: missing.reason, kind: missing.isOnNetwork ? .networkMount : .mount)
    }

    // find(1) prints a directory before what it holds, so that parents are known when their children come.
    var directories: [[UInt8]: UInt32] = [[]: 0]
    var namesByDirectory: [(path: [UInt8], names: [[UInt8]])] = []
    var positions: [[UInt8]: Int] = [:]
    for path in paths {
      let slash = path.lastIndex(of: UInt8(ascii: "/"))
      let parent = slash.map { Array(path[path.startIndex..<$0]) } ?? []
      let name = Array(slash.map { path[($0 + 1)...] } ?? path[...])
      if let position = positions[parent] {
        namesByDirectory[position].names.append(name)
      } else {
        positions[parent] = namesByDirectory.count
        namesByDirectory.append((parent, [name]))
      }
    }
    for (path, names) in namesByDirectory {
      guard let parent = directories[path] else { continue }
      let absolute = [UInt8(ascii: "/")] + path
      guard let found = try metadata(names, in: absolute) else {
        builder.addGap(displayText(absolute), reason: "the directory could not be read")
        continue
      }
      let isPackaged = FileMetadata.isPackagedDirectory(path)
      var withAttributes: [(name: [UInt8], id: UInt32)] = []
      var links: [(name: [UInt8], id: UInt32)] = []
      for (name, metadata) in zip(names, found) {
        guard let metadata, let id = builder.add(name, to: parent, metadata: metadata) else { continue }
        if metadata.type == .directory {
          directories[path.isEmpty ? name : path + [UInt8(ascii: "/")] + name] = id
        }
        if metadata.type == .symbolicLink { links.append((name, id)) }
        if metadata.attributesCanMatter(isPackaged: isPackaged) { withAttributes.append((name, id)) }
      }
      try readAttributes(withAttributes, in: absolute, &builder)
      try readLinks(links, in: absolute, &builder)
    }
    return builder.finish()
  }

  func readContents(
    of files: [FileEntry], limit: Int, _ body: (FileEntry, FileContent) -> Void
  ) throws(GuestReadError) {
    guard let index = files.first?.index else { return }
    var pending: [UInt32: FileEntry] = [:]
    for file in files {
      if file.metadata.size > Int64(limit) {
        body(file, .tooLarge(size: file.metadata.size))
      } else {
        pending[file.id] = file
      }
    }
    let plan = ReadPlanner(Array(pending.values), index: index).plan()
    for directory in plan.archives {
      guard let entry = index.entry(id: directory) else { continue }
      for (id, bytes) in try readArchive(of: entry, wanted: Set(pending.keys), limit: limit) {
        if let file = index.entry(id: id) { passing.offer(file, bytes) }
        if let file = pending.removeValue(forKey: id) { body(file, .bytes(bytes)) }
      }
    }
    // Also what an archive left out, such as a hard link to a file elsewhere.
    for file in pending.values.sorted(by: { $0.id < $1.id }) {
      body(file, try readSingle(file, limit: limit))
    }
  }

  // MARK: Index

  private func listPaths() throws(GuestReadError) -> [ArraySlice<UInt8>] {
    var failure: GuestfsError?
    // A file system of 16 TiB has at most 2^32 inodes; 2 GiB of names are beyond any image that boots.
    let bytes = withByteStream(read: { readAll($0, limit: 2 << 30) }) { descriptor in
      do {
        try appliance.request { (g) throws(GuestfsError) in try g.find("/", to: descriptor) }
      } catch {
        failure = error as? GuestfsError ?? GuestfsError(call: "find0", message: "\(error)")
      }
    }
    if let failure { throw GuestReadError("the list of the guest's files could not be read: \(failure)") }
    return (bytes ?? []).split(separator: 0)
  }

  private func rootMetadata() throws(GuestReadError) -> FileMetadata {
    do {
      return try appliance.request { (g) throws(GuestfsError) in try g.lstat("/") }
    } catch {
      throw GuestReadError("the guest's root directory could not be read: \(error)")
    }
  }

  private func metadata(_ names: [[UInt8]], in directory: [UInt8]) throws(GuestReadError) -> [FileMetadata?]?
  {
    do {
      return try appliance.request { (g) throws(GuestfsError) in try g.lstat(names, in: directory) }
    } catch {
      try rethrowIfLost(error)
      return nil
    }
  }

  private func readAttributes(
    _ files: [(name: [UInt8], id: UInt32)], in directory: [UInt8], _ builder: inout FileIndexBuilder
  ) throws(GuestReadError) {
    guard !files.isEmpty else { return }
    do {
      let lists = try appliance.request { (g) throws(GuestfsError) in
        try g.extendedAttributes(files.map(\.name), in: directory)
      }
      for (file, list) in zip(files, lists) where !list.isEmpty {
        builder.setAttributes(list.filter(\.mattersForSecurity), of: file.id)
      }
    } catch {
      // A file system without extended attributes says so; there are none to know of.
      try rethrowIfLost(error)
    }
  }

  private func readLinks(
    _ links: [(name: [UInt8], id: UInt32)], in directory: [UInt8], _ builder: inout FileIndexBuilder
  ) throws(GuestReadError) {
    guard !links.isEmpty else { return }
    do {
      let targets = try appliance.request { (g) throws(GuestfsError) in
        try g.linkTargets(links.map(\.name), in: directory)
      }
      for (link, target) in zip(links, targets) { builder.setLinkTarget(target, of: link.id) }
    } catch {
      try rethrowIfLost(error)
      builder.addGap(displayText(directory), reason: "symbolic links could not be read: \(error)")
    }
  }

  // MARK: Contents

  func readHeads(
    of files: [FileEntry], length: Int, _ body: (FileEntry, FileContent) -> Void
  ) throws(GuestReadError) {
    for file in files { body(file, try readHead(file, length: length)) }
  }

  func readRanges(
    _ ranges: [FileRange], _ body: (FileRange, FileContent) -> Void
  ) throws(GuestReadError) {
    for range in ranges {
      body(range, try readPart(range.file, length: range.length, offset: range.offset))
    }
  }

  private func readHead(_ file: FileEntry, length: Int) throws(GuestReadError) -> FileContent {
    try readPart(file, length: length, offset: 0)
  }

  /// The whole of a file that is no larger than its size says.
  func readSmall(_ file: FileEntry) throws(GuestReadError) -> FileContent {
    if let bytes = passing.bytes(of: file) { return .bytes(bytes) }
    let content = try readSingle(file, limit: Int(clamping: max(0, file.metadata.size)))
    if case .bytes(let bytes) = content { passing.offer(file, bytes) }
    return content
  }

  private func readPart(
    _ file: FileEntry, length: Int, offset: Int64
  ) throws(GuestReadError) -> FileContent {
    if let known = passing.bytes(of: file) {
      let start = Int(clamping: max(0, offset))
      return .bytes(Array(known.dropFirst(start).prefix(length)))
    }
    var bytes: [UInt8] = []
    do {
      while bytes.count < length, offset + Int64(bytes.count) < file.metadata.size {
        let part = try appliance.request { (g) throws(GuestfsError) in
          try g.read(file.pathBytes, count: length - bytes.count, offset: offset + Int64(bytes.count))
        }
        if part.isEmpty { break }
        bytes += part
      }
    } catch {
      try rethrowIfLost(error)
      return .unreadable(reason: error.description)
    }
    contentBytes += Int64(bytes.count)
    return .bytes(bytes)
  }

  private func readArchive(
    of directory: FileEntry, wanted: Set<UInt32>, limit: Int
  ) throws(GuestReadError) -> [UInt32: [UInt8]] {
    var failure: GuestfsError?
    let contents = withByteStream(
      read: {
        TarStream.read($0, of: directory) { file in
          wanted.contains(file.id) ? limit : PassingFiles.wants(file) ? PassingFiles.fileLimit : nil
        }
      }
    ) { descriptor in
      do {
        try appliance.request { (g) throws(GuestfsError) in
          try g.tar(directory.pathBytes, to: descriptor)
        }
      } catch {
        failure = error as? GuestfsError ?? GuestfsError(call: "tar_out", message: "\(error)")
      }
    }
    if let failure { try rethrowIfLost(failure) }
    contentBytes += contents?.bytes ?? 0
    return contents?.files ?? [:]
  }

  private func readSingle(_ file: FileEntry, limit: Int) throws(GuestReadError) -> FileContent {
    var bytes: [UInt8] = []
    do {
      while bytes.count <= limit {
        let part = try appliance.request { (g) throws(GuestfsError) in
          try g.read(file.pathBytes, count: limit + 1 - bytes.count, offset: Int64(bytes.count))
        }
        if part.isEmpty { break }
        bytes += part
        if Int64(bytes.count) >= file.metadata.size { break }
      }
    } catch {
      try rethrowIfLost(error)
      return .unreadable(reason: error.description)
    }
    contentBytes += Int64(bytes.count)
    return bytes.count > limit ? .tooLarge(size: file.metadata.size) : .bytes(bytes)
  }

  /// A request that failed is an answer; an appliance that is gone answers nothing any more.
  func rethrowIfLost(_ error: GuestfsError) throws(GuestReadError) {
    let message = error.description
    if HelperProcesses.interruption != 0 { throw GuestReadError("interrupted") }
    if message.contains("appliance closed the connection") || message.contains("did not answer")
      || message.contains("call launch before")
    {
      throw GuestReadError("the appliance was lost while it read the guest: \(message)")
    }
  }
}

extension FileMetadata {
  /// Whether an extended attribute can give somebody a right that the mode does not show, so that reading it is worth
  /// a request.
  ///
  /// A file capability takes effect only when the file is executed. An access control list gives named users and
  /// groups at most its mask, and chmod(2) and stat(2) show the mask as the group's bits (acl(5), "Correspondence
  /// between ACL entries and file permission bits"): where the group may do no more than others, nobody gains
  /// anything. Directories have default lists besides, which give such rights on what is created there later; below
  /// /usr only package managers create files, and they set the mode and with it the mask.
  ///
  /// - Parameter isPackaged: whether the inode lies in a directory of which `isPackagedDirectory` holds.
  func attributesCanMatter(isPackaged: Bool) -> Bool {
    let groupMayDoMore = permissions >> 3 & 0o7 & ~permissions != 0
    return switch type {
    case .directory: groupMayDoMore || !isPackaged
    case .regular: groupMayDoMore || permissions & 0o111 != 0
    default: false
    }
  }

  /// Whether a directory, by its path without the slash at the start, is in the hands of the package manager.
  static func isPackagedDirectory(_ path: [UInt8]) -> Bool {
    path.starts(with: "usr/".utf8) && !path.starts(with: "usr/local".utf8)
  }
}

extension ExtendedAttribute {
  /// File capabilities, access control lists and labels; what applications store for themselves is left out.
  var mattersForSecurity: Bool {
    name.hasPrefix("security.") || name.hasPrefix("system.posix_acl_") || name == "trusted.overlay.opaque"
  }
}

/// Digests are computed in the appliance, out of which only they come, not the content; those of small single files
/// here.
extension ApplianceFilesystem {
  func digests(
    of files: [FileEntry], algorithm: DigestAlgorithm, _ body: (FileEntry, FileDigest) -> Void
  ) throws(GuestReadError) {
    guard let index = files.first?.index else { return }
    var pending = Dictionary(files.map { ($0.id, $0) }) { first, _ in first }
    readAheadFar()
    let plan = ReadPlanner(Array(pending.values), index: index, costs: .digests).plan()
    for directory in plan.archives {
      guard let entry = index.entry(id: directory) else { continue }
      for (path, digest) in try digestList(of: entry, algorithm) {
        guard case .found(let file) = index.resolve(path, followLast: false),
          let wanted = pending.removeValue(forKey: file.id)
        else { continue }
        body(wanted, .hex(digest))
      }
    }
    for file in pending.values.sorted(by: { $0.id < $1.id }) {
      body(file, try digest(of: file, algorithm))
    }
  }

  /// Digests read whole files in order. With 4 MiB in place of the kernel's 128 KiB, reading takes a fifth less from a
  /// compressed image.
  private func readAheadFar() {
    for device in Set([system.root] + system.mounts.map(\.device)) where device.hasPrefix("/dev/") {
      // It is as right without.
      _ = try? appliance.request { (g) throws(GuestfsError) in try g.setReadAhead(8192, of: device) }
    }
  }

  private func digest(of file: FileEntry, _ algorithm: DigestAlgorithm) throws(GuestReadError) -> FileDigest {
    if ReadPlanner.Costs.isSoonerTransferred(file.metadata.size) {
      return try ownDigest(of: file, algorithm)
    }
    do {
      return .hex(
        try appliance.request { (g) throws(GuestfsError) in
          try g.checksum(file.pathBytes, algorithm.rawValue)
        })
    } catch {
      try rethrowIfLost(error)
      return .unreadable(reason: error.description)
    }
  }

  private func ownDigest(of file: FileEntry, _ algorithm: DigestAlgorithm) throws(GuestReadError)
    -> FileDigest
  {
    switch try readSmall(file) {
    case .bytes(let bytes):
      var digest = RunningDigest(algorithm)
      bytes.withUnsafeBytes { digest.update($0) }
      return .hex(hexText(digest.finalize()))
    case .unreadable(let reason): return .unreadable(reason: reason)
    case .tooLarge, .notCollected: return .unreadable(reason: "the file is larger than its size says")
    }
  }

  /// Digests of every regular file below a directory, by absolute path.
  private func digestList(
    of directory: FileEntry, _ algorithm: DigestAlgorithm
  ) throws(GuestReadError) -> [(path: [UInt8], digest: String)] {
    var failure: GuestfsError?
    let bytes = withByteStream(read: { readAll($0, limit: 1 << 30) }) { descriptor in
      do {
        try appliance.request { (g) throws(GuestfsError) in
          try g.checksums(of: directory.pathBytes, algorithm.rawValue, to: descriptor)
        }
      } catch {
        failure = error as? GuestfsError ?? GuestfsError(call: "checksums_out", message: "\(error)")
      }
    }
    if let failure { try rethrowIfLost(failure) }
    let prefix = directory.pathBytes
    return (bytes ?? []).split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard let (name, digest) = ChecksumLine.read(line) else { return nil }
      return (prefix + name, digest)
    }
  }
}

/// One line as md5sum(1) and its kin print it: digest, two spaces, name. A line whose name holds a line feed, a
/// carriage return or a backslash begins with a backslash and has these escaped.
enum ChecksumLine {
  /// The name without the dot that it starts with, `/a/b`, and the digest.
  static func read(_ line: ArraySlice<UInt8>) -> (name: [UInt8], digest: String)? {
    let backslash = UInt8(ascii: "\\")
    let isEscaped = line.first == backslash
    let content = isEscaped ? line.dropFirst() : line
    guard let space = content.firstIndex(of: UInt8(ascii: " ")), content.endIndex - space > 3 else {
      return nil
    }
    let name = content[(space + 2)...]
    guard name.first == UInt8(ascii: ".") else { return nil }
    let digest = String(decoding: content[..<space], as: UTF8.self)
    return (isEscaped ? unescaped(name.dropFirst()) : Array(name.dropFirst()), digest)
  }

  private static func unescaped(_ name: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var isEscape = false
    for byte in name {
      if isEscape {
        let known: [UInt8: UInt8] = [UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13]
        result.append(known[byte] ?? byte)
        isEscape = false
      } else if byte == UInt8(ascii: "\\") {
        isEscape = true
      } else {
        result.append(byte)
      }
    }
    return result
  }
}

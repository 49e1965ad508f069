import DiskImages

/// Headers of encrypted volumes that lie in files, which crypttab names with `header=` (crypttab(5)).
public struct DetachedHeaderProbe: ContentProbe {
  public static let name = "detached-headers"
  public typealias Record = EncryptionHeader
  private static let fileLimit = 16

  /// The usual probe.
  public init() {}

  public var words: String { "reading detached headers" }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<EncryptionHeader> {
    var answer = ProbeAnswer<EncryptionHeader>()
    for path in Self.paths(evidence).prefix(Self.fileLimit) {
      guard case .found(let file) = evidence.index.resolve(path), file.type == .regular else { continue }
      var failure: String?
      let source = DeviceBytes(size: file.metadata.size) { offset, count in
        var bytes: [UInt8]?
        do throws(GuestReadError) {
          try filesystem.readRanges([FileRange(file, offset: offset, length: count)]) { _, content in
            if case .bytes(let read) = content { bytes = read }
          }
        } catch {
          failure = error.description
        }
        if bytes == nil { failure = failure ?? "the header could not be read" }
        return bytes
      }
      if let header = EncryptionHeader.read(source) {
        answer.records[file.id] = header
      } else if let failure {
        answer.unread[file.id] = failure
      }
    }
    return answer
  }

  /// Absolute paths of the option; one on another device is not a file of the guest.
  private static func paths(_ evidence: Evidence) -> [String] {
    guard let table = try? evidence.text(at: "/etc/crypttab") else { return [] }
    return table.lines.flatMap { line -> [String] in
      let fields = line.text.split { $0 == " " || $0 == "\t" }
      guard fields.count > 3, fields[0].first != "#" else { return [] }
      return fields[3].split(separator: ",").filter { $0.hasPrefix("header=/") && !$0.contains(":") }
        .map { String($0.dropFirst(7)) }
    }
  }
}

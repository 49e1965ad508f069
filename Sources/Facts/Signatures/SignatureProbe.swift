import DiskImages
import Evidence
import Foundation

/// Which files match signatures that the user gives. Asked by the user alone: content has to be copied out of the image.
///
/// Looked at are programs and libraries, and every file in the places where people put files: homes, /srv, /opt,
/// /usr/local, /tmp, web roots, cron's folders.
public struct SignatureProbe: ContentProbe {
  /// What is known of one file that matches.
  public struct Record: Codable, Sendable, Hashable {
    /// `yara:RULE` and `clamav:SIGNATURE`.
    public var signatures: [String]
  }

  public static let name = "signatures"
  public var words: String { "looking for signatures" }

  /// Bytes of one file.
  static let fileLimit = 64 << 20
  /// Bytes of all files.
  static let totalLimit: Int64 = 8 << 30
  /// Bytes that lie in the folder at a time.
  static let batchLimit: Int64 = 256 << 20

  private static let places = PathPatterns([
    "/home/**", "/root/**", "/srv/**", "/opt/**", "/usr/local/**", "/tmp/**", "/var/tmp/**", "/var/www/**",
    "/etc/cron*/**", "/var/spool/cron/**", "/etc/init.d/*", "/dev/shm/**",
  ])

  private let scanners: [SignatureScanner]

  /// A probe with the given scanners.
  public init(_ scanners: [SignatureScanner]) { self.scanners = scanners }

  public func union(_ other: Self) -> Self {
    Self(scanners + other.scanners.filter { !scanners.contains($0) })
  }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record> {
    var answer = ProbeAnswer<Record>(scope: scanners.map(\.engine.rawValue).joined(separator: " "))
    var batch: [FileEntry] = []
    var (size, total): (Int64, Int64) = (0, 0)
    for file in evidence.index.entries where isOfInterest(file) {
      let length = file.metadata.size
      guard length <= Self.fileLimit, total <= Self.totalLimit - length else {
        answer.unread[file.id] = "too large to look for signatures: \(length) bytes"
        continue
      }
      total += length
      if size + length > Self.batchLimit {
        try scan(batch, filesystem, &answer)
        (batch, size) = ([], 0)
      }
      batch.append(file)
      size += length
    }
    try scan(batch, filesystem, &answer)
    return answer
  }

  private func isOfInterest(_ file: FileEntry) -> Bool {
    file.type == .regular && file.metadata.size > 0 && (file.isProgram || Self.places.match(file.path))
  }

  private func scan(
    _ files: [FileEntry], _ filesystem: any GuestFilesystem, _ answer: inout ProbeAnswer<Record>
  ) throws(GuestReadError) {
    guard !files.isEmpty else { return }
    let folder = NSTemporaryDirectory() + "brinell-signatures-\(UUID().uuidString)"
    guard mkdir(folder, 0o700) == 0 else {
      throw GuestReadError("\(folder): the folder for signatures could not be made")
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var written: [FileEntry] = []
    try filesystem.readContents(of: files, limit: Self.fileLimit) { file, content in
      guard case .bytes(let bytes) = content else {
        answer.unread[file.id] = "its content could not be read"
        return
      }
      if FileManager.default.createFile(atPath: "\(folder)/\(file.id)", contents: Data(bytes)) {
        written.append(file)
      } else {
        answer.unread[file.id] = "it could not be copied to \(folder)"
      }
    }
    for scanner in scanners {
      do {
        for (name, signatures) in try scanner.matches(in: folder) {
          guard let id = UInt32(name) else { continue }
          answer.records[id, default: Record(signatures: [])].signatures += signatures.sorted()
        }
      } catch {
        for file in written { answer.unread[file.id] = error.description }
      }
    }
  }
}

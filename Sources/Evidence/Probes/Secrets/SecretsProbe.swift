import DiskImages

/// Where secrets lie in a guest, found while its files can still be read. The records hold kinds, places and the public
/// halves of keys; no secret, no part of one and no digest of one.
public struct SecretsProbe: ContentProbe {
  public typealias Record = SecretRecord

  public static let name = "secrets"
  public var words: String { "searching for secrets" }

  /// A search with the usual limits: 20 000 files, 64 MiB, of files above 1 MiB the first 64 KiB.
  public init() { self.init(limits: SecretSearchPlan.Limits()) }

  private let limits: SecretSearchPlan.Limits

  init(limits: SecretSearchPlan.Limits) { self.limits = limits }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<SecretRecord> {
    let plan = SecretSearchPlan(evidence.index, limits: limits)
    var answer = ProbeAnswer<SecretRecord>()
    try filesystem.readContents(of: plan.whole, limit: Int(SecretSearchPlan.wholeLimit)) { file, content in
      search(file, content, isHead: false, &answer)
    }
    try filesystem.readHeads(of: plan.heads, length: SecretSearchPlan.headLength) { file, content in
      search(file, content, isHead: true, &answer)
    }
    for (directory, count) in plan.leftOut {
      answer.unread[directory] = "\(count) files beyond the limits of the search"
    }
    return answer
  }

  private func search(
    _ file: FileEntry, _ content: FileContent, isHead: Bool, _ answer: inout ProbeAnswer<SecretRecord>
  ) {
    switch content {
    case .bytes(let bytes):
      if isProgram(bytes) { return }
      let isHead = isHead && bytes.count < max(0, file.metadata.size)
      let searched = SearchedFile(path: file.path, bytes: bytes, isHead: isHead)
      if let record = SecretDetectors.search(searched) { answer.records[file.id] = record }
      if isHead, searched.isText {
        answer.unread[file.id] = "only the first \(bytes.count >> 10) KiB were searched"
      }
    case .tooLarge(let size): answer.unread[file.id] = "\(size) bytes"
    case .unreadable(let reason): answer.unread[file.id] = reason
    case .notCollected: answer.unread[file.id] = "not collected"
    }
  }

  private func isProgram(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) }
}

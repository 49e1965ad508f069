import DiskImages

/// Whether accounts have one of a few known passwords: each hash of shadow(5) and passwd(5) is tried with libxcrypt.
/// Which password it was is not recorded.
///
/// No baseline asks this by itself: the user does, since trying passwords takes time.
public struct DefaultPasswordsProbe: ContentProbe {
  /// The accounts of one file, by name.
  public typealias Record = [String: Answer]

  /// What is known of an account's password.
  public enum Answer: Codable, Hashable, Sendable {
    /// One of the known ones.
    case known
    /// None of those that were tried.
    case other
    /// It was not tried, for this reason.
    case untried(String)
  }

  public static let name = "default-passwords"
  public var words: String { "trying default passwords" }

  private let passwords: DefaultPasswords
  private let seconds: Double

  /// A probe with the built-in list and the one of the user; it stops after `seconds`.
  public init(_ further: DefaultPasswords? = nil, seconds: Double = 120) {
    passwords = further.map { DefaultPasswords.known.union($0) } ?? .known
    self.seconds = seconds
  }

  public func union(_ other: Self) -> Self {
    var united = self
    united = Self(passwords.union(other.passwords), seconds: max(seconds, other.seconds))
    return united
  }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record> {
    var answer = ProbeAnswer<Record>()
    var files: [FileEntry] = []
    for path in ["/etc/shadow", "/etc/passwd"] {
      guard case .found(let file) = evidence.index.resolve(path), file.type == .regular else { continue }
      files.append(file)
    }
    let attempt = PasswordAttempt(passwords, deadline: .now + .seconds(seconds))
    try filesystem.readContents(of: files, limit: 4 << 20) { file, content in
      switch content {
      case .bytes(let bytes):
        let record = attempt.answers(bytes)
        if !record.isEmpty { answer.records[file.id] = record }
      case .tooLarge(let size): answer.unread[file.id] = "\(size) bytes"
      case .unreadable(let reason): answer.unread[file.id] = reason
      case .notCollected: answer.unread[file.id] = "not collected"
      }
    }
    return answer
  }
}

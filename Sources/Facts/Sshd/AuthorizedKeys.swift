import DiskImages
import Evidence

/// The files in which sshd looks for the keys that let an account in (sshd_config(5), AuthorizedKeysFile), for every
/// account and every Match block that its login could meet.
///
/// What AuthorizedKeysCommand prints is not on the disk.
public struct AuthorizedKeys: FactModel {
  /// A file that exists, and whom its keys let in.
  public struct File: Sendable, Hashable {
    public var account: String
    public var entry: FileEntry
  }

  public static let needs: [ContentNeed] = SshdConfiguration.needs + Accounts.needs

  /// Accounts times Match blocks: more than this many would take too long.
  private static let limit = 200_000

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    // The configuration may name further files yet; then the next round knows more.
    let facts = GuestFacts(evidence, asOf: 0)
    let paths = Set((try? files(facts))?.map(\.entry.path) ?? [])
    return SshdConfiguration.furtherNeeds(evidence) + paths.map { ContentNeed($0) }
  }

  /// By account and path.
  public let files: [File]

  public init(_ facts: GuestFacts) throws(EvidenceGap) { files = try Self.files(facts) }

  private static func files(_ facts: GuestFacts) throws(EvidenceGap) -> [File] {
    let accounts: Accounts = try facts.model()
    let sshd: SshdConfiguration = try facts.model()
    guard let keyword = SshdKeyword.named("AuthorizedKeysFile") else { return [] }
    let general = try sshd.answers(keyword)
    guard accounts.accounts.count * general.count <= limit else {
      throw EvidenceGap(path: "/etc/ssh/sshd_config", reason: "too many accounts and Match blocks")
    }
    var files: Set<File> = []
    for account in accounts.accounts {
      let answers = general.count == 1 ? general : try sshd.answers(keyword, user: account.name)
      for path in Set(answers.flatMap { paths($0.value.value, of: account) }) {
        guard let entry = try facts.evidence.entry(at: path), entry.type == .regular else { continue }
        files.insert(File(account: account.name, entry: entry))
      }
    }
    return files.sorted { ($0.account, $0.entry.path) < ($1.account, $1.entry.path) }
  }

  /// Tokens put in place; what is not absolute then lies in the home (`expand_authorized_keys` in OpenSSH's auth.c).
  static func paths(_ value: [String], of account: Account) -> [String] {
    value.filter { $0.lowercased() != "none" }.compactMap { pattern in
      guard let path = expand(pattern, account) else { return nil }
      return path.hasPrefix("/") ? path : account.home + "/" + path
    }
  }

  /// Nil for a token that sshd does not know: it ends then.
  private static func expand(_ pattern: String, _ account: Account) -> String? {
    var path = ""
    var isToken = false
    for character in pattern {
      guard isToken else {
        isToken = character == "%"
        if !isToken { path.append(character) }
        continue
      }
      switch character {
      case "%": path.append("%")
      case "h": path += account.home
      case "u": path += account.name
      case "U": path += String(account.uid)
      default: return nil
      }
      isToken = false
    }
    return isToken ? nil : path
  }
}

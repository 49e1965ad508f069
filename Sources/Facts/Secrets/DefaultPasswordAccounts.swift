import Evidence

/// Accounts whose passwords were tried at collection. Asking it does not make the collection try: the user does.
public struct DefaultPasswordAccounts: FactModel {
  public static let needs: [ContentNeed] = []

  /// One account.
  public struct Account: Hashable, Sendable {
    public var name: String
    /// The file that holds the hash.
    public var path: String
    public var answer: DefaultPasswordsProbe.Answer
  }

  /// In the order of the names.
  public let accounts: [Account]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let answer = try facts.evidence.answer(of: DefaultPasswordsProbe.self)
    if let (id, reason) = answer.unread.min(by: { $0.key < $1.key }) {
      throw EvidenceGap(path: facts.evidence.index.entry(id: id)?.path ?? "/etc/shadow", reason: reason)
    }
    var accounts: [Account] = []
    for (id, record) in answer.records {
      let path = facts.evidence.index.entry(id: id)?.path ?? "/etc/shadow"
      accounts += record.map { Account(name: $0.key, path: path, answer: $0.value) }
    }
    self.accounts = accounts.sorted { ($0.name, $0.path) < ($1.name, $1.path) }
  }
}

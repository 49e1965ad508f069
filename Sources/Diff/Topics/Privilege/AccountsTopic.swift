import Evidence
import Facts

/// Accounts with what decides over a login.
public enum AccountsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.privilege
  public static let name = "accounts"
  public static let title = "accounts"
  public static let models: [any FactModel.Type] = [Accounts.self]

  public static func told(_ changes: [DiffChange]) -> [DiffChange] {
    changes.map { $0.reduced(separator: ", ") }
  }

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let accounts: Accounts = try facts.model()
    var items: [DiffItem] = []
    for account in accounts.accounts {
      let password = try accounts.password(of: account)
      let text =
        "uid \(account.uid), gid \(account.gid), home \(account.home), shell \(account.loginShell), "
        + "password \(password.words)"
      items.append(DiffItem(account.name, text, accounts.origin(of: account)))
    }
    return items
  }
}

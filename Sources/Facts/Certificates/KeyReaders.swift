import DiskImages
import Evidence

/// Who can read a private key through its group.
public struct KeyReaders {
  private let evidence: Evidence
  private let accounts: Accounts

  /// - Throws: `EvidenceGap` if the accounts cannot be read.
  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    evidence = facts.evidence
    accounts = try facts.model(Accounts.self)
  }

  /// The group that can read the file and its members, if it is none of root's and somebody is a member; an account
  /// whose own group it is counts only where there are several.
  public func readers(of path: String) throws(EvidenceGap) -> (group: String, members: [String])? {
    guard let file = try evidence.entry(at: path), file.permissions & 0o040 != 0, file.metadata.gid != 0
    else {
      return nil
    }
    let gid = file.metadata.gid
    let listed = accounts.groups.filter { $0.gid == gid }.flatMap(\.members).filter { $0 != "root" }
    let own = accounts.accounts.filter { $0.gid == gid }.map(\.name)
    guard !listed.isEmpty || own.count > 1 else { return nil }
    return (accounts.group(gid: gid)?.name ?? String(gid), Array(Set(listed + own)).sorted())
  }
}

import DiskImages
import Evidence

/// A secret of the guest, with what the rest of the guest says of it.
public struct Secret: Hashable, Sendable {
  public var path: String
  public var finding: SecretFinding
  /// Why it is no secret of this image in particular: nil, or in words.
  public var testKey: String?
  /// A file with a certificate of the same key.
  public var certificate: String?
  /// Whether everybody in the guest can read the file.
  public var isReadableByOthers: Bool
}

/// Where secrets lie in the guest.
public struct Secrets: FactModel {
  public static let needs: [ContentNeed] = []
  public static var probes: [any ContentProbe] { [SecretsProbe()] }

  /// In the order of the files.
  public let secrets: [Secret]
  /// What was not searched, with the reason.
  public let unread: [EvidenceGap]
  /// How many secrets beyond those listed a file holds, by its path.
  public let further: [String: Int]

  /// Which package brought a key below /usr is asked only if one lies there.
  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    let hasKey = evidence.index.matches("/usr/*").contains { directory in
      directory.name != "local"
        && directory.subtree.contains { $0.type == .regular && isKeyName($0.nameBytes) }
    }
    return hasKey ? PackagedFiles.needs : []
  }

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let answer = try evidence.answer(of: SecretsProbe.self)
    var certificates: [String: String] = [:]
    let files = answer.records.sorted { $0.key < $1.key }.compactMap { id, record in
      evidence.index.entry(id: id).map { (file: $0, record: record) }
    }
    for (file, record) in files {
      let path = file.path
      for digest in record.certificates where certificates[digest] == nil { certificates[digest] = path }
    }
    let packages = try? facts.model(PackagedFiles.self)
    var secrets: [Secret] = []
    var further: [String: Int] = [:]
    for (file, record) in files {
      let path = file.path
      let testKey = Self.testKey(file, path, packages)
      let isReadable = Self.isReadableByOthers(file)
      if record.further > 0 { further[path] = record.further }
      for finding in record.findings {
        secrets.append(
          Secret(
            path: path, finding: finding, testKey: testKey,
            certificate: finding.publicKey.flatMap { certificates[$0] }, isReadableByOthers: isReadable))
      }
    }
    self.secrets = secrets
    self.further = further
    unread =
      answer.unread.sorted { $0.key < $1.key }.map { id, reason in
        EvidenceGap(path: evidence.index.entry(id: id)?.path ?? "/", reason: reason)
      }
      + evidence.index.gaps.filter { !Self.isElsewhere($0) }.map {
        EvidenceGap(path: $0.path, reason: $0.reason)
      }
  }

  /// Keys that everybody has or that are made for tests: what a package brought below /usr, and ssl-cert's own, which
  /// make-ssl-cert(8) makes when the package is installed.
  private static func testKey(_ file: FileEntry, _ path: String, _ packages: PackagedFiles?) -> String? {
    if path == "/etc/ssl/private/ssl-cert-snakeoil.key" { return "made for tests by the package ssl-cert" }
    // A configuration file that a package brought may have got a password since.
    guard path.hasPrefix("/usr/"), !path.hasPrefix("/usr/local/") else { return nil }
    if let package = packages?.owner(of: file) {
      return "the package \(package) brought it: everybody has it"
    }
    return packages?.isKnown == true ? nil : "below /usr, where packages put it: everybody has it"
  }

  /// Whether others may read the file and pass through every directory above it.
  private static func isReadableByOthers(_ file: FileEntry) -> Bool {
    guard file.permissions & 0o004 != 0 else { return false }
    var directory = file.parent
    for _ in 0..<4096 {
      if directory.permissions & 0o001 == 0 { return false }
      if directory.id == 0 { return true }
      directory = directory.parent
    }
    return true
  }

  /// Places that are not searched anyway.
  private static func isElsewhere(_ gap: FileIndex.Gap) -> Bool {
    gap.kind == .networkMount
      || ["/proc", "/sys", "/dev", "/run"].contains { gap.path == $0 || gap.path.hasPrefix($0 + "/") }
  }

  private static func isKeyName(_ name: ArraySlice<UInt8>) -> Bool {
    // Most of a hundred thousand names end here.
    guard name.count >= 4, name.starts(with: "id_".utf8) || name.suffix(9).contains(UInt8(ascii: ".")) else {
      return false
    }
    let text = String(decoding: name, as: UTF8.self).lowercased()
    return [".key", ".p12", ".pfx", ".jks", ".keystore", ".ppk", ".keytab"].contains { text.hasSuffix($0) }
      || text.hasPrefix("id_") && !text.contains(".")
  }
}

import DiskImages
import Evidence
import Facts

/// Secrets that lie in files of the guest.
public struct SecretKind: CheckKind {
  public static let name = "secret"
  public static let summary =
    "Finds private keys, credentials, tokens and passwords in files; each file is a finding. No value is shown."
  public static let parameters: [ParameterSpecification] = [
    .init("kinds", .textList, "what counts: \(kindNames); all unless given"),
    .init(
      "encrypted", .choice(["allowed", "forbidden"]),
      "whether keys with a passphrase are let pass; allowed unless given"),
    .init("exclude", .textList, "patterns of paths that are left out, with what lies below them"),
    .init("matches_certificate", .boolean, "whether only keys of a certificate in the image count"),
    .init("readable_by_others", .boolean, "whether only files count that everybody in the guest can read"),
    .init(
      "test_keys", .choice(["ignored", "only", "counted"]),
      "keys that packages bring or make for tests; ignored unless given"),
  ]

  private static let kindNames = SecretFinding.Kind.allCases.map(\.rawValue).joined(separator: ", ")

  private enum TestKeys: String { case ignored, only, counted }

  private let kinds: Set<SecretFinding.Kind>
  private let allowsEncrypted: Bool
  private let exclude: PathPatterns
  private let needsCertificate: Bool
  private let needsReadability: Bool
  private let testKeys: TestKeys

  public init(_ parameters: Parameters) throws(ParameterError) {
    let kinds = Set<SecretFinding.Kind>(try parameters.cases("kinds"))
    if parameters.has("kinds"), kinds.isEmpty { throw ParameterError("kinds", "'kinds' names nothing") }
    self.kinds = kinds.isEmpty ? Set(SecretFinding.Kind.allCases) : kinds
    allowsEncrypted = parameters.text("encrypted") != "forbidden"
    exclude = PathPatterns(parameters.list("exclude"))
    needsCertificate = parameters.boolean("matches_certificate") ?? false
    needsReadability = parameters.boolean("readable_by_others") ?? false
    testKeys = parameters.text("test_keys").flatMap(TestKeys.init) ?? .ignored
  }

  public var plan: CollectionPlan { CollectionPlan([Secrets.self]) }

  private var expected: String {
    let names =
      kinds.count == SecretFinding.Kind.allCases.count
      ? "secret" : kinds.map(\.rawValue).sorted().joined(separator: ", ")
    return "no \(names)" + (allowsEncrypted ? " in clear" : "") + " in a file"
      + (needsReadability ? " that everybody can read" : "")
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let secrets = try facts.model(Secrets.self)
    var objections = Objections(expected: expected)
    for secret in secrets.secrets where counts(secret) {
      objections.add(secret.path, actual: words(secret), evidence: [evidence(secret)])
    }
    for gap in secrets.unread.prefix(Self.gapLimit) where !exclude.matchOrHold(gap.path) {
      objections.add(
        gap.path, .undecided(reason: "\(gap.path): \(gap.reason)"), actual: "not searched: \(gap.reason)")
    }
    if secrets.unread.count > Self.gapLimit {
      let reason = "\(secrets.unread.count - Self.gapLimit) more files and directories were not searched"
      objections.add("/", .undecided(reason: reason), actual: reason)
    }
    return objections.outcomes(passing: "files of the guest", "none found")
  }

  /// Files that were not searched and are named.
  private static let gapLimit = 20

  private func counts(_ secret: Secret) -> Bool {
    guard kinds.contains(secret.finding.kind), !exclude.matchOrHold(secret.path) else { return false }
    if allowsEncrypted, secret.finding.isEncrypted == true { return false }
    if needsCertificate, secret.certificate == nil { return false }
    if needsReadability, !secret.isReadableByOthers { return false }
    switch testKeys {
    case .ignored: return secret.testKey == nil
    case .only: return secret.testKey != nil
    case .counted: return true
    }
  }

  private func words(_ secret: Secret) -> String {
    var words = [secret.finding.words]
    switch secret.finding.isEncrypted {
    case true?: words.append("with a passphrase")
    case false?: words.append("without a passphrase")
    case nil: break
    }
    if let certificate = secret.certificate { words.append("the key of the certificate \(certificate)") }
    if secret.isReadableByOthers { words.append("readable by everybody") }
    if let testKey = secret.testKey { words.append(testKey) }
    return words.joined(separator: ", ")
  }

  private func evidence(_ secret: Secret) -> EvidenceLine {
    EvidenceLine(
      path: secret.path, line: secret.finding.line, text: secret.finding.words,
      origin: secret.finding.kind.rawValue)
  }
}

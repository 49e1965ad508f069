import Evidence
import Facts

/// Where the guest would take packages from, and whether they are verified.
public struct RepoKind: CheckKind {
  public static let name = "repo"
  public static let summary =
    "Reads the repositories of apt, dnf, zypper, apk and pacman: signed, over https, from known hosts, security updates."
  public static let parameters: [ParameterSpecification] = [
    .init("signed", .boolean, "every enabled repository is verified by signatures"),
    .init("https", .boolean, "every enabled repository is reached over https or lies on the machine"),
    .init(
      "hosts", .textList, "every enabled repository lies on one of these hosts or below one of these domains"),
    .init(
      "security_suite", .boolean, "a repository with the security updates of the guest's release is enabled"),
  ]

  private let signed: Bool
  private let https: Bool
  private let hosts: [String]
  private let securitySuite: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    signed = parameters.boolean("signed") ?? false
    https = parameters.boolean("https") ?? false
    hosts = parameters.list("hosts").map { $0.lowercased() }
    securitySuite = parameters.boolean("security_suite") ?? false
    for key in ["signed", "https", "security_suite"] where parameters.boolean(key) == false {
      throw ParameterError(key, "'\(key)' can only be required: leave it out or say true")
    }
    if !signed && !https && hosts.isEmpty && !securitySuite {
      throw ParameterError(nil, "one of signed, https, hosts, security_suite is missing")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([PackageRepositories.self, OSRelease.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let repositories: PackageRepositories = try facts.model()
    var outcomes: [Outcome] = []
    if signed || https || !hosts.isEmpty { outcomes += repositories.enabled.map(judge) }
    if securitySuite { outcomes.append(try judgeSecurity(repositories, facts)) }
    return outcomes
  }

  private func judge(_ repository: PackageRepository) -> Outcome {
    var objections: [String] = []
    if signed, case .unverified(let setting) = repository.verification {
      objections.append("not verified: \(setting)")
    }
    if https, let plain = repository.uris.first(where: { $0.hasPrefix("http://") || $0.hasPrefix("ftp://") })
    {
      objections.append("over \(plain.prefix { $0 != ":" })")
    }
    if !hosts.isEmpty, let foreign = repository.hosts.first(where: { !isKnown($0) }) {
      objections.append("from \(foreign)")
    }
    let expected =
      (signed ? ["verified by signatures"] : []) + (https ? ["over https"] : [])
      + (hosts.isEmpty ? [] : ["from \(hosts.joined(separator: ", "))"])
    return Outcome(
      objections.isEmpty ? .pass : .fail, subject: "\(repository.manager) \(repository.id)",
      expected: expected.joined(separator: ", "),
      actual: objections.isEmpty ? "as required" : objections.joined(separator: ", "),
      evidence: [.init(repository.origin)])
  }

  private func isKnown(_ host: String) -> Bool { hosts.contains { host == $0 || host.hasSuffix("." + $0) } }

  private func judgeSecurity(_ repositories: PackageRepositories, _ facts: GuestFacts) throws(EvidenceGap)
    -> Outcome
  {
    let system: OSRelease = try facts.model()
    let isDebian = system.id == "debian" || system.id == "ubuntu" || system.idLike.contains("debian")
    let found: PackageRepository? =
      if isDebian {
        repositories.enabled.first { Self.isSecurity($0, codename: system.versionCodename) }
      } else if system.id == "fedora" {
        repositories.enabled.first { $0.id == "updates" }
      } else {
        repositories.enabled.first
      }
    let expected =
      isDebian
      ? "the suite \(system.versionCodename ?? "…")-security is enabled"
      : "a repository with updates is enabled"
    let evidence = (found.map { [$0] } ?? Array(repositories.repositories.prefix(4))).map {
      EvidenceLine($0.origin)
    }
    return Outcome(
      found == nil ? .fail : .pass, subject: "security updates", expected: expected,
      actual: found.map(\.id) ?? "none of \(repositories.enabled.count) enabled repositories",
      evidence: evidence)
  }

  /// `bookworm-security`, `bullseye/updates`, `stable-security`; the suite of another release does not count.
  private static func isSecurity(_ repository: PackageRepository, codename: String?) -> Bool {
    guard let suite = repository.suite else { return false }
    for ending in ["-security", "/updates"] where suite.hasSuffix(ending) {
      let base = suite.dropLast(ending.count)
      return codename == nil || base == codename ?? ""
        || ["stable", "oldstable", "oldoldstable"].contains(base)
    }
    return false
  }
}

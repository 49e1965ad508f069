import Advisories
import Evidence
import Facts

/// Whether installed packages have known vulnerabilities, by the database of advisories that the user gives.
///
/// One outcome for each source package, whose evidence is its vulnerabilities, the worst first. Without a database, or
/// without advisories for the guest's release, the answer is undecided, never pass.
public struct AdvisoryKind: CheckKind {
  public static let name = "advisory"
  public static let summary =
    "Looks up installed packages in the imported advisories: which have vulnerabilities, and is there a fix."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "minimum_severity", .choice(AdvisorySeverity.allCases.map(\.word)),
      "vulnerabilities below it do not count (low if left out); those that no source rates count as high"),
    .init(
      "fix", .choice(["available", "none", "any"]),
      "count those with a fix, without one, or all (if left out)"),
    .init("older_than_days", .integer, "count those published longer ago; an unknown date counts"),
    .init("exploited", .boolean, "count those alone that CISA lists as exploited"),
    .init(
      "ecosystem", .choice(["distribution", "language", "any"]),
      "packages of the distribution (if left out), those of Python, npm and Ruby that did not come with it, or both"
    ),
    .init(
      "kernels", .choice(["booting", "idle"]),
      "judge the kernel that boots with all other software (if left out), or the kernels that only take room"),
    .init("summary", .boolean, "one finding in all in place of one for each package"),
  ]

  private let least: AdvisorySeverity
  private let fixWanted: String
  private let days: Int?
  private let onlyExploited: Bool
  private let ecosystem: String
  private let idleKernels: Bool
  private let isSummary: Bool

  /// Evidence of one finding; the count tells of the rest.
  private static let evidenceKept = 200

  public init(_ parameters: Parameters) throws(ParameterError) {
    let word = parameters.text("minimum_severity") ?? "low"
    guard let least = AdvisorySeverity.allCases.first(where: { $0.word == word }) else {
      throw ParameterError("minimum_severity", "not a severity")
    }
    self.least = least
    fixWanted = parameters.text("fix") ?? "any"
    days = parameters.integer("older_than_days")
    onlyExploited = parameters.boolean("exploited") ?? false
    ecosystem = parameters.text("ecosystem") ?? "distribution"
    idleKernels = parameters.text("kernels") == "idle"
    isSummary = parameters.boolean("summary") ?? false
    if let days, !(0...36_500).contains(days) {
      throw ParameterError("older_than_days", "between 0 and 36500 days")
    }
    if idleKernels && ecosystem != "distribution" {
      throw ParameterError("kernels", "kernels are packages of the distribution")
    }
  }

  public var plan: CollectionPlan {
    var models: [any FactModel.Type] = []
    if asksDistribution { models.append(DistributionAdvisories.self) }
    if asksLanguages { models.append(LanguageAdvisories.self) }
    return CollectionPlan(models)
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let packages = try counted(facts)
    if isSummary { return packages.isEmpty ? [] : [summary(of: packages)] }
    return packages.map(outcome)
  }

  /// The packages that do not pass, the worst first, with those vulnerabilities alone that count.
  public func counted(_ facts: GuestFacts) throws(EvidenceGap) -> [VulnerablePackage] {
    if onlyExploited { try requireCatalogue(facts) }
    var packages: [VulnerablePackage] = []
    if asksDistribution { packages += try facts.model(DistributionAdvisories.self).packages }
    if asksLanguages { packages += try facts.model(LanguageAdvisories.self).packages }
    let counted: [VulnerablePackage] = packages.compactMap { package in
      guard (package.role == .idleKernel) == idleKernels else { return nil }
      var package = package
      package.vulnerabilities = package.vulnerabilities.filter { counts($0, asOf: facts.asOf) }
      return package.vulnerabilities.isEmpty ? nil : package
    }
    return counted.sorted {
      let (left, right) = ($0.vulnerabilities[0].severity, $1.vulnerabilities[0].severity)
      return left != right ? left > right : $0.name < $1.name
    }
  }

  /// The subject of the outcome that counts the package.
  public func subject(for package: VulnerablePackage) -> String {
    isSummary ? summarySubject : package.name
  }

  private var summarySubject: String { asksDistribution ? "packages" : "packages of languages" }

  /// Whether packages of the distribution are judged.
  public var asksDistribution: Bool { ecosystem != "language" }
  /// Whether packages of programming languages are judged.
  public var asksLanguages: Bool { ecosystem != "distribution" }

  /// Without the catalogue nothing is known to be exploited, which is not that nothing is.
  private func requireCatalogue(_ facts: GuestFacts) throws(EvidenceGap) {
    guard let store = facts.supplied(AdvisoryStore.self) else { return }
    if !store.sources.contains(where: { $0.exploited > 0 }) {
      throw EvidenceGap(
        path: "advisories",
        reason: "CISA's catalogue is not in the database:"
          + " run brinell advisories import known_exploited_vulnerabilities.json")
    }
  }

  private func counts(_ vulnerability: Vulnerability, asOf: Int64) -> Bool {
    if vulnerability.severity < least || onlyExploited && vulnerability.exploited == nil { return false }
    switch fixWanted {
    case "available" where vulnerability.fixed == nil: return false
    case "none" where vulnerability.fixed != nil: return false
    default: break
    }
    guard let days, let published = vulnerability.published.flatMap(AdvisoryDate.start) else { return true }
    return asOf - published > Int64(days) * 86_400
  }

  // MARK: Words

  private func outcome(_ package: VulnerablePackage) -> Outcome {
    var actual = package.versions.joined(separator: ", ")
    if package.role == .bootingKernel { actual += " (the kernel that boots)" }
    if package.role == .idleKernel { actual += " (kernels that do not boot)" }
    actual += ": \(count(package.vulnerabilities)), \(worst(package.vulnerabilities))"
    if let fixed = package.fixed, package.vulnerabilities.contains(where: { $0.fixed != nil }) {
      actual += "; fixed in \(fixed)"
    }
    let origin = package.origins.first
    return Outcome(
      .fail, subject: package.name, expected: expected, actual: actual,
      evidence: evidence(package.vulnerabilities, origin: origin))
  }

  private func summary(of packages: [VulnerablePackage]) -> Outcome {
    let all = packages.flatMap { package in
      package.vulnerabilities.map { (package: package.name, vulnerability: $0) }
    }.sorted {
      ($1.vulnerability.severity, $0.package, $0.vulnerability.name)
        < ($0.vulnerability.severity, $1.package, $1.vulnerability.name)
    }
    return Outcome(
      .fail, subject: summarySubject, expected: expected,
      actual: "\(count(all.map(\.vulnerability))) in \(counted(packages.count, "package")):"
        + " \(bySeverity(all.map(\.vulnerability)))",
      evidence: all.prefix(Self.evidenceKept).map { entry in
        EvidenceLine(
          text: "\(entry.package): \(words(entry.vulnerability))", origin: origin(entry.vulnerability))
      })
  }

  private func evidence(_ vulnerabilities: [Vulnerability], origin: Origin?) -> [EvidenceLine] {
    var lines = vulnerabilities.prefix(Self.evidenceKept).map { vulnerability in
      EvidenceLine(
        path: origin?.path, line: origin?.line, text: words(vulnerability), origin: self.origin(vulnerability)
      )
    }
    if vulnerabilities.count > lines.count {
      lines.append(
        EvidenceLine(text: "and \(vulnerabilities.count - lines.count) more", origin: "advisories"))
    }
    return lines
  }

  /// `critical CVE-2024-3094 (CVSS 10.0), fixed in 5.6.2-1, since 2024-03-29: backdoor in xz`.
  private func words(_ vulnerability: Vulnerability) -> String {
    let severity = vulnerability.rating.severity?.word ?? "not rated"
    let reason = vulnerability.rating.severity == nil ? "" : " (\(vulnerability.rating.reason))"
    var text = "\(severity) \(vulnerability.name)\(reason)"
    text += vulnerability.fixed.map { ", fixed in \($0)" } ?? ", no fix"
    if let note = vulnerability.note, vulnerability.fixed == nil { text += " (\(note.prefix(80)))" }
    if let published = vulnerability.published { text += ", of \(published)" }
    if let probability = vulnerability.probability {
      text += ", EPSS \((probability * 1000).rounded() / 10) %"
    }
    return vulnerability.summary.isEmpty ? text : text + ": " + vulnerability.summary.prefix(120)
  }

  private func origin(_ vulnerability: Vulnerability) -> String {
    vulnerability.advisories.prefix(4).joined(separator: ", ")
  }

  private func count(_ vulnerabilities: [Vulnerability]) -> String {
    vulnerabilities.count == 1 ? "1 vulnerability" : "\(vulnerabilities.count) vulnerabilities"
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }

  private func worst(_ vulnerabilities: [Vulnerability]) -> String {
    let first = vulnerabilities[0]
    let severity = first.rating.severity?.word ?? "not rated"
    let exploited = first.exploited == nil ? "" : ", known to be exploited"
    let word = vulnerabilities.count == 1 ? "" : "the worst "
    return "\(word)\(severity) (\(first.name)\(exploited))"
  }

  private func bySeverity(_ vulnerabilities: [Vulnerability]) -> String {
    let counts = Dictionary(grouping: vulnerabilities, by: \.rating.severity).mapValues(\.count)
    let rated = AdvisorySeverity.allCases.reversed().compactMap { severity in
      counts[severity].map { "\($0) \(severity.word)" }
    }
    return (rated + (counts[nil].map { ["\($0) not rated"] } ?? [])).joined(separator: ", ")
  }

  private var expected: String {
    var text = onlyExploited ? "no vulnerability known to be exploited" : "no known vulnerability"
    if least > .low { text += " of severity \(least.word) or above" }
    switch fixWanted {
    case "available": text += " that has a fix"
    case "none": text += " without a fix"
    default: break
    }
    return text + (days.map { $0 > 0 ? " for more than \($0) days" : "" } ?? "")
  }

  public var fix: Fix? {
    guard ecosystem == "distribution", fixWanted == "available", !idleKernels else { return nil }
    return Fix(
      shell: """
        if command -v apt-get >/dev/null; then apt-get update && apt-get -y dist-upgrade
        elif command -v dnf >/dev/null; then dnf -y upgrade
        elif command -v zypper >/dev/null; then zypper --non-interactive update
        elif command -v apk >/dev/null; then apk upgrade --update-cache
        fi
        """,
      ansible: "ansible.builtin.package:\n  name: '*'\n  state: latest")
  }
}

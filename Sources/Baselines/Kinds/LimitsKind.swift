import DiskImages
import Evidence
import Facts

/// A resource limit that pam_limits(8) sets for sessions (limits.conf(5)).
public struct LimitsKind: CheckKind {
  public static let name = "limits"
  public static let summary =
    "Reads the limit that pam_limits sets for a session, from limits.conf and limits.d; services have limits of their own."
  public static let parameters: [ParameterSpecification] =
    [
      .init("item", .text, required: true, "what is limited: core, nofile, nproc, maxlogins …"),
      .init("type", .choice(["hard", "soft"]), "which limit; hard if not given"),
      .init(
        "domain", .text,
        "for whom: * for every user but root, root, or the name of an account; * if not given"),
    ] + Comparison.parameters

  private let item: String
  private let bound: ResourceLimits.Bound
  private let domain: String
  private let comparison: Comparison

  public init(_ parameters: Parameters) throws(ParameterError) {
    item = try parameters.required("item").lowercased()
    bound = parameters.text("type") == "soft" ? .soft : .hard
    domain = parameters.text("domain") ?? "*"
    comparison = try Comparison(parameters)
  }

  public var plan: CollectionPlan {
    CollectionPlan([ResourceLimits.self, SessionModules.self, Accounts.self])
  }

  private var expected: String { "\(bound.rawValue) limit of \(item) \(comparison.words)" }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let limits = try facts.model(ResourceLimits.self)
    var objections = Objections(expected: expected)
    let subject = try self.subject(facts)
    let limit = limits.limit(item, bound, for: subject) ?? Self.inherited(item)
    if let limit, holds(limit.value) {
      objections.judged += 1
    } else {
      objections.add(
        name(domain), actual: limit.map { words($0) } ?? "no limit set", evidence: limit?.evidenceLines ?? [])
    }
    if domain == "*" { judgeExceptions(limits, &objections) }
    try judgeServices(facts, &objections)
    return objections.outcomes(
      passing: name(domain), limit.map { words($0) } ?? "", evidence: limit?.evidenceLines ?? [])
  }

  private func name(_ domain: String) -> String { "\(bound.rawValue) \(item) of \(domain)" }

  private func words(_ limit: Effective<String>) -> String {
    limit.value + (limit.origin.kind == .compiledDefault ? " (nothing sets it)" : "")
  }

  private func subject(_ facts: GuestFacts) throws(EvidenceGap) -> ResourceLimits.Subject {
    if domain == "*" { return .anyone }
    let accounts = try facts.model(Accounts.self)
    guard let account = accounts.account(named: domain) else {
      if domain == "root" { return .account(name: domain, uid: 0, gid: 0, groups: []) }
      throw EvidenceGap(path: "/etc/passwd", reason: "there is no account \(domain)")
    }
    let groups = accounts.groups.filter { $0.gid == account.gid || $0.members.contains(account.name) }
    return .account(name: domain, uid: account.uid, gid: account.gid, groups: groups.map(\.name))
  }

  /// Users and groups for whom lines of their own outweigh `*`; of several lines for one the last counts.
  private func judgeExceptions(_ limits: ResourceLimits, _ objections: inout Objections) {
    var last: [String: ResourceLimits.Entry] = [:]
    for entry in limits.entries where entry.item == item && entry.bounds.contains(bound) {
      if !["*", "%", "root"].contains(entry.domain) { last[entry.domain] = entry }
    }
    for (domain, entry) in last.sorted(by: { $0.key < $1.key }) where !holds(entry.value) {
      objections.add(name(domain), actual: entry.value, evidence: [EvidenceLine(entry.origin)])
    }
  }

  /// Logins whose sessions pam_limits is not called for.
  private func judgeServices(_ facts: GuestFacts, _ objections: inout Objections) throws(EvidenceGap) {
    let stacks = try facts.model(SessionModules.self)
    for service in ["login", "sshd"] {
      guard let modules = try stacks.modules(of: service) else { continue }
      if modules.contains(where: { $0.name == "pam_limits.so" }) { continue }
      objections.add(
        "\(bound.rawValue) \(item) of \(service) sessions",
        actual: "pam_limits is not called, no limit is set",
        evidence: [EvidenceLine(path: "/etc/pam.d/\(service)", text: "no pam_limits.so", origin: "explicit")])
    }
  }

  private func holds(_ value: String) -> Bool {
    // `unlimited` is more than any number.
    comparison.terms.allSatisfy { term in
      var one = comparison
      one.terms = [term]
      return one.holds(for: one.isNumeric && value == "unlimited" ? String(Int.max) : value)
    }
  }

  /// What a session inherits from systemd, which sets the limit of core dumps to infinity for itself and everything
  /// below it (initialize_coredump in src/core/main.c).
  private static func inherited(_ item: String) -> Effective<String>? {
    item == "core"
      ? Effective("unlimited", origin: .compiledDefault("systemd-system.conf(5), DefaultLimitCORE=")) : nil
  }

  public var fix: Fix? {
    guard let value = comparison.example else { return nil }
    let line = "\(domain) \(bound.rawValue) \(item) \(value)"
    let path = "/etc/security/limits.d/99-hardening.conf"
    return Fix(
      shell: """
        mkdir -p /etc/security/limits.d
        grep -qxF '\(line)' \(path) 2>/dev/null || printf '%s\\n' '\(line)' >> \(path)
        """,
      ansible: """
        community.general.pam_limits:
          dest: \(path)
          domain: '\(domain)'
          limit_type: \(bound.rawValue)
          limit_item: \(item)
          value: '\(value)'
        """)
  }
}

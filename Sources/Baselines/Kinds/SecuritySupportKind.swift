import Evidence
import Facts

/// Installed source packages that Debian's security team no longer supports, or only in a limited way.
///
/// As `check-support-status` of debian-security-support 12+2026.06.30 decides it: the name and the day count. The version
/// that the list names does not: it is the last one with support, and a newer one, as from backports, has none either.
public struct SecuritySupportKind: CheckKind {
  public static let name = "security_support"
  public static let summary =
    "Looks up the installed source packages in Debian's lists of ended and limited security support, which the user gives "
    + "or the guest has in the package debian-security-support."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "state", .choice(["ended", "limited", "listed"]), required: true,
      "the list in which no installed package may stand; 'listed' asks only whether there are lists"),
    .init("except", .textList, "source packages that are used as the list allows it"),
  ]

  private let state: String
  private let except: Set<String>

  public init(_ parameters: Parameters) throws(ParameterError) {
    state = try parameters.required("state")
    except = Set(parameters.list("except"))
  }

  public var plan: CollectionPlan {
    CollectionPlan([SecuritySupport.self, InstalledPackages.self])
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let support: SecuritySupport = try facts.model()
    if state == "listed" {
      return [
        Outcome(
          support.lists.isEmpty ? .fail : .pass, subject: "lists of security support",
          expected: "at least one",
          actual: support.lists.isEmpty ? "none" : "there")
      ]
    }
    let list = state == "ended" ? try support.ended() : try support.limited()
    let packages: InstalledPackages = try facts.model()
    let installed = packages.packages.filter { $0.format == "dpkg" && $0.state != .configFiles }
    let bySource = Dictionary(grouping: installed, by: \.sourceName)
    return bySource.keys.sorted().compactMap { source in
      guard !except.contains(source), let entry = list.entry(for: source) else { return nil }
      if let day = entry.ended, !hasPassed(day, facts.asOf) { return nil }
      return outcome(source, entry, bySource[source, default: []])
    }
  }

  /// Support has ended from the day itself on.
  private func hasPassed(_ day: String, _ asOf: Int64) -> Bool {
    CalendarDate(day).map { $0.end - 86_400 <= asOf } ?? false
  }

  private func outcome(
    _ source: String, _ entry: SecuritySupportLists.Entry, _ packages: [Package]
  ) -> Outcome {
    let names = packages.map(\.name).sorted()
    let shown =
      names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    let what = entry.ended.map { "security support ended on \($0)" } ?? "security support is limited"
    return Outcome(
      .fail, subject: source,
      expected: state == "ended" ? "a source package with security support" : "unlimited security support",
      actual: "\(what)\(entry.reason.isEmpty ? "" : ": \(entry.reason)") (installed: \(shown))",
      evidence: [EvidenceLine(entry.origin)] + packages.prefix(1).map { EvidenceLine($0.origin) })
  }
}

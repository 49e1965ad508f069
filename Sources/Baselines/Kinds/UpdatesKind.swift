import Advisories
import Evidence
import Facts
import Foundation

/// Packages for which the guest's own repositories already offer a newer version.
///
/// The indexes are those that the guest fetched last, or that the user gives. What they do not know they cannot tell:
/// without one of an enabled repository, and with old ones that show no update, the answer is undecided.
public struct UpdatesKind: CheckKind {
  public static let name = "updates"
  public static let summary =
    "Compares installed packages with the indexes of the enabled repositories, by the package manager's own rules."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "suite", .choice(["any", "security"]),
      "which updates count: all of them if left out, or those from a suite of security updates"),
    .init("maximum", .integer, "how many source packages may have updates; 0 if left out"),
    .init("index_days", .integer, "how old indexes that show no update may be, in days; 7 if left out"),
  ]

  private let securityOnly: Bool
  private let maximum: Int
  private let indexDays: Int64

  public init(_ parameters: Parameters) throws(ParameterError) {
    securityOnly = parameters.text("suite") == "security"
    maximum = parameters.integer("maximum") ?? 0
    indexDays = Int64(parameters.integer("index_days") ?? 7)
    guard (0...100_000).contains(maximum) else { throw ParameterError("maximum", "between 0 and 100000") }
    guard (0...36_500).contains(indexDays) else {
      throw ParameterError("index_days", "between 0 and 36500 days")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([AvailableUpdates.self, InstalledPackages.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let installed: InstalledPackages = try facts.model()
    if installed.formats.isEmpty {
      throw EvidenceGap(path: "/var/lib/dpkg/status", reason: "no package database that is known is there")
    }
    let available: AvailableUpdates = try facts.model()
    if securityOnly && !available.tellsSecurity {
      throw EvidenceGap(
        path: "/", reason: "the indexes of this package manager do not say which updates are for security")
    }
    let counting = available.updates.filter { $0.isSecurity || !securityOnly }
    let bySource = Dictionary(grouping: counting, by: \.package.sourceName).sorted { $0.key < $1.key }
    var outcomes: [Outcome] = []
    if bySource.count > maximum { outcomes = bySource.map { outcome($0.key, $0.value, available, facts) } }
    outcomes += available.unknown.map { unknown in
      Outcome(
        .undecided(reason: "\(unknown.gap.path): \(unknown.gap.reason)"), subject: unknown.name,
        expected: expected, actual: "what it offers is not known")
    }
    if outcomes.isEmpty { outcomes = [quiet(bySource.count, available, facts)] }
    return outcomes
  }

  private var expected: String {
    let what = securityOnly ? "security updates" : "updates"
    return maximum == 0 ? "no \(what) to install" : "\(what) of \(maximum) source packages at most"
  }

  /// One source package with all that is installed of it.
  private func outcome(
    _ source: String, _ updates: [AvailableUpdate], _ available: AvailableUpdates, _ facts: GuestFacts
  ) -> Outcome {
    let first = updates[0]
    var actual = "\(first.package.version) installed, \(first.candidate) in \(first.suite)"
    let held = updates.filter(\.package.isHeld).map(\.package.name)
    if !held.isEmpty { actual += "; held back: \(held.joined(separator: ", "))" }
    if let phase = first.phase { actual += "; offered to \(phase) % of machines so far" }
    actual += age(available, facts).map { "; index of \($0.words)" } ?? ""
    return Outcome(
      .fail, subject: source, expected: expected, actual: actual,
      evidence: updates.prefix(200).map { update in
        let package = update.package
        return EvidenceLine(
          path: package.origin.path, line: package.origin.line,
          text: "\(package.name):\(package.architecture) \(package.version) -> \(update.candidate)",
          origin: update.suite)
      })
  }

  /// Nothing to object to, as far as the indexes know.
  private func quiet(_ count: Int, _ available: AvailableUpdates, _ facts: GuestFacts) -> Outcome {
    let age = age(available, facts)
    let actual =
      (count == 0 ? "none" : "of \(count) source packages")
      + (age.map { ", by the index of \($0.words)" } ?? "")
    if let age, age.days > indexDays {
      let reason = "the newest index is \(age.days) days old; updates since then are not known"
      return Outcome(.undecided(reason: reason), subject: "packages", expected: expected, actual: actual)
    }
    return Outcome(.pass, subject: "packages", expected: expected, actual: actual)
  }

  /// Days since the newest index was made, in words where that is long ago.
  private func age(_ available: AvailableUpdates, _ facts: GuestFacts) -> (days: Int64, words: String)? {
    guard let date = available.date else { return nil }
    let days = max(0, facts.asOf &- date) / 86_400
    let day = Date(timeIntervalSince1970: Double(date)).formatted(.iso8601.year().month().day())
    return (days, days > indexDays ? "\(day), \(days) days old" : day)
  }

  public var fix: Fix? {
    Fix(
      shell: "apt-get update && apt-get -y upgrade",
      ansible: "ansible.builtin.package:\n  name: \"*\"\n  state: latest")
  }
}

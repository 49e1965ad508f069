import Evidence
import Facts

/// Whether a package is installed, how old it is, and whether every package is installed to the end.
///
/// What is removed but for its configuration (`rc`) is not installed. For a package that must not be there, one
/// that is unpacked in part counts as there.
public struct PackageKind: CheckKind {
  public static let name = "package"
  public static let summary =
    "Reads the package databases: is a package installed, in which version, completely."
  public static let parameters: [ParameterSpecification] = [
    .init("name", .textList, "names that the package has on the distributions; any of them counts"),
    .init("installed", .boolean, "whether it has to be installed (true if left out) or must not be"),
    .init("version_at_least", .text, "the installed version is this one or later"),
    .init("version_below", .text, "the installed version is earlier than this one"),
    .init(
      "state", .choice(["complete"]), "no package is half installed or removed but for its configuration"),
  ]

  private let names: [String]
  private let mustBeInstalled: Bool
  private let atLeast: String?
  private let below: String?
  private let completeOnly: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    names = parameters.list("name")
    mustBeInstalled = parameters.boolean("installed") ?? true
    atLeast = parameters.text("version_at_least")
    below = parameters.text("version_below")
    completeOnly = parameters.has("state")
    if names.isEmpty && !completeOnly { throw ParameterError(nil, "'name' or 'state' is missing") }
    if completeOnly && (parameters.has("installed") || atLeast != nil || below != nil) {
      throw ParameterError("state", "'state' goes with no other requirement")
    }
    if !mustBeInstalled && (atLeast != nil || below != nil) {
      throw ParameterError("installed", "a package that must not be installed has no version")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([InstalledPackages.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let packages: InstalledPackages = try facts.model()
    if packages.formats.isEmpty {
      throw EvidenceGap(path: "/var/lib/dpkg/status", reason: "no package database that is known is there")
    }
    if completeOnly { return incomplete(packages) }
    return mustBeInstalled ? [try installed(packages)] : absent(packages)
  }

  private func installed(_ packages: InstalledPackages) throws(EvidenceGap) -> Outcome {
    let subject = names[0]
    let expected = "\(names.joined(separator: " or ")) installed\(versionWords)"
    guard let package = names.lazy.compactMap({ packages.installed($0) }).first else {
      let partly = names.lazy.flatMap { packages.records(named: $0) }.first
      let state = partly.map { "not installed (\($0.state.rawValue))" } ?? "not installed"
      return Outcome(
        .fail, subject: subject, expected: expected, actual: state,
        evidence: partly.map { [.init($0.origin)] } ?? [])
    }
    let actual = package.name == subject ? package.version : "\(package.name) \(package.version)"
    return Outcome(
      try versionHolds(package, packages) ? .pass : .fail, subject: subject, expected: expected,
      actual: actual,
      evidence: [.init(package.origin)])
  }

  private func absent(_ packages: InstalledPackages) -> [Outcome] {
    let found = names.compactMap { packages.present($0) }
    if found.isEmpty {
      return [Outcome(.pass, subject: names[0], expected: "not installed", actual: "not installed")]
    }
    return found.map { package in
      Outcome(
        .fail, subject: package.name, expected: "not installed",
        actual: "\(package.version) \(package.state.rawValue)",
        evidence: [.init(package.origin)])
    }
  }

  private func incomplete(_ packages: InstalledPackages) -> [Outcome] {
    let wanted = Set(names)
    return packages.packages.filter { package in
      package.state != .installed && (wanted.isEmpty || wanted.contains(package.name))
    }.map { package in
      Outcome(
        .fail, subject: package.name, expected: "installed completely or purged",
        actual: package.state.rawValue,
        evidence: [.init(package.origin)])
    }
  }

  private var versionWords: String {
    (atLeast.map { ", version \($0) or later" } ?? "") + (below.map { ", version below \($0)" } ?? "")
  }

  private func versionHolds(_ package: Package, _ packages: InstalledPackages) throws(EvidenceGap) -> Bool {
    if atLeast == nil && below == nil { return true }
    guard packages.formats.count == 1, let scheme = VersionScheme(rawValue: packages.formats[0]) else {
      throw EvidenceGap(
        path: package.origin.path ?? package.name,
        reason:
          "of databases of \(packages.formats.joined(separator: " and ")) it is not known which orders versions"
      )
    }
    return atLeast.map { scheme.order(package.version, $0) >= 0 } ?? true
      && below.map { scheme.order(package.version, $0) < 0 } ?? true
  }

  public var fix: Fix? {
    guard !names.isEmpty, !completeOnly, atLeast == nil, below == nil else { return nil }
    if mustBeInstalled {
      return Fix(
        shell: "apt-get install -y \(Fix.shellWord(names[0]))",
        ansible: "ansible.builtin.package:\n  name: \(Fix.yamlText(names[0]))\n  state: present")
    }
    let quoted = names.map(Fix.shellWord).joined(separator: " ")
    let list = names.map { "\n    - \(Fix.yamlText($0))" }.joined()
    return Fix(
      shell:
        "for package in \(quoted); do dpkg -s \"$package\" >/dev/null 2>&1 && apt-get purge -y \"$package\"; done",
      ansible: "ansible.builtin.package:\n  name:\(list)\n  state: absent")
  }
}

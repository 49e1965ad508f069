import Evidence
import Facts

/// Judges packages that came for others and that nothing needs any more.
public struct UnusedPackagesKind: CheckKind {
  public static let name = "unused_packages"
  public static let summary =
    "Computes which automatically installed packages no other needs, as apt-get autoremove does, with the space that "
    + "they take."
  public static let parameters: [ParameterSpecification] = [
    .init("allow", .textList, "names or patterns of packages that may stay")
  ]

  private let allowed: [String]

  public init(_ parameters: Parameters) throws(ParameterError) { allowed = parameters.list("allow") }

  public var plan: CollectionPlan { CollectionPlan([UnusedPackages.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let unused: UnusedPackages = try facts.model()
    let patterns = NamePatterns(allowed)
    let items = unused.items.filter { !patterns.match(Array($0.package.name.utf8)[...]) }
    let expected = "needed by another package, or asked for"
    if items.isEmpty {
      let actual = unused.marksAreKnown ? "no unused package" : "apt has noted no package as automatic"
      return [Outcome(.pass, subject: "packages", expected: expected, actual: actual)]
    }
    let total = items.reduce(Int64(0)) { $0 &+ $1.size }
    return items.map { item in
      let part = items.count > 1 ? " of \(sizeWords(total)) in \(items.count) unused packages" : ""
      return Outcome(
        .fail, subject: name(item.package, unused.nativeArchitecture), expected: expected,
        actual: "\(item.package.version), \(sizeWords(item.size))\(part)",
        evidence: [.init(item.package.origin)])
    }
  }

  public var fix: Fix? {
    allowed.isEmpty
      ? Fix(
        shell: "apt-get autoremove --purge -y",
        ansible: "ansible.builtin.apt:\n  autoremove: true\n  purge: true") : nil
  }

  /// As apt names it: with the architecture where that is not the machine's.
  private func name(_ package: Package, _ native: String) -> String {
    [native, "all"].contains(package.architecture)
      ? package.name : "\(package.name):\(package.architecture)"
  }
}

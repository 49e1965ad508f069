import Facts

extension AffectedPackage {
  /// What the ranges say of a version.
  enum Position: Hashable {
    case outside
    /// Affected; the version that ends the range, if one does.
    case inside(fixed: String?)
  }

  /// Where a version stands, in the ecosystem's order.
  func position(of version: String, _ scheme: VersionScheme) -> Position {
    var found: Position = .outside
    for range in ranges where range.contains(version, scheme) {
      guard let fixed = range.fixed else {
        found = found == .outside ? .inside(fixed: nil) : found
        continue
      }
      // Of overlapping ranges the one that ends last counts.
      if case .inside(let other?) = found, scheme.order(other, fixed) >= 0 { continue }
      found = .inside(fixed: fixed)
    }
    if found == .outside, versions.contains(where: { $0 == version || scheme.order($0, version) == 0 }) {
      found = .inside(fixed: nil)
    }
    return found
  }
}

extension AffectedPackage.Range {
  func contains(_ version: String, _ scheme: VersionScheme) -> Bool {
    if let introduced, scheme.order(version, introduced) < 0 { return false }
    if let fixed, scheme.order(version, fixed) >= 0 { return false }
    if let lastAffected, scheme.order(version, lastAffected) > 0 { return false }
    return true
  }

  /// Without epochs, for a source package whose epoch is not known.
  var withoutEpochs: AffectedPackage.Range {
    AffectedPackage.Range(
      introduced: introduced.map(RpmEpoch.dropped), fixed: fixed.map(RpmEpoch.dropped),
      lastAffected: lastAffected.map(RpmEpoch.dropped))
  }
}

enum RpmEpoch {
  /// `1:2.3-4` without the part to the colon.
  static func dropped(_ version: String) -> String {
    guard let colon = version.firstIndex(of: ":"), version[..<colon].allSatisfy(\.isNumber) else {
      return version
    }
    return String(version[version.index(after: colon)...])
  }
}

/// rpm's modules: packages of one stream are never updated to another one's (fedora modularity, "Module streams").
enum ModuleRule {
  /// Whether an advisory for a module, or for none, can be about an installed package.
  static func allows(_ package: AffectedPackage, label: String?, version: String) -> Bool {
    if let module = package.module {
      guard let label else { return false }
      return label == module || label.hasPrefix(module + ":")
    }
    let versions = package.ranges.compactMap { $0.fixed ?? $0.introduced }
    let isModular = versions.contains { $0.contains(".module") }
    guard isModular == (label != nil) || versions.isEmpty else { return false }
    // A source that does not name the stream: streams differ in the first number of the version.
    guard isModular else { return true }
    return versions.contains { leading($0) == leading(version) }
  }

  private static func leading(_ version: String) -> Substring {
    Substring(RpmEpoch.dropped(version)).prefix { $0.isNumber }
  }
}

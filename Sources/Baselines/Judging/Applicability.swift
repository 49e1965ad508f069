import Evidence
import Facts

/// The guests that a baseline is for (`applies_to`).
public struct Applicability: Sendable, Hashable {
  /// The baseline that says so.
  public var baseline: String
  /// `ID` of os-release(5); one of them. Empty means any.
  public var distributions: [String]
  /// `VERSION_ID` of os-release(5) or what it starts with before a dot: `12` stands for `12` and `12.5`. One
  /// of them; empty means any.
  public var versions: [String]

  /// Describes guests.
  public init(baseline: String, distributions: [String] = [], versions: [String] = []) {
    self.baseline = baseline
    self.distributions = distributions
    self.versions = versions
  }

  /// Whether every Linux guest is meant.
  public var isUniversal: Bool { distributions.isEmpty && versions.isEmpty }

  /// `debian 12`.
  public var words: String {
    let names = distributions.isEmpty ? "Linux" : distributions.joined(separator: ", ")
    return versions.isEmpty ? names : "\(names) \(versions.joined(separator: ", "))"
  }

  /// Nil if the guest is meant, else why not, in words.
  ///
  /// - Throws: `EvidenceGap` if the guest does not say what it is.
  public func objection(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    if isUniversal { return nil }
    let release = try facts.model(OSRelease.self)
    guard let id = release.values["ID"] else {
      throw EvidenceGap(path: "/etc/os-release", reason: "the guest does not say which distribution it is")
    }
    let version = release.versionID
    let isMeant =
      (distributions.isEmpty || distributions.contains(id))
      && (versions.isEmpty || versions.contains { Self.version(version ?? "", isCoveredBy: $0) })
    if isMeant { return nil }
    return "\(baseline) is for \(words), this is \(id)\(version.map { " \($0)" } ?? "")"
  }

  private static func version(_ version: String, isCoveredBy wanted: String) -> Bool {
    version == wanted || version.hasPrefix(wanted + ".")
  }
}

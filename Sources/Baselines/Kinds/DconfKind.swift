import DiskImages
import Evidence
import Facts

/// A setting of GNOME that the system's dconf databases give (dconf(7)).
public struct DconfKind: CheckKind {
  public static let name = "dconf"
  public static let summary =
    "Reads a setting from the compiled dconf databases of a profile, their locks, and the defaults of GNOME's schemas."
  public static let parameters: [ParameterSpecification] =
    [
      .init("key", .text, required: true, "absolute key, e.g. /org/gnome/desktop/session/idle-delay"),
      .init(
        "profile", .text, "the profile of dconf(7): user for sessions, gdm for the greeter; user if not given"
      ),
      .init("locked", .boolean, "whether users are kept from changing the setting"),
    ] + Comparison.parameters

  private let key: String
  private let profile: String
  private let locked: Bool?
  private let comparison: Comparison?

  public init(_ parameters: Parameters) throws(ParameterError) {
    let key = try parameters.required("key")
    self.key = key.hasPrefix("/") ? key : "/" + key
    if self.key.hasSuffix("/") || self.key.contains("//") {
      throw ParameterError("key", "'\(key)' is a folder and no key")
    }
    profile = parameters.text("profile") ?? "user"
    if profile.contains("/") { throw ParameterError("profile", "'\(profile)' is no name of a profile") }
    locked = parameters.boolean("locked")
    comparison = try Comparison(optional: parameters)
    if locked == nil, comparison == nil { throw ParameterError(nil, "'locked' or a comparison is missing") }
  }

  public var plan: CollectionPlan { CollectionPlan([DconfSettings.self]) }

  private var expected: String {
    [comparison?.words, locked.map { $0 ? "locked" : "not locked" }].compactMap { $0 }.joined(
      separator: " and ")
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let setting = try facts.model(DconfSettings.self).setting(key, profile: profile)
    let value = setting.value ?? DconfSettings.schemaDefault(key)
    let holdsValue =
      comparison.map { comparison in value.map { comparison.holds(for: $0.value) } ?? false } ?? true
    let holdsLock = locked.map { $0 == (setting.lock != nil) } ?? true
    var actual = value?.value ?? "not set"
    if setting.value == nil, value != nil { actual += " (compiled default)" }
    if locked != nil { actual += setting.lock == nil ? ", not locked" : ", locked" }
    if let uncompiled = setting.uncompiled { actual += "; \(uncompiled)" }
    var evidence = value?.evidenceLines ?? []
    if let lock = setting.lock { evidence.append(EvidenceLine(lock, note: "lock")) }
    return [
      Outcome(
        holdsValue && holdsLock ? .pass : .fail, subject: "\(key) of profile \(profile)", expected: expected,
        actual: actual, evidence: evidence)
    ]
  }
}

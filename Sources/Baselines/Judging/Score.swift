/// A score under one of the models of XCCDF 1.2 (NISTIR 7275 revision 4, section 7.3), every weight being 1.
///
/// pass counts as passed; fail, blocked, undecided, error and waived do not, since a waiver accepts a
/// weakness but does not mend it; not_applicable is left out.
public struct Score: Sendable, Hashable {
  /// The model's name: `urn:xccdf:scoring:default`.
  public var model: String
  public var value: Double
  public var maximum: Double

  /// 7.3.2: the mean of the groups' scores, the areas of the checks being the groups; of 100.
  public static func `default`(_ results: [CheckResult]) -> Score {
    let areas = Dictionary(grouping: results.filter { $0.verdict != .notApplicable }) { $0.check.area }
    let sum = areas.values.reduce(0) { sum, members in
      sum + 100 * Double(members.count { $0.verdict == .pass }) / Double(members.count)
    }
    return Score(
      model: "urn:xccdf:scoring:default", value: areas.isEmpty ? 0 : sum / Double(areas.count), maximum: 100)
  }

  /// 7.3.3: the number of checks that pass, of those that apply.
  public static func flat(_ results: [CheckResult]) -> Score {
    let counted = results.filter { $0.verdict != .notApplicable }
    return Score(
      model: "urn:xccdf:scoring:flat", value: Double(counted.count { $0.verdict == .pass }),
      maximum: Double(counted.count))
  }
}
